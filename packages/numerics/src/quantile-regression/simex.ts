/**
 * Simulation and extrapolation (SIMEX): growth percentiles as they would be if the prior scores were measured without
 * error.
 */
import { NumericsFault } from "../fault.ts";
import type { NumericArray } from "../mixed/table.ts";
import { seededRandom } from "../random.ts";
import type { QuantileFit, stopwatch } from "./fit.ts";
import { fitPrepared, prepare } from "./fit.ts";

/** What is known of the error of the prior scores, and how to extrapolate. */
export interface SimexOptions {
  /** [K] standard error of measurement of each prior: one number, or [n] one for each pupil (conditional error) */
  readonly standardErrors: readonly (number | NumericArray)[];
  /** multiples of the error variance that are added; default 0.5, 1, 1.5, 2 */
  readonly lambdas?: readonly number[];
  /** simulated data sets for each multiple; default 50 */
  readonly simulations?: number;
  /** "quadratic" (default) leaves less bias, "linear" has less variance and is what the SGP package does */
  readonly extrapolation?: "quadratic" | "linear";
  /** default 1 */
  readonly seed?: number;
}

/**
 * Coefficients extrapolated to priors without error.
 *
 *     β(λ) = mean over simulations of the fit to  x_i + √λ · se_i · z,   z ~ N(0, 1),   λ = 0, λ₁, λ₂ …
 *     β(−1) = value at λ = −1 of the least-squares polynomial through the points (λ, β(λ))
 *
 * The knots are those of the observed scores at every λ. Fitted quantiles at a given score are linear in β, so to
 * extrapolate coefficients is to extrapolate the fitted quantiles, as the literature has it.
 *
 * @see Cook and Stefanski 1994, JASA 89, 1314–1328; Shang, VanIwaarden and Betebenner 2015, Educational Measurement:
 * Issues and Practice 34(1), 4–14
 * @returns [T × p]
 */
export function simexCoefficients(
  current: NumericArray,
  priors: readonly NumericArray[],
  naive: QuantileFit,
  options: SimexOptions,
  watch: ReturnType<typeof stopwatch>,
  rowWeights?: NumericArray,
): Float64Array {
  const { standardErrors, lambdas = [0.5, 1, 1.5, 2], simulations = 50, seed = 1 } = options;
  const degree = options.extrapolation === "linear" ? 1 : 2;
  const refuse = (option: string, value: string, problem: string): never => {
    throw new NumericsFault("OPTION_INVALID", { option, value, problem });
  };
  if (standardErrors.length !== priors.length) {
    refuse("standardErrors", String(standardErrors.length), `${priors.length} priors need as many standard errors`);
  }
  for (const [k, error] of standardErrors.entries()) {
    const isOne = typeof error === "number";
    const list = isOne ? [error] : error;
    if (!isOne && error.length !== current.length) {
      refuse("standardErrors", String(error.length), `prior ${k + 1} needs a standard error for each of its rows`);
    }
    for (let i = 0; i < list.length; i++) {
      // a pupil without the score needs no error of it
      const isNeeded = isOne || !Number.isNaN(priors[k]![i]!);
      if (isNeeded && !(list[i]! >= 0 && list[i]! < Infinity)) {
        refuse("standardErrors", String(list[i]), `a standard error of measurement must be a finite number from 0`);
      }
    }
  }
  const isUsable = lambdas.every((lambda) => lambda > 0 && lambda < Infinity) && new Set(lambdas).size >= degree;
  if (!isUsable) refuse("lambdas", lambdas.join(", "), `${degree} different positive multiples are needed at least`);
  if (!(Number.isInteger(simulations) && simulations > 0)) {
    refuse("simulations", String(simulations), "the number of simulations must be a whole number from 1");
  }
  const random = seededRandom(seed);
  const size = naive.coefficients.length;
  const points: { readonly lambda: number; readonly beta: Float64Array }[] = [{ lambda: 0, beta: naive.coefficients }];
  for (const lambda of lambdas) {
    const beta = new Float64Array(size);
    for (let s = 0; s < simulations; s++) {
      const noisy = priors.map((prior, k) => {
        const error = standardErrors[k]!;
        const scale = Math.sqrt(lambda);
        return Float64Array.from(
          prior,
          (x, i) => x + scale * (typeof error === "number" ? error : error[i]!) * random.normal(),
        );
      });
      const asked = { knots: naive.knots, taus: naive.taus, ...(rowWeights && { weights: rowWeights }) };
      const { coefficients } = fitPrepared(prepare(current, noisy, asked), noisy, asked, watch);
      for (let c = 0; c < size; c++) beta[c]! += coefficients[c]! / simulations;
    }
    points.push({ lambda, beta });
  }
  const weights = extrapolationWeights(
    points.map(({ lambda }) => lambda),
    degree,
  );
  const result = new Float64Array(size);
  points.forEach(({ beta }, i) => {
    for (let c = 0; c < size; c++) result[c]! += weights[i]! * beta[c]!;
  });
  return result;
}

/**
 * Weights w with Σ wᵢ f(λᵢ) = value at −1 of the least-squares polynomial through (λᵢ, f(λᵢ)), by polynomials orthogonal
 * over the λᵢ.
 */
export function extrapolationWeights(lambdas: readonly number[], degree: 1 | 2): readonly number[] {
  const n = lambdas.length;
  const mean = lambdas.reduce((sum, lambda) => sum + lambda, 0) / n;
  const basis: ((lambda: number) => number)[] = [() => 1, (lambda) => lambda - mean];
  if (degree === 2) {
    const squares = lambdas.reduce((sum, lambda) => sum + (lambda - mean) ** 2, 0);
    const shift = lambdas.reduce((sum, lambda) => sum + (lambda - mean) ** 3, 0) / squares;
    basis.push((lambda) => (lambda - mean) ** 2 - shift * (lambda - mean) - squares / n);
  }
  return lambdas.map((lambda) =>
    basis.reduce((sum, f) => {
      const norm = lambdas.reduce((total, one) => total + f(one) ** 2, 0);
      return sum + (f(-1) * f(lambda)) / norm;
    }, 0),
  );
}
