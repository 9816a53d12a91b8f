/** The four distributions of intervals and tests: normal, Student's t, chi-squared, F. */
import { incompleteBeta, incompleteGamma, logGamma } from "./gamma.ts";

/** P(Z ≤ z) for a standard normal Z. */
export function normalCdf(z: number): number {
  const { lower, upper } = incompleteGamma(0.5, (z * z) / 2);
  return z < 0 ? upper / 2 : 0.5 + lower / 2;
}

/** P(T ≤ t) for Student's t with `df` > 0 degrees of freedom. */
export function studentCdf(t: number, df: number): number {
  const tail = 0.5 * incompleteBeta(df / (df + t * t), df / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/** P(X > x) for chi-squared with `df` > 0 degrees of freedom: the p-value of a likelihood-ratio test. */
export function chiSquaredTail(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2).upper;
}

/** P(X ≤ x) for chi-squared with `df` > 0 degrees of freedom. */
export function chiSquaredCdf(x: number, df: number): number {
  return incompleteGamma(df / 2, x / 2).lower;
}

/** P(F > f) with `df1`, `df2` > 0 degrees of freedom. */
export function fTail(f: number, df1: number, df2: number): number {
  return f > 0 ? incompleteBeta(df2 / (df2 + df1 * f), df2 / 2, df1 / 2) : 1;
}

/**
 * z with P(Z ≤ z) = p, for 0 < p < 1; ±∞ at the ends. Newton steps on the distribution function from a logistic
 * start, bracketed by bisection.
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  return invert(
    (z) => normalCdf(z),
    (z) => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI),
    p,
    -40,
    0,
  );
}

/** t with P(T ≤ t) = p for Student's t. */
export function studentQuantile(p: number, df: number): number {
  if (p > 0.5) return -studentQuantile(1 - p, df);
  const scale = Math.exp(logGamma((df + 1) / 2) - logGamma(df / 2)) / Math.sqrt(df * Math.PI);
  const density = (t: number): number => scale * Math.pow(1 + (t * t) / df, -(df + 1) / 2);
  let low = -2;
  while (studentCdf(low, df) > p && low > -1e300) low *= 2;
  return invert((t) => studentCdf(t, df), density, p, low, 0);
}

/** x with P(X ≤ x) = p for chi-squared. */
export function chiSquaredQuantile(p: number, df: number): number {
  const density = (x: number): number =>
    Math.exp((df / 2 - 1) * Math.log(x) - x / 2 - (df / 2) * Math.LN2 - logGamma(df / 2));
  let high = df + 1;
  while (chiSquaredCdf(high, df) < p && high < 1e300) high *= 2;
  return invert((x) => chiSquaredCdf(x, df), density, p, 0, high);
}

/** f with P(F ≤ f) = p for F with `df1`, `df2` > 0 degrees of freedom. */
export function fQuantile(p: number, df1: number, df2: number): number {
  const scale = logGamma((df1 + df2) / 2) - logGamma(df1 / 2) - logGamma(df2 / 2) + (df1 / 2) * Math.log(df1 / df2);
  const density = (f: number): number =>
    Math.exp(scale + (df1 / 2 - 1) * Math.log(f) - ((df1 + df2) / 2) * Math.log1p((df1 * f) / df2));
  const below = (f: number): number => 1 - fTail(f, df1, df2);
  let high = 2;
  while (below(high) < p && high < 1e300) high *= 2;
  return invert(below, density, p, 0, high);
}

/** The root of cdf(x) = p in [low, high]: Newton where it stays inside the bracket, else bisection. */
function invert(
  cdf: (x: number) => number,
  density: (x: number) => number,
  p: number,
  low: number,
  high: number,
): number {
  if (!(p > 0)) return low === 0 ? 0 : -Infinity;
  if (p >= 1) return Infinity;
  let x = (low + high) / 2;
  for (let i = 0; i < 400; i++) {
    const error = cdf(x) - p;
    if (error === 0) return x;
    if (error > 0) high = x;
    else low = x;
    const newton = x - error / density(x);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-15 * Math.abs(x)) return next;
    x = next;
  }
  return x;
}
