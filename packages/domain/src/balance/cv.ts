/** How unequal a quantity is between schools, weighted by the pupils who meet it. */

/** One school's share of a district indicator. */
export interface SchoolAmount {
  /** the resource itself, in the indicator's own unit (m², yuan, teachers) */
  readonly amount: number;
  /** pupils on roll; the weight */
  readonly pupils: number;
}

/** Pooled mean, standard deviation and coefficient of variation of a per-pupil quantity. */
export interface Spread {
  readonly pupils: number;
  /** Σ amount ÷ Σ pupils */
  readonly mean: number;
  /** in the unit of the mean */
  readonly sd: number;
  readonly cv: number;
}

/**
 * Pupil-weighted spread (差异系数) of a per-pupil quantity; cv is dimensionless.
 *
 *     CV = S / X̄,   S² = Σᵢ (Pᵢ / P) (xᵢ − X̄)²,   X̄ = Σ amountᵢ / P
 *
 * with xᵢ = amountᵢ / Pᵢ and P = Σ Pᵢ. The divisor is P, not n − 1: the district's schools are the whole population.
 *
 * @param schools  [n] schools; one with no pupils does not count
 * @returns undefined when there is no pupil or no resource, so no ratio exists, or when a figure is not finite
 * @source moe-2017-quality-balance, method of 差异系数
 * @oracle cases/cv.yaml, printed there as 0.52
 */
export function pupilWeightedCv(schools: readonly SchoolAmount[]): Spread | undefined {
  let pupils = 0;
  let amount = 0;
  for (const school of schools) {
    if (!(school.pupils > 0)) continue;
    pupils += school.pupils;
    amount += school.amount;
  }
  const mean = amount / pupils;
  if (!(mean > 0)) return undefined;

  let variance = 0; // about the mean: the textbook Σx² − n·x̄² cancels badly
  for (const school of schools) {
    if (!(school.pupils > 0)) continue;
    const deviation = school.amount / school.pupils - mean;
    variance += (school.pupils / pupils) * deviation * deviation;
  }
  const sd = Math.sqrt(variance);
  const cv = sd / mean;
  return Number.isFinite(cv) && Number.isFinite(mean) ? { pupils, mean, sd, cv } : undefined;
}
