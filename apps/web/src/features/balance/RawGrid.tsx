/** A grid of raw numbers to type and paste into, with the verdicts they lead to beside them. */

import { useVirtualizer } from "@tanstack/react-virtual";
import type { AssessmentRow, BalanceAssessment, BalanceFacts, Change } from "@xingfu/domain/balance";
import { labelOf } from "@xingfu/standards";
import { useDeferredValue, useMemo, useRef, useState } from "react";
import type { ClipboardEvent, KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { plain } from "../../lib/format.ts";
import { pastedCells } from "../../lib/paste.ts";
import { Sheet } from "../../ui/Page.tsx";
import { SearchBox } from "../../ui/SearchBox.tsx";
import { Verdict } from "../../ui/Verdict.tsx";
import { useTell } from "../../ui/tell.ts";
import "../../ui/table.css";
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
  const changedAt = useMemo(() => changesByCell(changes), [changes]);
  const afterRows = useMemo(() => byPlace(after), [after]);
  const beforeRows = useMemo(() => byPlace(before), [before]);
  const lastSchools = useMemo(() => new Map(lastYear?.schools.map((school) => [school.schoolCode, school])), [lastYear]);

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
  const onPaste = (event: ClipboardEvent<HTMLInputElement>, row: number, column: number): void => {
    const cells = pastedCells(event.clipboardData.getData("text/plain"));
    if (cells.length <= 1 && (cells[0]?.length ?? 0) <= 1) return;
    event.preventDefault();
    const pasted = pastedChanges(rows, fields, { row, column }, cells);
    if (pasted.changes.length > 0) onAdd(pasted.changes);
    if (pasted.refused > 0) tell.warn(t("whatIf.pasteRefused", { count: pasted.refused }));
    else tell.done(t("whatIf.pasted", { count: pasted.changes.length }));
  };

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
        <div ref={scroller} className="table-scroll" style={{ maxHeight: "min(60vh, 620px)" }} role="region" aria-label={t("whatIf.grid")} tabIndex={0}>
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
                  <tr key={row.key} style={{ height: rowHeight }} aria-rowindex={index + 2}>
                    <th scope="row" className="frozen" title={row.school.schoolCode}>
                      {row.school.name}
                    </th>
                    <td className="soft">{row.stage === null ? t("whatIf.whole") : t(`common:stage.${row.stage}`)}</td>
                    <td>
                      <RowOutcome row={row} before={beforeRows} after={afterRows} />
                    </td>
                    {fields.map((field, column) => (
                      <td key={field}>
                        <EditCell
                          row={row}
                          field={field}
                          at={`${index}:${column}`}
                          changed={changedAt.get(`${row.key}|${field}`) ?? null}
                          lastYear={lastSchools.get(row.school.schoolCode)}
                          onAdd={onAdd}
                          onReset={onReset}
                          onPaste={(event) => onPaste(event, index, column)}
                          onMove={(down, right) => go(index + down, column + right)}
                        />
                      </td>
                    ))}
                  </tr>
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

/** Changes by the cell they are shown in; members of a list belong to one cell. */
function changesByCell(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  return Map.groupBy(changes, (change) => {
    const [name = change.field] = change.field.split(".");
    return `${change.schoolCode}|${change.stage ?? ""}|${isListField(name) ? name : change.field}`;
  });
}

function byPlace(assessment: BalanceAssessment): ReadonlyMap<string, AssessmentRow> {
  return new Map(assessment.rows.map((row) => [`${row.schoolCode}|${row.phase}`, row]));
}

function RowOutcome({
  row,
  before,
  after,
}: {
  readonly row: GridRow;
  readonly before: ReadonlyMap<string, AssessmentRow>;
  readonly after: ReadonlyMap<string, AssessmentRow>;
}) {
  const { t } = useTranslation("balance");
  const phases = row.stage === null ? ["primary", "junior"] : [row.stage];
  const shown = phases.flatMap((phase) => {
    const key = `${row.school.schoolCode}|${phase}`;
    const is = after.get(key);
    return is === undefined ? [] : [{ is, was: before.get(key) }];
  });
  if (shown.length === 0) return <span className="faint">{t("whatIf.notCounted")}</span>;
  return (
    <span className="row" style={{ gap: 6, flexWrap: "nowrap" }}>
      {shown.map(({ is, was }) => (
        <span key={is.phase} className="row" style={{ gap: 4, flexWrap: "nowrap" }}>
          {was !== undefined && was.verdict !== is.verdict ? (
            <>
              <Verdict verdict={was.verdict} isBare size={12} />
              <span aria-hidden="true">→</span>
            </>
          ) : null}
          <Verdict verdict={is.verdict} size={12} isBare={shown.length > 1} />
          <span className="faint small">{t("whatIf.ofSeven", { count: is.metCount })}</span>
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
