/** What a person has chosen about the look: kept on this machine only, never anything about people or data. */

import { useSyncExternalStore } from "react";

export const languages = ["zh-CN", "en"] as const;
export type Language = (typeof languages)[number];
export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
}

const key = "xingfu.preferences";
const first: Preferences = { language: "zh-CN", theme: "system" };
const listeners = new Set<() => void>();
let current = readStored();

function readStored(): Preferences {
  try {
    return parsePreferences(globalThis.localStorage?.getItem(key) ?? null);
  } catch {
    return first; // storage is closed to us, e.g. by a policy of the office
  }
}

/** Reads stored preferences; anything unknown falls back to the first choice. */
export function parsePreferences(stored: string | null): Preferences {
  if (stored === null) return first;
  try {
    const value: unknown = JSON.parse(stored);
    if (typeof value !== "object" || value === null) return first;
    const language = languages.find((entry) => "language" in value && value.language === entry);
    const theme = themes.find((entry) => "theme" in value && value.theme === entry);
    return { language: language ?? first.language, theme: theme ?? first.theme };
  } catch {
    return first;
  }
}

export function preferences(): Preferences {
  return current;
}

export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(key, JSON.stringify(current));
  } catch {
    // the choice holds until the page is closed
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

function media(query: string): { subscribe: (listener: () => void) => () => void; matches: () => boolean } {
  const list = globalThis.matchMedia?.(query);
  return {
    subscribe(listener) {
      list?.addEventListener("change", listener);
      return () => list?.removeEventListener("change", listener);
    },
    matches: () => list?.matches ?? false,
  };
}

const darkMedia = media("(prefers-color-scheme: dark)");
const calmMedia = media("(prefers-reduced-motion: reduce)");
const phoneMedia = media("(max-width: 767px)");

export function useIsDark(): boolean {
  const { theme } = usePreferences();
  const isSystemDark = useSyncExternalStore(darkMedia.subscribe, darkMedia.matches);
  return theme === "dark" || (theme === "system" && isSystemDark);
}

export function isDarkNow(): boolean {
  return current.theme === "dark" || (current.theme === "system" && darkMedia.matches());
}

/** Calls `listener` whenever `isDarkNow()` may have become another. */
export function onDarkChange(listener: () => void): void {
  subscribe(listener);
  darkMedia.subscribe(listener);
}

export function useIsCalm(): boolean {
  return useSyncExternalStore(calmMedia.subscribe, calmMedia.matches);
}

export function useIsPhone(): boolean {
  return useSyncExternalStore(phoneMedia.subscribe, phoneMedia.matches);
}
