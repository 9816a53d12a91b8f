/** How fast one address may go on: a burst at once, then a steady rate. */

/** Addresses remembered at most; the one untouched for longest goes first. */
const mostAddresses = 50_000;

/**
 * A leaky bucket per address (GCRA): as many at once as the rate allows in a minute, then one by one. A school whose
 * hundreds of phones share an address is slowed, not shut out.
 */
export class Pace {
  readonly #stepMs: number;
  readonly #burstMs: number;
  readonly #now: () => Date;
  /** when the bucket of an address would be empty again, ms */
  readonly #emptyAt = new Map<string, number>();

  constructor(perMinute: number, now: () => Date) {
    this.#stepMs = 60_000 / perMinute;
    this.#burstMs = 60_000;
    this.#now = now;
  }

  /** 0 = go on; else whole seconds to wait, and nothing was taken. */
  take(address: string): number {
    const now = this.#now().getTime();
    const empty = Math.max(now, this.#emptyAt.get(address) ?? 0);
    const next = empty + this.#stepMs;
    if (next - now > this.#burstMs + this.#stepMs / 2)
      return Math.max(1, Math.ceil((next - now - this.#burstMs) / 1000));
    this.#emptyAt.delete(address);
    this.#emptyAt.set(address, next);
    const [oldest] = this.#emptyAt.keys();
    if (this.#emptyAt.size > mostAddresses && oldest !== undefined) this.#emptyAt.delete(oldest);
    return 0;
  }
}
