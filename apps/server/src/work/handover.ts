/** Things given by one side and taken by the other, one at a time, in order. */

/**
 * An async iterable that is fed by hand. `give` returns when its thing was taken, so the giver is never more than one
 * ahead of the taker.
 */
export class Handover<T> implements AsyncIterable<T> {
  readonly #given: { readonly thing: T; readonly taken: () => void }[] = [];
  #wake: () => void = () => {};
  #isEnded = false;
  #failure: { readonly error: unknown } | null = null;

  async give(thing: T): Promise<void> {
    if (this.#failure !== null) throw this.#failure.error;
    await new Promise<void>((taken) => {
      this.#given.push({ thing, taken });
      this.#wake();
    });
    this.#throwFailure();
  }

  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  /** Ends both sides with an error; the first one holds. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { taken } of this.#given.splice(0)) taken();
    this.#wake();
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      this.#throwFailure();
      const next = this.#given.shift();
      if (next !== undefined) {
        yield next.thing;
        next.taken();
      } else if (this.#isEnded) {
        return;
      } else {
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
      }
    }
  }
}
