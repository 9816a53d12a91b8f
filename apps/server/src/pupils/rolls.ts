/** Rolls that are being read in: long work that goes on while the tab is closed, and whose progress can be asked for. */

import { errors } from "@xingfu/contract";
import type { PupilImport } from "@xingfu/contract";
import { may } from "@xingfu/domain/access";
import type { PupilRow, SchoolYear } from "@xingfu/domain/base";
import type { PupilsRead } from "@xingfu/exchange";
import { countPupils, loadPupils } from "@xingfu/store";
import type { Store } from "@xingfu/store";
import { failureOf } from "../plugins/problem.ts";
import { Refusal } from "../refusal.ts";
import { reportableSchools } from "../returns/reach.ts";
import type { SignedIn } from "../session/sessions.ts";
import type { UploadedFile } from "../upload.ts";
import type { Workers } from "../work/workers.ts";
import { Handover } from "./handover.ts";

/** Kept of the issues of one roll. */
const mostIssues = 1000;
/** Finished rolls remembered. */
const mostFinished = 50;

interface Roll {
  readonly districtId: number;
  readonly accountId: number;
  progress: PupilImport;
}

export interface Rolls {
  /** starts to read a roll in; BUSY while another one of the district is running */
  start(session: SignedIn, year: SchoolYear, file: UploadedFile): Promise<PupilImport>;
  read(session: SignedIn, id: number): PupilImport;
  /** waits for what is running */
  close(): Promise<void>;
}

export interface RollsOptions {
  readonly store: Store;
  readonly workers: Workers;
  readonly now: () => Date;
  /** told of failures that are our mistake */
  readonly onFailure: (error: unknown) => void;
}

export function createRolls({ store, workers, now, onFailure }: RollsOptions): Rolls {
  const rolls = new Map<number, Roll>();
  const running = new Set<Promise<void>>();
  let lastId = 0;

  async function run(
    session: SignedIn,
    roll: Roll,
    file: UploadedFile,
    onlySchools: readonly string[] | null,
  ): Promise<void> {
    const { year } = roll.progress;
    const handover = new Handover<readonly PupilRow[]>();
    const reading = workers
      .readRoll({ ...file, ...(onlySchools === null ? {} : { onlySchools }) }, async (rows) => {
        await handover.give(rows);
        roll.progress = { ...roll.progress, rowsRead: roll.progress.rowsRead + rows.length };
      })
      .then(
        (read) => {
          const { errors: errorCount, warnings: warningCount } = read.totals;
          roll.progress = {
            ...roll.progress,
            errorCount,
            warningCount,
            issues: read.issues.slice(0, mostIssues).map((issue) => ({ ...issue })),
          };
          // thrown into the load, which takes back what it has written
          if (errorCount > 0) handover.fail(new RollRefused(read));
          else handover.end();
        },
        (error: unknown) => handover.fail(error),
      );
    try {
      const { batchId } = await store.withActor(session.actor, (tx) =>
        loadPupils(tx, { year, fileName: file.fileName, rows: handover }),
      );
      roll.progress = { ...roll.progress, state: "loaded", batchId };
    } catch (error) {
      handover.fail(error); // lets the reader go when the load gave up first
      roll.progress = { ...roll.progress, ...outcomeOf(error) };
      if (roll.progress.state === "failed") onFailure(error);
    }
    await reading;
  }

  return {
    async start(session, year, file) {
      const { districtId, accountId } = session.actor;
      const isRunning = [...rolls.values()].some(
        (one) => one.districtId === districtId && one.progress.state === "running",
      );
      if (isRunning) throw new Refusal("BUSY", { retryAfterSeconds: 30 });
      const before = await store.withActor(session.actor, async (tx) => ({
        onlySchools: await reportableSchools(session, tx),
        classes: await countPupils(tx, year),
      }));
      const pupils = before.classes.reduce((sum, one) => sum + one.pupils, 0);
      lastId += 1;
      const roll: Roll = {
        districtId,
        accountId,
        progress: {
          id: lastId,
          year,
          fileName: file.fileName,
          state: "running",
          rowsRead: 0,
          rowsExpected: pupils === 0 ? null : pupils,
          errorCount: 0,
          warningCount: 0,
          issues: [],
          refusal: null,
          batchId: null,
          by: { accountId, name: session.found.displayName, at: now().toISOString() },
        },
      };
      rolls.set(roll.progress.id, roll);
      for (const id of rolls.keys()) {
        if (rolls.size <= mostFinished) break;
        rolls.delete(id);
      }
      const work = run(session, roll, file, before.onlySchools);
      running.add(work);
      void work.finally(() => running.delete(work));
      return roll.progress;
    },

    read(session, id) {
      const roll = rolls.get(id);
      const isVisible =
        roll !== undefined &&
        roll.districtId === session.actor.districtId &&
        (roll.accountId === session.actor.accountId || may(session.grants, "return.verify"));
      if (!isVisible) throw new Refusal("NOT_FOUND", {});
      return roll.progress;
    },

    async close() {
      await Promise.allSettled(running);
    },
  };
}

/** A roll whose rows have errors. */
class RollRefused extends Error {
  readonly read: PupilsRead;
  constructor(read: PupilsRead) {
    super(`${read.totals.errors} errors`);
    this.read = read;
  }
}

function outcomeOf(error: unknown): Pick<PupilImport, "state" | "refusal"> {
  if (error instanceof RollRefused) return { state: "refused", refusal: null };
  const { code, fields } = failureOf(error);
  const entry = errors[code];
  return { state: entry.isReportable ? "failed" : "refused", refusal: { code, title: entry.title, fields } };
}
