/**
 * What an inspector writes at a school, kept on the device before it is sent anywhere: entries, photos, and the evaluations
 * taken along. One database per account; only what the inspector is assigned to is in it; signing out deletes it.
 *
 * Every entry goes this way, with a network or without: written here first, then sent. Sending again changes nothing, so a tab
 * that was killed at any point loses nothing.
 */

import type { EntryInput, OfflinePack, ReviewEntry, SyncResult } from "@xingfu/contract";
import { ApiError, api } from "../../lib/api.ts";

/** An entry on the device that the server does not hold like this. */
export interface LocalEntry extends EntryInput {
  /** conflict: somebody changed it meanwhile; refused: the server will not take it; else it waits to be sent */
  readonly state: "waiting" | "conflict" | "refused";
  /** what stands on the server, in a conflict */
  readonly current: ReviewEntry | null;
  readonly why: SyncResult["why"];
}

export interface LocalPhoto {
  readonly id: string;
  readonly entry: string;
  readonly evaluationId: number;
  readonly blob: Blob;
  readonly caption: string;
  readonly takenAt: string;
}

export interface ReviewShot {
  readonly isReady: boolean;
  readonly pack: OfflinePack | null;
  readonly entries: readonly LocalEntry[];
  readonly photos: readonly LocalPhoto[];
  readonly isOnline: boolean;
  readonly isSending: boolean;
  /** why the last sending failed; null = it did not */
  readonly failure: unknown;
  /** seconds the device is ahead of the server; null = within two minutes, or not known */
  readonly clockOffSeconds: number | null;
  /** entries that were stored apart since the page was opened, because the assignment had been withdrawn */
  readonly setApart: number;
}

const stores = ["pack", "entries", "photos"] as const;
type StoreName = (typeof stores)[number];

/** Name of an account's database. */
const nameOf = (accountId: number): string => `xingfu-review-${accountId}`;

/** Pause after the last change before it is sent. */
const sendDelayMs = 1200;
const retryMs = 15_000;
/** As many as one message takes. */
const mostEntries = 200;

/** An id of 122 random bits in the usual form. `crypto.randomUUID` would need https, which an office network may not have. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("the device refused to keep data")));
  });
}

/**
 * What becomes of the entries that were sent.
 *
 * @param sent   as they went out
 * @param local  as they stand on the device now; an entry changed since it went out stays, on the revision that came back
 */
export function afterSync(
  sent: readonly LocalEntry[],
  local: readonly LocalEntry[],
  results: readonly SyncResult[],
): { readonly keep: readonly LocalEntry[]; readonly drop: readonly string[]; readonly stored: readonly ReviewEntry[] } {
  const keep: LocalEntry[] = [];
  const drop: string[] = [];
  const stored: ReviewEntry[] = [];
  for (const result of results) {
    const went = sent.find((entry) => entry.id === result.id);
    const now = local.find((entry) => entry.id === result.id);
    if (went === undefined || now === undefined) continue;
    const isChanged = now.writtenAt !== went.writtenAt;
    switch (result.outcome) {
      case "stored":
      case "replayed":
      case "setApart":
        if (result.current !== null) stored.push(result.current);
        if (isChanged) keep.push({ ...now, baseRevision: result.current?.revision ?? now.baseRevision + 1 });
        else drop.push(result.id);
        break;
      case "conflict":
        keep.push({ ...now, state: "conflict", current: result.current });
        break;
      case "refused":
        keep.push({ ...now, state: "refused", why: result.why });
        break;
    }
  }
  return { keep, drop, stored };
}

export class ReviewStore {
  readonly accountId: number;
  readonly #listeners = new Set<() => void>();
  readonly #opened: Promise<IDBDatabase>;
  readonly #others: BroadcastChannel;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shot: ReviewShot = {
    isReady: false,
    pack: null,
    entries: [],
    photos: [],
    isOnline: navigator.onLine,
    isSending: false,
    failure: null,
    clockOffSeconds: null,
    setApart: 0,
  };

  constructor(accountId: number) {
    this.accountId = accountId;
    const request = indexedDB.open(nameOf(accountId), 1);
    request.addEventListener("upgradeneeded", () => {
      for (const store of stores) request.result.createObjectStore(store);
    });
    this.#opened = settled(request);
    this.#others = new BroadcastChannel(nameOf(accountId));
    this.#others.addEventListener("message", () => void this.#load());
    window.addEventListener("online", () => this.#network());
    window.addEventListener("offline", () => this.#network());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.send();
    });
    this.#load().then(
      () => void this.send(),
      (failure: unknown) => this.#show({ isReady: true, failure }),
    );
  }

  readonly snapshot = (): ReviewShot => this.#shot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Entries and photos that are not on the server. */
  get unsent(): number {
    return this.#shot.entries.length + this.#shot.photos.length;
  }

  /** Keeps an entry; it is sent a moment later. */
  async write(entry: Omit<LocalEntry, "state" | "current" | "why">): Promise<void> {
    const before = this.#shot.entries.find((other) => other.id === entry.id);
    const kept: LocalEntry = {
      ...entry,
      baseRevision: before?.baseRevision ?? entry.baseRevision,
      state: before?.state === "conflict" ? "conflict" : "waiting",
      current: before?.current ?? null,
      why: null,
    };
    await this.#put("entries", kept.id, kept);
    this.#show({ entries: [...this.#shot.entries.filter((other) => other.id !== kept.id), kept] });
    this.#others.postMessage(null);
    this.#later(sendDelayMs);
  }

  async addPhoto(photo: LocalPhoto): Promise<void> {
    await this.#put("photos", photo.id, photo);
    this.#show({ photos: [...this.#shot.photos, photo] });
    this.#others.postMessage(null);
    this.#later(sendDelayMs);
  }

  async removePhoto(id: string): Promise<void> {
    await this.#delete("photos", id);
    this.#show({ photos: this.#shot.photos.filter((photo) => photo.id !== id) });
  }

  /** Chooses one of two versions of an entry. */
  async resolve(id: string, choice: "mine" | "theirs"): Promise<void> {
    const entry = this.#shot.entries.find((other) => other.id === id);
    if (entry === undefined) return;
    if (choice === "mine" && entry.current !== null) {
      const mine: LocalEntry = { ...entry, baseRevision: entry.current.revision, state: "waiting", current: null };
      await this.#put("entries", id, mine);
      this.#show({ entries: this.#shot.entries.map((other) => (other.id === id ? mine : other)) });
      this.#later(0);
      return;
    }
    await this.#discard(id, entry.current);
  }

  /** Throws away an entry that the server refuses. */
  async discard(id: string): Promise<void> {
    await this.#discard(id, null);
  }

  /** Fetches what the inspector takes along: all assignments, and nothing else. */
  async takeAlong(): Promise<OfflinePack> {
    const pack = await api.readOfflinePack({ query: {} });
    await this.#put("pack", "pack", pack);
    this.#show({ pack });
    this.#others.postMessage(null);
    return pack;
  }

  /** Sends everything that waits; entries first, because a photo belongs to one. */
  readonly send = async (): Promise<void> => {
    clearTimeout(this.#timer);
    if (this.#shot.isSending || !navigator.onLine) return;
    const waiting = this.#shot.entries.filter((entry) => entry.state === "waiting");
    if (waiting.length === 0 && this.#shot.photos.length === 0) return;
    this.#show({ isSending: true, failure: null });
    try {
      for (let at = 0; at < waiting.length; at += mostEntries)
        await this.#sendEntries(waiting.slice(at, at + mostEntries));
      for (const photo of this.#shot.photos) await this.#sendPhoto(photo);
    } catch (failure) {
      this.#show({ failure });
    } finally {
      this.#show({ isSending: false });
    }
    const isLeft = this.#shot.entries.some((entry) => entry.state === "waiting");
    if (isLeft) this.#later(this.#shot.failure === null ? sendDelayMs : retryMs);
  };

  /** Deletes everything this account keeps on the device. */
  async wipe(): Promise<void> {
    clearTimeout(this.#timer);
    const database = await this.#opened;
    database.close();
    this.#others.close();
    await new Promise<void>((resolve) => {
      const request = indexedDB.deleteDatabase(nameOf(this.accountId));
      // blocked: another tab holds it; it goes as soon as that one closes
      for (const end of ["success", "error", "blocked"]) request.addEventListener(end, () => resolve());
    });
  }

  async #sendEntries(sent: readonly LocalEntry[]): Promise<void> {
    const reply = await api.syncEntries({
      body: {
        deviceNow: new Date().toISOString(),
        entries: sent.map(({ state: _state, current: _current, why: _why, ...entry }) => entry),
      },
    });
    const { keep, drop, stored } = afterSync(sent, this.#shot.entries, reply.results);
    for (const id of drop) await this.#delete("entries", id);
    for (const entry of keep) await this.#put("entries", entry.id, entry);
    const changed = new Map(keep.map((entry) => [entry.id, entry]));
    const pack = packWith(this.#shot.pack, stored);
    if (pack !== null && pack !== this.#shot.pack) await this.#put("pack", "pack", pack);
    this.#show({
      pack,
      entries: this.#shot.entries
        .filter((entry) => !drop.includes(entry.id))
        .map((entry) => changed.get(entry.id) ?? entry),
      clockOffSeconds: reply.clockOffSeconds,
      setApart: this.#shot.setApart + reply.results.filter((result) => result.outcome === "setApart").length,
    });
    this.#others.postMessage(null);
    this.onStored(stored);
  }

  async #sendPhoto(photo: LocalPhoto): Promise<void> {
    const isEntryHere = this.#shot.entries.some((entry) => entry.id === photo.entry);
    if (isEntryHere) return; // goes after its entry
    try {
      await api.addEntryPhoto({
        params: { entry: photo.entry, photo: photo.id },
        query: { takenAt: photo.takenAt, ...(photo.caption === "" ? {} : { caption: photo.caption }) },
        file: { blob: photo.blob, fileName: `${photo.id}.jpg` },
      });
    } catch (error) {
      // what the server will never take stays for the person to see and remove; a lost connection is tried again
      if (error instanceof ApiError && (error.status === 0 || error.status >= 500)) throw error;
      this.#show({ failure: error });
      return;
    }
    await this.removePhoto(photo.id);
    this.onStored([]);
  }

  /** Told what the server has stored, so that pages can ask for it anew. */
  onStored: (entries: readonly ReviewEntry[]) => void = () => undefined;

  async #discard(id: string, current: ReviewEntry | null): Promise<void> {
    await this.#delete("entries", id);
    for (const photo of this.#shot.photos.filter((other) => other.entry === id && current === null))
      await this.removePhoto(photo.id);
    const pack = current === null ? this.#shot.pack : packWith(this.#shot.pack, [current]);
    if (pack !== null && pack !== this.#shot.pack) await this.#put("pack", "pack", pack);
    this.#show({ pack, entries: this.#shot.entries.filter((entry) => entry.id !== id) });
    this.onStored([]);
  }

  async #load(): Promise<void> {
    const database = await this.#opened;
    const transaction = database.transaction(stores, "readonly");
    const [pack, entries, photos] = await Promise.all([
      settled<OfflinePack | undefined>(transaction.objectStore("pack").get("pack")),
      settled<LocalEntry[]>(transaction.objectStore("entries").getAll()),
      settled<LocalPhoto[]>(transaction.objectStore("photos").getAll()),
    ]);
    this.#show({ isReady: true, pack: pack ?? null, entries, photos });
  }

  async #put(store: StoreName, key: string, value: unknown): Promise<void> {
    const database = await this.#opened;
    await settled(
      database.transaction(store, "readwrite", { durability: "strict" }).objectStore(store).put(value, key),
    );
  }

  async #delete(store: StoreName, key: string): Promise<void> {
    const database = await this.#opened;
    await settled(database.transaction(store, "readwrite").objectStore(store).delete(key));
  }

  #network(): void {
    this.#show({ isOnline: navigator.onLine });
    if (navigator.onLine) void this.send();
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.send(), ms);
  }

  #show(change: Partial<ReviewShot>): void {
    this.#shot = { ...this.#shot, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/** The evaluations taken along, with entries as the server has them now. */
function packWith(pack: OfflinePack | null, stored: readonly ReviewEntry[]): OfflinePack | null {
  if (pack === null || stored.length === 0) return pack;
  const ids = new Set(stored.map((entry) => entry.id));
  return {
    ...pack,
    evaluations: pack.evaluations.map((taken) => ({
      ...taken,
      entries: [
        ...taken.entries.filter((entry) => !ids.has(entry.id)),
        ...stored.filter((entry) => entry.evaluationId === taken.evaluation.id),
      ],
    })),
  };
}
