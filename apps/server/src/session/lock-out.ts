/** How many failures lock a sign-in name out, and the count for names that nobody has. */

export const lockOut = {
  /** failures within the window that lock a name */
  limit: 5,
  windowSeconds: 15 * 60,
  lockSeconds: 15 * 60,
} as const;

interface Failures {
  count: number;
  firstAt: number;
  lockedUntil: number;
}

/** Names kept at most; the one untouched for longest goes first. */
const mostNames = 10_000;

/**
 * Counts failures of names without an account as the store counts those of accounts, so that a lock-out does not tell
 * which names exist. Kept in memory: losing it costs nothing but that likeness.
 */
export class UnknownNames {
  readonly #failures = new Map<string, Failures>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Seconds for which the name is locked out; 0 = it is not. */
  lockedSeconds(key: string): number {
    const failures = this.#failures.get(key);
    return Math.max(0, Math.ceil(((failures?.lockedUntil ?? 0) - this.#now().getTime()) / 1000));
  }

  note(key: string): void {
    const now = this.#now().getTime();
    const known = this.#failures.get(key);
    const isSameWindow = known !== undefined && now - known.firstAt < lockOut.windowSeconds * 1000;
    const failures = isSameWindow ? known : { count: 0, firstAt: now, lockedUntil: 0 };
    failures.count += 1;
    if (failures.count >= lockOut.limit) failures.lockedUntil = now + lockOut.lockSeconds * 1000;
    this.#failures.delete(key);
    this.#failures.set(key, failures);
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > mostNames && oldest.done !== true) this.#failures.delete(oldest.value);
  }
}
