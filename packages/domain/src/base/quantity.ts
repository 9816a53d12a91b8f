/** Numbers as reported and as they are written. */

/**
 * Decimals to show a value with that is compared with a limit: as given, or more where rounding would make the value
 * look equal to the limit though it is not: 4.1958 against 4.2 is 4.196 and not "4.20". At most four more.
 */
export function decimalsBeside(value: number, limit: number, decimals: number): number {
  for (let more = decimals; more < decimals + 4; more += 1) {
    if (value === limit || Number(value.toFixed(more)) !== limit) return more;
  }
  return decimals + 4;
}

/** A reported number that can be counted with: finite and not negative; else null. */
export function usable(value: number | null | undefined): number | null {
  return value !== null && value !== undefined && value >= 0 && value < Infinity ? value : null;
}
