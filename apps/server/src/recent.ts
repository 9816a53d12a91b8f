/** Results kept while their inputs stand, and computed once however many ask at the same time. */

/**
 * A bounded memory of results by key. The key names everything the result depends on, so an entry is never wrong,
 * only unused; the entry unused for longest goes first. A failed computation is not kept.
 */
export class Recent<T> {
  readonly #most: number;
  readonly #entries = new Map<string, Promise<T>>();

  constructor(most: number) {
    this.#most = most;
  }

  /** @param compute  called when the key is not there; the others who ask meanwhile wait for the same result */
  async get(key: string, compute: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, known);
      return known;
    }
    const result = compute();
    this.#entries.set(key, result);
    result.catch(() => this.#entries.delete(key));
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#most) break;
      this.#entries.delete(oldest);
    }
    return result;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }
}
