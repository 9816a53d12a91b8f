/** Comparing two fits of the same rows. */
import { chiSquaredTail } from "../distribution/continuous.ts";
import { NumericsFault } from "../fault.ts";
import type { MixedFit } from "./fit.ts";

export interface LikelihoodRatio {
  /** 2 (log L of the larger − log L of the smaller) */
  readonly chiSquared: number;
  readonly df: number;
  readonly p: number;
  readonly note: string | null;
}

/**
 * Likelihood-ratio test of a model within a larger one.
 *
 * @throws OPTION_INVALID for fits of different rows, REML fits with different fixed effects, or equal size
 */
export function compareFits(smaller: MixedFit, larger: MixedFit): LikelihoodRatio {
  const refuse = (problem: string): never => {
    throw new NumericsFault("OPTION_INVALID", {
      option: "fits",
      value: `${smaller.formula} / ${larger.formula}`,
      problem,
    });
  };
  if (smaller.nobs !== larger.nobs)
    refuse(`the fits use ${smaller.nobs} and ${larger.nobs} rows; a test needs the same rows`);
  if (smaller.method !== larger.method) refuse("one fit is ML and the other REML");
  if (smaller.method === "REML" && namesOf(smaller) !== namesOf(larger)) {
    refuse("REML fits with different fixed effects cannot be compared; fit both by ML");
  }
  const df = larger.parameters - smaller.parameters;
  if (!(df > 0)) refuse("the second fit must have more parameters than the first");
  const chiSquared = Math.max(0, 2 * (larger.logLik - smaller.logLik));
  const isOnBoundary = larger.random.flatMap(({ sd }) => sd).length > smaller.random.flatMap(({ sd }) => sd).length;
  return {
    chiSquared,
    df,
    p: chiSquaredTail(chiSquared, df),
    note: isOnBoundary
      ? "A variance of zero lies on the edge of what is possible, so this p-value is too large (at most twice the true one for one variance)."
      : null,
  };
}

function namesOf(fit: MixedFit): string {
  return fit.fixed.map(({ name }) => name).join("\n");
}
