/** Equal reads joined while they are under way, so that fifty people who ask the same cost two reads, not fifty. */

/**
 * Reads by key: at most one under way and one waiting for it. Whoever asks gets a result whose reading began after
 * the question, so nobody misses a change that was made before; nothing is kept once it was answered.
 */
export class SharedReads {
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #waiting = new Map<string, Promise<unknown>>();

  /** @param key  names everything the result depends on: who sees the same, what is asked; equal keys, equal T */
  async read<T>(key: string, compute: () => Promise<T>): Promise<T> {
    const running = this.#running.get(key);
    if (running === undefined) return this.#start(key, compute);
    let waiting = this.#waiting.get(key);
    if (waiting === undefined) {
      const next = (): Promise<T> => {
        this.#waiting.delete(key);
        return this.#start(key, compute);
      };
      waiting = running.then(next, next);
      this.#waiting.set(key, waiting);
    }
    return waiting as Promise<T>; // equal keys have equal types
  }

  #start<T>(key: string, compute: () => Promise<T>): Promise<T> {
    const result = compute();
    this.#running.set(key, result);
    const end = (): void => {
      if (this.#running.get(key) === result) this.#running.delete(key);
    };
    result.then(end, end);
    return result;
  }
}
