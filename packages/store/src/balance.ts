/** What people add to an assessment: what-if scenarios, evidence files, findings and vetoes. */

import type { Change } from "@xingfu/domain/balance";
import type { FindingRow, SchoolYear, VetoRow } from "@xingfu/domain/base";
import type { By } from "./page.ts";
import type { Transaction } from "./store.ts";

export interface Scenario {
  readonly id: number;
  readonly year: SchoolYear;
  readonly name: string;
  readonly note: string;
  readonly changes: readonly Change[];
  readonly isShared: boolean;
  readonly isOwn: boolean;
  readonly ownerName: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ScenarioInput {
  readonly name: string;
  readonly note: string;
  readonly changes: readonly Change[];
  readonly isShared: boolean;
}

/** A file that supports a finding (佐证材料), without its bytes. */
export interface Evidence {
  readonly id: number;
  readonly year: SchoolYear;
  readonly item: string;
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly by: By;
}

const later = (): never => { throw new Error("not written yet"); };

export async function listScenarios(_tx: Transaction, _year: SchoolYear): Promise<readonly Scenario[]> { return later(); }
export async function readScenario(_tx: Transaction, _scenarioId: number): Promise<Scenario> { return later(); }
export async function createScenario(_tx: Transaction, _year: SchoolYear, _input: ScenarioInput): Promise<Scenario> { return later(); }
/** One's own only; somebody else's is NOT_FOUND. */
export async function updateScenario(_tx: Transaction, _scenarioId: number, _input: ScenarioInput): Promise<Scenario> { return later(); }
export async function deleteScenario(_tx: Transaction, _scenarioId: number): Promise<void> { return later(); }

export async function listEvidence(_tx: Transaction, _year: SchoolYear, _item?: string): Promise<readonly Evidence[]> { return later(); }
export async function addEvidence(_tx: Transaction, _file: { readonly year: SchoolYear; readonly item: string; readonly fileName: string; readonly mediaType: string; readonly bytes: Uint8Array }): Promise<Evidence> { return later(); }
export async function readEvidence(_tx: Transaction, _evidenceId: number): Promise<Evidence & { readonly content: Uint8Array }> { return later(); }
export async function deleteEvidence(_tx: Transaction, _evidenceId: number): Promise<void> { return later(); }

/** Replaces the finding of one item; the others stay. A batch of its own that can be undone. */
export async function recordFinding(_tx: Transaction, _year: SchoolYear, _finding: FindingRow): Promise<{ readonly batchId: number }> { return later(); }
export async function recordVeto(_tx: Transaction, _year: SchoolYear, _veto: VetoRow): Promise<{ readonly batchId: number }> { return later(); }
