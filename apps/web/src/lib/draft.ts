/** Drafts of forms: kept on every change, gone when sent. Never used for a field that names a pupil. */

import { useCallback, useEffect, useRef, useState } from "react";

const prefix = "xingfu.draft.";

/** Reads a draft; a damaged or foreign one counts as none. */
export function readDraft<T>(
  storage: Pick<Storage, "getItem">,
  key: string,
  accepts: (value: unknown) => value is T,
): T | null {
  try {
    const stored = storage.getItem(prefix + key);
    if (stored === null) return null;
    const value: unknown = JSON.parse(stored);
    return accepts(value) ? value : null;
  } catch {
    return null;
  }
}

export function writeDraft(storage: Pick<Storage, "setItem">, key: string, value: unknown): void {
  try {
    storage.setItem(prefix + key, JSON.stringify(value));
  } catch {
    // a full or closed storage costs the draft, not the work on the screen
  }
}

export function dropDraft(storage: Pick<Storage, "removeItem">, key: string): void {
  try {
    storage.removeItem(prefix + key);
  } catch {
    // nothing to drop
  }
}

/** Drops every draft: called on signing out, because a desk may be shared. */
export function dropAllDrafts(storage: Storage): void {
  try {
    for (const key of Object.keys(storage)) if (key.startsWith(prefix)) storage.removeItem(key);
  } catch {
    // nothing to drop
  }
}

/**
 * A value that survives leaving the page.
 *
 * @returns the value, its setter, and a function that forgets the draft and goes back to `initial`
 */
export function useDraft<T>(
  key: string,
  initial: T,
  accepts: (value: unknown) => value is T,
): [value: T, set: (next: T) => void, forget: () => void, isRestored: boolean] {
  const [isRestored] = useState(() => readDraft(sessionStorage, key, accepts) !== null);
  const [value, setValue] = useState<T>(() => readDraft(sessionStorage, key, accepts) ?? initial);
  const isForgotten = useRef(false);
  useEffect(() => {
    if (!isForgotten.current && value !== initial) writeDraft(sessionStorage, key, value);
  }, [key, value, initial]);
  const set = useCallback((next: T) => {
    isForgotten.current = false;
    setValue(next);
  }, []);
  const forget = useCallback(() => {
    isForgotten.current = true;
    dropDraft(sessionStorage, key);
    setValue(initial);
  }, [key, initial]);
  return [value, set, forget, isRestored];
}
