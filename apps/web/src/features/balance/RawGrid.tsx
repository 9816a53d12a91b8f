/** A grid of raw numbers to type and paste into, with the verdicts they lead to beside them. */

import { useVirtualizer } from "@tanstack/react-virtual";
import type { AssessmentRow, BalanceAssessment, BalanceFacts, Change } from "@xingfu/domain/balance";
import { labelOf } from "@xingfu/standards";
import { memo, useDeferredValue, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { ClipboardEvent, KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { plain } from "../../lib/format.ts";
import { pastedCells } from "../../lib/paste.ts";
import { Sheet } from "../../ui/Page.tsx";
import { SearchBox } from "../../ui/SearchBox.tsx";
import { Verdict } from "../../ui/Verdict.tsx";
import { useTell } from "../../ui/tell.ts";
import { fieldGroups, gridRows, hasField, isUnusual, listIn, pastedChanges, typedCell, valueIn } from "./what-if.ts";
import type { Cell, FieldGroup, GridRow } from "./what-if.ts";

interface Props {
  readonly group: FieldGroup;
  readonly facts: BalanceFacts;
  /** facts of the year before, for telling unusual numbers; null = none */
  readonly lastYear: BalanceFacts | null;
  readonly changes: readonly Change[];
  readonly before: BalanceAssessment;
  readonly after: BalanceAssessment;
  readonly onAdd: (changes: readonly Change[]) => void;
  readonly onReset: (cell: Cell) => void;
  readonly firstSearch?: string;
}

const rowHeight = 38;
const nameWidth = 210;
const stageWidth = 76;
const verdictWidth = 190;
const isListField = (field: string): boolean => field === "classSizes" || field.endsWith("RoomAreasM2");
const fieldWidth = (field: string): number => (isListField(field) ? 300 : 118);

export function RawGrid({ group, facts, lastYear, changes, before, after, onAdd, onReset, firstSearch = "" }: Props) {
  const { t } = useTranslation("balance");
  const tell = useTell();
  const fields: readonly string[] = fieldGroups[group];
  const [search, setSearch] = useState(firstSearch);
  const [isFailingOnly, setFailingOnly] = useState(false);
  const searched = useDeferredValue(search.trim());
  const failing = useMemo(
    () => new Set(before.rows.filter((row) => row.verdict !== "met").map((row) => row.schoolCode)),
    [before],
  );
  const rows = useMemo(
    () =>
      gridRows(facts, group).filter(
        (row) =>
          (searched === "" || row.school.name.includes(searched) || row.school.schoolCode.includes(searched)) &&
          (!isFailingOnly || failing.has(row.school.schoolCode)),
      ),
    [facts, group, searched, isFailingOnly, failing],
  );
  const changedAt = useMemo(() => changesByLine(changes), [changes]);
  const afterRows = useMemo(() => byPlace(after), [after]);
  const beforeRows = useMemo(() => byPlace(before), [before]);
  const lastSchools = useMemo(
    () => new Map(lastYear?.schools.map((school) => [school.schoolCode, school])),
    [lastYear],
  );

  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const drawn = virtual.getVirtualItems();
  const above = drawn[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (drawn.at(-1)?.end ?? 0);
  const width = nameWidth + stageWidth + verdictWidth + fields.reduce((sum, field) => sum + fieldWidth(field), 0);

  const go = (row: number, column: number): void => {
    virtual.scrollToIndex(row);
    requestAnimationFrame(() => {
      const input = scroller.current?.querySelector<HTMLInputElement>(`[data-at="${row}:${column}"]`);
      input?.focus();
      input?.select();
    });
  };
  const paste = (event: ClipboardEvent<HTMLInputElement>, row: number, column: number): void => {
    const cells = pastedCells(event.clipboardData.getData("text/plain"));
    if (cells.length <= 1 && (cells[0]?.length ?? 0) <= 1) return;
    event.preventDefault();
    const pasted = pastedChanges(rows, fields, { row, column }, cells);
    if (pasted.changes.length > 0) onAdd(pasted.changes);
    if (pasted.refused > 0) tell.warn(t("whatIf.pasteRefused", { count: pasted.refused }));
    else tell.done(t("whatIf.pasted", { count: pasted.changes.length }));
  };
  // one object for all lines, always the same, so that a line is drawn again only when something in it changed
  const latest = useRef({ onAdd, onReset, paste, go });
  useLayoutEffect(() => {
    latest.current = { onAdd, onReset, paste, go };
  });
  const [act] = useState<GridAct>(() => ({
    add: (added) => latest.current.onAdd(added),
    reset: (cell) => latest.current.onReset(cell),
    paste: (event, row, column) => latest.current.paste(event, row, column),
    go: (row, column) => latest.current.go(row, column),
  }));

  return (
    <Sheet isFlush>
      <div className="table-block">
        <div className="table-tools no-print">
          <SearchBox value={search} onChange={setSearch} label={t("whatIf.find")} />
          <label className="tool">
            <input type="checkbox" checked={isFailingOnly} onChange={(event) => setFailingOnly(event.target.checked)} />
            {t("whatIf.failingOnly")}
          </label>
          <span className="grow" />
          <span className="count">{t("whatIf.keys")}</span>
        </div>
        <div
          ref={scroller}
          className="table-scroll"
          style={{ maxHeight: "min(60vh, 620px)" }}
          role="region"
          aria-label={t("whatIf.grid")}
          tabIndex={0}
        >
          <table className="data-table" style={{ width }} aria-rowcount={rows.length + 1}>
            <colgroup>
              <col style={{ width: nameWidth }} />
              <col style={{ width: stageWidth }} />
              <col style={{ width: verdictWidth }} />
              {fields.map((field) => (
                <col key={field} style={{ width: fieldWidth(field) }} />
              ))}
            </colgroup>
            <thead>
              <tr>
                <th scope="col" className="frozen">
                  {t("heat.school")}
                </th>
                <th scope="col">{t("gaps.phase")}</th>
                <th scope="col">{t("whatIf.outcome")}</th>
                {fields.map((field) => (
                  <th key={field} scope="col" className="end">
                    {labelOf("balanceFields", field)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {above > 0 ? (
                <tr className="spacer" aria-hidden="true">
                  <td colSpan={fields.length + 3} style={{ height: above }} />
                </tr>
              ) : null}
              {drawn.map(({ index }) => {
                const row = rows[index];
                if (row === undefined) return null;
                return (
                  <GridLine
                    key={row.key}
                    row={row}
                    index={index}
                    fields={fields}
                    changed={changedAt.get(row.key) ?? none}
                    outcomes={outcomesOf(row, beforeRows, afterRows)}
                    lastYear={lastSchools.get(row.school.schoolCode)}
                    act={act}
                  />
                );
              })}
              {below > 0 ? (
                <tr className="spacer" aria-hidden="true">
                  <td colSpan={fields.length + 3} style={{ height: below }} />
                </tr>
              ) : null}
            </tbody>
          </table>
          {rows.length === 0 ? <div className="table-none">{t("common:table.noMatch")}</div> : null}
        </div>
      </div>
    </Sheet>
  );
}

/** What a line asks the grid to do. */
interface GridAct {
  readonly add: (changes: readonly Change[]) => void;
  readonly reset: (cell: Cell) => void;
  readonly paste: (event: ClipboardEvent<HTMLInputElement>, row: number, column: number) => void;
  readonly go: (row: number, column: number) => void;
}

const none: readonly Change[] = [];

/** Changes by the line they are shown in. */
function changesByLine(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  return Map.groupBy(changes, (change) => `${change.schoolCode}|${change.stage ?? ""}`);
}

/** The changes of one cell; members of a list belong to one cell. */
function changesOfCell(changes: readonly Change[], field: string): readonly Change[] | null {
  const own = changes.filter(
    (change) => change.field === field || (isListField(field) && change.field.startsWith(`${field}.`)),
  );
  return own.length === 0 ? null : own;
}

/** What a line leads to, phase by phase: the verdict before and after. */
interface LineOutcome {
  readonly phase: string;
  readonly was: AssessmentRow["verdict"] | null;
  readonly is: AssessmentRow["verdict"];
  readonly metCount: number;
}

function outcomesOf(
  row: GridRow,
  before: ReadonlyMap<string, AssessmentRow>,
  after: ReadonlyMap<string, AssessmentRow>,
): LineOutcome[] {
  return (row.stage === null ? ["primary", "junior"] : [row.stage]).flatMap((phase) => {
    const is = after.get(`${row.school.schoolCode}|${phase}`);
    const was = before.get(`${row.school.schoolCode}|${phase}`)?.verdict ?? null;
    return is === undefined ? [] : [{ phase, was, is: is.verdict, metCount: is.metCount }];
  });
}

interface GridLineProps {
  readonly row: GridRow;
  readonly index: number;
  readonly fields: readonly string[];
  readonly changed: readonly Change[];
  readonly outcomes: readonly LineOutcome[];
  readonly lastYear: GridRow["school"] | undefined;
  readonly act: GridAct;
}

const GridLine = memo(
  function GridLine({ row, index, fields, changed, outcomes, lastYear, act }: GridLineProps) {
    const { t } = useTranslation("balance");
    return (
      <tr style={{ height: rowHeight }} aria-rowindex={index + 2}>
        <th scope="row" className="frozen" title={row.school.schoolCode}>
          {row.school.name}
        </th>
        <td className="soft">{row.stage === null ? t("whatIf.whole") : t(`common:stage.${row.stage}`)}</td>
        <td>
          <RowOutcome outcomes={outcomes} />
        </td>
        {fields.map((field, column) => (
          <td key={field}>
            <EditCell
              row={row}
              field={field}
              at={`${index}:${column}`}
              changed={changesOfCell(changed, field)}
              lastYear={lastYear}
              onAdd={act.add}
              onReset={act.reset}
              onPaste={(event) => act.paste(event, index, column)}
              onMove={(down, right) => act.go(index + down, column + right)}
            />
          </td>
        ))}
      </tr>
    );
  },
  (a, b) =>
    a.row.school === b.row.school &&
    a.row.stage === b.row.stage &&
    a.index === b.index &&
    a.fields === b.fields &&
    a.lastYear === b.lastYear &&
    JSON.stringify([a.changed, a.outcomes]) === JSON.stringify([b.changed, b.outcomes]),
);

function byPlace(assessment: BalanceAssessment): ReadonlyMap<string, AssessmentRow> {
  return new Map(assessment.rows.map((row) => [`${row.schoolCode}|${row.phase}`, row]));
}

function RowOutcome({ outcomes }: { readonly outcomes: readonly LineOutcome[] }) {
  const { t } = useTranslation("balance");
  if (outcomes.length === 0) return <span className="faint">{t("whatIf.notCounted")}</span>;
  return (
    <span className="row" style={{ gap: 6, flexWrap: "nowrap" }}>
      {outcomes.map(({ phase, was, is, metCount }) => (
        <span key={phase} className="row" style={{ gap: 4, flexWrap: "nowrap" }}>
          {was !== null && was !== is ? (
            <>
              <Verdict verdict={was} isBare size={12} />
              <span aria-hidden="true">→</span>
            </>
          ) : null}
          <Verdict verdict={is} size={12} isBare={outcomes.length > 1} />
          <span className="faint small">{t("whatIf.ofSeven", { count: metCount })}</span>
        </span>
      ))}
    </span>
  );
}

interface EditCellProps {
  readonly row: GridRow;
  readonly field: string;
  readonly at: string;
  readonly changed: readonly Change[] | null;
  readonly lastYear: GridRow["school"] | undefined;
  readonly onAdd: (changes: readonly Change[]) => void;
  readonly onReset: (cell: Cell) => void;
  readonly onPaste: (event: ClipboardEvent<HTMLInputElement>) => void;
  readonly onMove: (down: number, right: number) => void;
}

function EditCell({ row, field, at, changed, lastYear, onAdd, onReset, onPaste, onMove }: EditCellProps) {
  const { t } = useTranslation("balance");
  const [wrong, setWrong] = useState<string | null>(null);
  if (!hasField(row, field)) return null;
  const reported = reportedText(row, field);
  const shown = changed === null ? reported : changedText(row, field, changed);
  const name = `${row.school.name} ${row.stage === null ? "" : t(`common:stage.${row.stage}`)} ${labelOf("balanceFields", field)}`;
  const former = isListField(field) || lastYear === undefined ? undefined : valueIn(lastYear, row.stage, field);
  const value = changed?.[0]?.value;
  const unusual =
    !isListField(field) && value !== undefined && isUnusual(value, valueIn(row.school, row.stage, field), former);
  const hints = [
    wrong,
    unusual ? t("whatIf.unusual") : null,
    changed === null ? null : t("whatIf.reported", { value: reported === "" ? t("common:gap.blank") : reported }),
    typeof former === "number" ? t("whatIf.lastYear", { value: plain(former) }) : null,
  ].filter((hint) => hint !== null);

  const commit = (input: HTMLInputElement): boolean => {
    if (input.value === shown) {
      setWrong(null);
      return true;
    }
    const typed = typedCell(row, field, input.value);
    if (typed.kind === "wrong") {
      setWrong(t(`whatIf.wrong.${typed.why}`));
      return false;
    }
    setWrong(null);
    if (typed.kind === "reset") onReset({ schoolCode: row.school.schoolCode, stage: row.stage, field });
    else onAdd(typed.changes);
    return true;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const input = event.currentTarget;
    if (event.key === "Escape") {
      input.value = shown;
      setWrong(null);
    } else if (event.key === "Enter" || event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (commit(input)) onMove(event.key === "ArrowUp" || (event.key === "Enter" && event.shiftKey) ? -1 : 1, 0);
    }
  };
  return (
    <input
      key={shown}
      data-at={at}
      className={`edit-cell${wrong !== null ? " wrong" : unusual ? " unusual" : changed === null ? "" : " changed"}`}
      defaultValue={shown}
      placeholder={t("common:gap.blank")}
      inputMode={isListField(field) ? "text" : "decimal"}
      aria-label={name}
      aria-invalid={wrong !== null}
      title={hints.join("\n")}
      onBlur={(event) => commit(event.currentTarget)}
      onKeyDown={onKeyDown}
      onPaste={onPaste}
      onFocus={(event) => event.currentTarget.select()}
    />
  );
}

function reportedText(row: GridRow, field: string): string {
  if (isListField(field)) return (listIn(row.school, row.stage, field) ?? []).join(" ");
  const value = valueIn(row.school, row.stage, field);
  return typeof value === "number" ? String(value) : "";
}

function changedText(row: GridRow, field: string, changed: readonly Change[]): string {
  if (!isListField(field)) return String(changed[0]?.value ?? "");
  const list = [...(listIn(row.school, row.stage, field) ?? [])];
  for (const change of changed) list[Number(change.field.split(".")[1])] = change.value;
  return list.join(" ");
}
