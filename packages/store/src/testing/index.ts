/** A real database for tests: cloned from a migrated template, with actors to act as. */

import type { Actor, Store } from "../index.ts";

/** Actors of a small district, one per role, with the codes of the schools they sit on. */
export interface TestDistrict {
  readonly districtId: number;
  readonly code: string;
  readonly unitId: number;
  readonly administrator: Actor;
  readonly officer: Actor;
  readonly inspector: Actor;
  readonly viewer: Actor;
  /** of the group of schools[0] and schools[1] */
  readonly groupHead: Actor;
  /** of schools[0] */
  readonly principal: Actor;
  /** of schools[0] */
  readonly clerk: Actor;
  /** an account without any role */
  readonly nobody: Actor;
  /** of another district in the same database */
  readonly outsider: Actor;
  readonly schools: readonly { readonly code: string; readonly unitId: number; readonly name: string }[];
}

export interface TestStore {
  readonly store: Store;
  readonly url: string;
  /** a district with two groups, four schools (the first with a campus) and one actor per role */
  makeDistrict(): Promise<TestDistrict>;
  /** closes the store and drops the database */
  close(): Promise<void>;
}

export async function testStore(): Promise<TestStore> {
  throw new Error("not written yet");
}
