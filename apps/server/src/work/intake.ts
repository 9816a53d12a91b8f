/** Long lists that are being read into the database: work that goes on while the tab is closed, whose progress can be asked for. */

import { errors } from "@xingfu/contract";
import type { ImportIssue } from "@xingfu/contract";
import { may } from "@xingfu/domain/access";
import type { ListRead } from "@xingfu/exchange";
import type { Store, Transaction } from "@xingfu/store";
import { failureOf } from "../plugins/problem.ts";
import { Refusal } from "../refusal.ts";
import type { SignedIn } from "../session/sessions.ts";
import { Handover } from "./handover.ts";

/** Kept of the issues of one list. */
const mostIssues = 1000;
/** Finished lists remembered. */
const mostFinished = 50;

/** What is told of every list, whatever it holds. */
export interface IntakeProgress {
  readonly id: number;
  readonly state: "running" | "loaded" | "refused" | "failed";
  readonly rowsRead: number;
  readonly errorCount: number;
  readonly warningCount: number;
  /** the first 1,000 */
  readonly issues: ImportIssue[];
  readonly refusal: { readonly code: string; readonly title: string; readonly fields: unknown } | null;
  readonly batchId: number | null;
  readonly by: { readonly accountId: number; readonly name: string; readonly at: string };
}

/** One list: how its rows are read and where they go. */
export interface IntakeWork<Row> {
  /** reads the file and hands its rows over in batches */
  readonly read: (onRows: (rows: readonly Row[]) => Promise<void>) => Promise<ListRead>;
  /** takes the rows into the database, in one transaction; what it throws takes back what it wrote */
  readonly load: (tx: Transaction, rows: AsyncIterable<readonly Row[]>) => Promise<{ readonly batchId: number }>;
  /** issues of the file that only the load could find; null = the error is another one */
  readonly issuesOf?: (error: unknown) => readonly ImportIssue[] | null;
}

export interface Intake<Facts extends object> {
  /** starts to read a list in; BUSY while another one of the district is running */
  start<Row>(session: SignedIn, facts: Facts, work: IntakeWork<Row>): Facts & IntakeProgress;
  /** NOT_FOUND for a list of another district, or of another person unless one verifies returns */
  read(session: SignedIn, id: number): Facts & IntakeProgress;
  /** waits for what is running */
  close(): Promise<void>;
}

export interface IntakeOptions {
  readonly store: Store;
  readonly now: () => Date;
  /** told of failures that are our mistake */
  readonly onFailure: (error: unknown) => void;
}

interface Entry<Facts> {
  readonly districtId: number;
  readonly accountId: number;
  progress: Facts & IntakeProgress;
}

/** Thrown into the load when the file has errors, so that it takes back what it has written. */
class ListRefused extends Error {}

export function createIntake<Facts extends object>({ store, now, onFailure }: IntakeOptions): Intake<Facts> {
  const entries = new Map<number, Entry<Facts>>();
  const running = new Set<Promise<void>>();
  let lastId = 0;

  async function run<Row>(session: SignedIn, entry: Entry<Facts>, work: IntakeWork<Row>): Promise<void> {
    const tell = (change: Partial<IntakeProgress>): void => {
      entry.progress = { ...entry.progress, ...change };
    };
    const handover = new Handover<readonly Row[]>();
    const reading = work
      .read(async (rows) => {
        await handover.give(rows);
        tell({ rowsRead: entry.progress.rowsRead + rows.length });
      })
      .then(
        (read) => {
          const { errors: errorCount, warnings: warningCount } = read.totals;
          tell({ errorCount, warningCount, issues: read.issues.slice(0, mostIssues).map((issue) => ({ ...issue })) });
          if (errorCount > 0) handover.fail(new ListRefused());
          else handover.end();
        },
        (error: unknown) => handover.fail(error),
      );
    let outcome: Partial<IntakeProgress>;
    try {
      const { batchId } = await store.withActor(session.actor, (tx) => work.load(tx, handover));
      outcome = { state: "loaded", batchId };
    } catch (error) {
      handover.fail(error); // lets the reader go when the load gave up first
      const issues = work.issuesOf?.(error) ?? null;
      outcome =
        issues === null ? outcomeOf(error) : { state: "refused", errorCount: issues.length, issues: [...issues] };
      if (outcome.state === "failed") onFailure(error);
    }
    await reading;
    tell(outcome);
  }

  return {
    start(session, facts, work) {
      const { districtId, accountId } = session.actor;
      const isRunning = [...entries.values()].some(
        (one) => one.districtId === districtId && one.progress.state === "running",
      );
      if (isRunning) throw new Refusal("BUSY", { retryAfterSeconds: 30 });
      lastId += 1;
      const entry: Entry<Facts> = {
        districtId,
        accountId,
        progress: {
          ...facts,
          id: lastId,
          state: "running",
          rowsRead: 0,
          errorCount: 0,
          warningCount: 0,
          issues: [],
          refusal: null,
          batchId: null,
          by: { accountId, name: session.found.displayName, at: now().toISOString() },
        },
      };
      entries.set(lastId, entry);
      for (const id of entries.keys()) {
        if (entries.size <= mostFinished) break;
        entries.delete(id);
      }
      const { progress } = entry;
      const done = run(session, entry, work);
      running.add(done);
      void done.finally(() => running.delete(done));
      return progress;
    },

    read(session, id) {
      const entry = entries.get(id);
      const isVisible =
        entry !== undefined &&
        entry.districtId === session.actor.districtId &&
        (entry.accountId === session.actor.accountId || may(session.grants, "return.verify"));
      if (!isVisible) throw new Refusal("NOT_FOUND", {});
      return entry.progress;
    },

    async close() {
      await Promise.allSettled(running);
    },
  };
}

function outcomeOf(error: unknown): Pick<IntakeProgress, "state" | "refusal"> {
  if (error instanceof ListRefused) return { state: "refused", refusal: null };
  const { code, fields } = failureOf(error);
  const entry = errors[code];
  return { state: entry.isReportable ? "failed" : "refused", refusal: { code, title: entry.title, fields } };
}
