/**
 * A text several people may write: kept on this device at every change, sent a moment later, never over somebody else's newer
 * version. What could not be sent stays on the device and is sent when the page is opened again.
 */

import { useEffect, useState, useSyncExternalStore } from "react";
import { ApiError } from "../../lib/api.ts";
import { dropDraft, readDraft, writeDraft } from "../../lib/draft.ts";

/** What the person sees of the saving. */
export type SaveState =
  | { readonly kind: "saved"; readonly at: Date | null }
  | { readonly kind: "waiting" }
  | { readonly kind: "saving" }
  /** kept on this device only; `error` says why */
  | { readonly kind: "failed"; readonly error: unknown }
  /** somebody saved a newer version; nothing is sent before one is chosen */
  | { readonly kind: "conflict" };

interface Options<V, C extends { readonly revision: number }> {
  /** of the copy on this device; one per person, evaluation and place */
  readonly key: string;
  readonly initial: V;
  readonly revision: number;
  /** @returns the new revision */
  readonly send: (value: V, revision: number) => Promise<number>;
  readonly accepts: (value: unknown) => value is V;
  /** the newer version out of the refusal; null when there is none in it */
  readonly conflictOf: (current: unknown) => C | null;
  readonly valueOf: (current: C) => V;
}

interface Shot<V, C> {
  readonly value: V;
  readonly state: SaveState;
  readonly conflict: C | null;
}

export interface Autosave<V, C> extends Shot<V, C> {
  readonly set: (value: V) => void;
  /** keeps one's own version over the newer one, or takes the newer one over */
  readonly resolve: (choice: "mine" | "theirs") => void;
  /** sends now what waits */
  readonly flush: () => Promise<void>;
}

/** Long enough not to send every letter, short enough that a closed lid loses nothing that was finished. */
const delayMs = 700;
const retryMs = 6000;

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The saving of one text. Sends one version at a time; what is typed meanwhile goes out with the revision that came back. */
export class Autosaver<V, C extends { readonly revision: number }> {
  readonly #options: Options<V, C>;
  readonly #store: Store;
  readonly #listeners = new Set<() => void>();
  #shot: Shot<V, C>;
  #revision: number;
  #isDirty: boolean;
  #isSending = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: Options<V, C>, store: Store) {
    const isKept = (stored: unknown): stored is { readonly value: V; readonly revision: number } =>
      typeof stored === "object" &&
      stored !== null &&
      "value" in stored &&
      "revision" in stored &&
      typeof stored.revision === "number" &&
      options.accepts(stored.value);
    const kept = readDraft(store, options.key, isKept);
    this.#options = options;
    this.#store = store;
    this.#revision = kept?.revision ?? options.revision;
    this.#isDirty = kept !== null;
    this.#shot = {
      value: kept === null ? options.initial : kept.value,
      state: kept === null ? { kind: "saved", at: null } : { kind: "waiting" },
      conflict: null,
    };
  }

  readonly snapshot = (): Shot<V, C> => this.#shot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** true while something is not on the server yet */
  get isWaiting(): boolean {
    return this.#isDirty || this.#isSending;
  }

  readonly set = (value: V): void => {
    this.#isDirty = true;
    writeDraft(this.#store, this.#options.key, { value, revision: this.#revision });
    const isStopped = this.#shot.conflict !== null;
    this.#show({ value, ...(isStopped ? {} : { state: { kind: "waiting" } }) });
    if (!isStopped) this.#later(delayMs);
  };

  readonly flush = async (): Promise<void> => {
    clearTimeout(this.#timer);
    if (this.#isSending || !this.#isDirty || this.#shot.conflict !== null) return;
    this.#isSending = true;
    this.#isDirty = false;
    this.#show({ state: { kind: "saving" } });
    try {
      this.#revision = await this.#options.send(this.#shot.value, this.#revision);
    } catch (error) {
      this.#isDirty = true;
      this.#refuse(error);
      return;
    } finally {
      this.#isSending = false;
    }
    if (this.#isDirty) {
      // typed while it was on its way
      writeDraft(this.#store, this.#options.key, { value: this.#shot.value, revision: this.#revision });
      await this.flush();
      return;
    }
    dropDraft(this.#store, this.#options.key);
    this.#show({ state: { kind: "saved", at: new Date() } });
  };

  readonly resolve = (choice: "mine" | "theirs"): void => {
    const { conflict } = this.#shot;
    if (conflict === null) return;
    this.#revision = conflict.revision;
    if (choice === "mine") {
      this.#show({ conflict: null, state: { kind: "waiting" } });
      void this.flush();
      return;
    }
    this.#isDirty = false;
    dropDraft(this.#store, this.#options.key);
    this.#show({ conflict: null, value: this.#options.valueOf(conflict), state: { kind: "saved", at: new Date() } });
  };

  #refuse(error: unknown): void {
    const isStale = error instanceof ApiError && error.code === "ENTRY_CHANGED";
    const conflict = isStale ? this.#options.conflictOf(error.fields["current"]) : null;
    if (conflict !== null) {
      this.#show({ conflict, state: { kind: "conflict" } });
      return;
    }
    this.#show({ state: { kind: "failed", error } });
    if (error instanceof ApiError && (error.status === 0 || error.status >= 502)) this.#later(retryMs);
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), ms);
  }

  #show(change: Partial<Shot<V, C>>): void {
    this.#shot = { ...this.#shot, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** The saving of the text a form shows. `options` count as they are when the form first appears: give the form a key. */
export function useAutosave<V, C extends { readonly revision: number }>(options: Options<V, C>): Autosave<V, C> {
  const [saver] = useState(() => new Autosaver(options, localStorage));
  const shot = useSyncExternalStore(saver.subscribe, saver.snapshot);
  useEffect(() => {
    void saver.flush(); // what an earlier visit could not send
    const onOnline = (): void => void saver.flush();
    const onLeave = (event: BeforeUnloadEvent): void => {
      if (saver.isWaiting) event.preventDefault();
    };
    window.addEventListener("online", onOnline);
    window.addEventListener("beforeunload", onLeave);
    return () => {
      window.removeEventListener("online", onOnline);
      window.removeEventListener("beforeunload", onLeave);
      void saver.flush();
    };
  }, [saver]);
  return { ...shot, set: saver.set, resolve: saver.resolve, flush: saver.flush };
}
