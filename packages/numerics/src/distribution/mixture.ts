/** Quantiles of a weighted mixture of scaled and shifted Student t (or normal) distributions: what is left after a parameter is integrated out. */
import { normalCdf, normalQuantile, studentCdf } from "./continuous.ts";
import { logGamma } from "./gamma.ts";

export interface MixtureTerm {
  /** ≥ 0; all together 1 */
  readonly weight: number;
  readonly mean: number;
  /** > 0: standard deviation of a normal term, scale of a t term */
  readonly scale: number;
}

/**
 * x with P(X ≤ x) = p, to about 1e-7 of the spread of the mixture.
 *
 * @param terms  at least one
 * @param p      0 < p < 1
 * @param df     degrees of freedom of every term; Infinity = normal
 */
export function mixtureQuantile(terms: readonly MixtureTerm[], p: number, df = Infinity): number {
  let mean = 0;
  let square = 0;
  for (const term of terms) {
    mean += term.weight * term.mean;
    square += term.weight * (term.scale ** 2 + term.mean ** 2);
  }
  const spread = Math.sqrt(Math.max(square - mean * mean, 1e-300));
  const below = (x: number): number => {
    let probability = 0;
    for (const term of terms) {
      const z = (x - term.mean) / term.scale;
      probability += term.weight * (df === Infinity ? normalCdf(z) : studentCdf(z, df));
    }
    return probability;
  };
  const density = (x: number): number => {
    let sum = 0;
    for (const term of terms) {
      const z = (x - term.mean) / term.scale;
      const shape = df === Infinity ? Math.exp((-z * z) / 2) : (1 + (z * z) / df) ** (-(df + 1) / 2);
      sum += (term.weight * shape) / term.scale;
    }
    return sum * normalizer;
  };
  const normalizer =
    df === Infinity
      ? 1 / Math.sqrt(2 * Math.PI)
      : Math.exp(logGamma((df + 1) / 2) - logGamma(df / 2)) / Math.sqrt(df * Math.PI);
  let low = -Infinity;
  let high = Infinity;
  let x = mean + normalQuantile(p) * spread;
  let reach = spread;
  for (let round = 0; round < 200; round++) {
    const excess = below(x) - p;
    if (excess > 0) high = x;
    else low = x;
    const newton = x - excess / density(x);
    let next = newton;
    if (!(newton > low && newton < high) || Math.abs(newton - x) > 4 * spread) {
      if (low === -Infinity) next = high - reach;
      else if (high === Infinity) next = low + reach;
      else next = (low + high) / 2;
      reach *= 2;
    }
    // the error of a Newton step is about the square of its length
    if (Math.abs(next - x) <= (next === newton ? 1e-4 : 1e-8) * spread) return next;
    x = next;
  }
  return x;
}
