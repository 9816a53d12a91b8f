/** The device as an inspector uses it: the store of the signed-in account, and the copy of the program for use without a network. */

import { useEffect, useSyncExternalStore } from "react";
import { useSession } from "../../lib/session.ts";
import { forgetEvaluations } from "./asked.ts";
import { ReviewStore } from "./review-store.ts";
import type { ReviewShot } from "./review-store.ts";

let opened: ReviewStore | null = null;

/** The store of an account, opened once. */
export function reviewStore(accountId: number): ReviewStore {
  if (opened?.accountId !== accountId) {
    opened = new ReviewStore(accountId);
    opened.onStored = () => void forgetEvaluations();
  }
  return opened;
}

export function useReviewStore(): { readonly store: ReviewStore; readonly shot: ReviewShot } {
  const { accountId } = useSession();
  const store = reviewStore(accountId);
  const shot = useSyncExternalStore(store.subscribe, store.snapshot);
  return { store, shot };
}

/** Entries and photos of the signed-in account that are not on the server; asked before signing out. */
export async function unsentOf(accountId: number): Promise<number> {
  const store = reviewStore(accountId);
  await store.send();
  return store.unsent;
}

/** Whether the browser can keep the program: it needs https, or the machine itself. */
export const canKeepProgram = "serviceWorker" in navigator && window.isSecureContext;

/** Starts the part that answers without a network. */
export async function startOffline(): Promise<void> {
  if (!canKeepProgram) return;
  await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  await navigator.serviceWorker.ready;
}

/** Keeps the program on the device, so that it opens without a network; resolves when all of it is there. */
export async function keepProgram(): Promise<void> {
  if (!canKeepProgram) throw new Error("the browser keeps no program without https");
  await startOffline();
  const registration = await navigator.serviceWorker.ready;
  const worker = registration.active;
  if (worker === null) throw new Error("no worker");
  await new Promise<void>((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (data === "kept") resolve();
      else reject(new Error(String(data)));
    });
    port1.start();
    worker.postMessage("keep", [port2]);
  });
  await navigator.storage?.persist?.(); // asks the browser not to clear it when space runs short
}

/**
 * Deletes everything of an account from the device: entries, photos, evaluations taken along, kept answers. The page must be
 * loaded anew afterwards.
 */
export async function wipeDevice(accountId: number): Promise<void> {
  await reviewStore(accountId).wipe();
  if (!("caches" in globalThis)) return;
  for (const name of await caches.keys()) if (name.startsWith("xingfu-answers")) await caches.delete(name);
}

/** Registers the worker once an inspector is at work. */
export function useOfflineStart(): void {
  useEffect(() => {
    startOffline().catch(() => undefined); // the page says that it cannot be used offline
  }, []);
}
