/** A table one can search, filter, sort, choose the columns of and take away; long ones draw only what is seen. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { Button, Checkbox, Dropdown, Popover, Select } from "antd";
import { memo, useDeferredValue, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api, save, saveBlob } from "../lib/api.ts";
import { csvText } from "../lib/csv.ts";
import { plain } from "../lib/format.ts";
import { useIsSample } from "../lib/session.ts";
import { SearchBox } from "./SearchBox.tsx";
import { useTell } from "./tell.ts";

export type CellValue = string | number | boolean | null;

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  readonly unit?: string;
  /** pixels */
  readonly width: number;
  readonly align?: "start" | "end" | "center";
  /** what is searched, sorted and exported */
  readonly value: (row: Row) => CellValue;
  /** what is drawn; the value as text when left out */
  readonly render?: (row: Row) => ReactNode;
  /** what it is sorted by when not the value: the gap to a threshold, a state's place in its order */
  readonly rank?: (row: Row) => number | null;
  readonly kind?: "text" | "number" | "share" | "date";
  readonly decimals?: number;
  /** choices offered above the table; compared with the value as text */
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
  readonly isHiddenAtFirst?: boolean;
  readonly isUnsorted?: boolean;
  readonly isWrapped?: boolean;
  /** said when pointing at the head */
  readonly explain?: string;
}

interface Props<Row> {
  /** name of the export and of the region for screen readers */
  readonly title: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly firstSort?: { readonly key: string; readonly isDown: boolean };
  /** height the table may grow to before it scrolls inside itself */
  readonly maxHeight?: string;
  readonly rowHeight?: number;
  readonly tools?: ReactNode;
  readonly none?: ReactNode;
  readonly notes?: readonly string[];
  readonly isSearchless?: boolean;
  /** nothing above the table at all */
  readonly isPlain?: boolean;
  readonly isPersonal?: boolean;
}

interface Sort {
  readonly key: string;
  readonly isDown: boolean;
}

/** Rows from which a table draws only what is seen. */
const longFrom = 60;

export function DataTable<Row>({
  title,
  rows,
  columns,
  rowKey,
  firstSort,
  maxHeight = "min(68vh, 760px)",
  rowHeight = 40,
  tools,
  none,
  notes,
  isSearchless = false,
  isPlain = false,
  isPersonal = false,
}: Props<Row>) {
  const { t, i18n } = useTranslation();
  const [search, setSearch] = useState("");
  const searched = useDeferredValue(search);
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const [hidden, setHidden] = useState<ReadonlySet<string>>(
    () => new Set(columns.filter((column) => column.isHiddenAtFirst === true).map((column) => column.key)),
  );
  const [sort, setSort] = useState<Sort | null>(firstSort ?? null);

  const shown = useMemo(() => columns.filter((column) => !hidden.has(column.key)), [columns, hidden]);
  const ordered = useMemo(
    () => orderRows(filterRows(rows, columns, searched, chosen), columns, sort, i18n.language),
    [rows, columns, searched, chosen, sort, i18n.language],
  );

  const scroller = useRef<HTMLDivElement>(null);
  const isLong = ordered.length > longFrom;
  const virtual = useVirtualizer({
    count: isLong ? ordered.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const drawn = virtual.getVirtualItems();
  const before = isLong ? (drawn[0]?.start ?? 0) : 0;
  const after = isLong ? virtual.getTotalSize() - (drawn.at(-1)?.end ?? 0) : 0;
  const visible = isLong
    ? drawn.flatMap(({ index }) => {
        const row = ordered[index];
        return row === undefined ? [] : [{ row, index }];
      })
    : ordered.map((row, index) => ({ row, index }));
  const width = shown.reduce((sum, column) => sum + column.width, 0);

  const flip = (column: Column<Row>): void => {
    if (sort?.key !== column.key) setSort({ key: column.key, isDown: false });
    else if (!sort.isDown) setSort({ key: column.key, isDown: true });
    else setSort(firstSort ?? null);
  };

  return (
    <div className="table-block">
      {isPlain ? null : (
        <div className="table-tools no-print">
          {isSearchless ? null : <SearchBox value={search} onChange={setSearch} label={t("table.search")} />}
          {columns
            .filter((column) => column.choices !== undefined)
            .map((column) => (
              <label key={column.key} className="tool">
                {column.header}
                <Select
                  value={chosen[column.key] ?? ""}
                  onChange={(value: string) => setChosen({ ...chosen, [column.key]: value })}
                  options={[{ value: "", label: t("table.all") }, ...(column.choices ?? [])]}
                  popupMatchSelectWidth={false}
                  style={{ minWidth: 96 }}
                  aria-label={column.header}
                />
              </label>
            ))}
          {tools}
          <span className="grow" />
          <span className="together">
            <span className="count" aria-live="polite">
              {ordered.length === rows.length
                ? t("table.count", { count: rows.length })
                : t("table.countOf", { count: ordered.length, all: rows.length })}
            </span>
            <ColumnChoice columns={columns} hidden={hidden} onChange={setHidden} />
            <ExportButton
              title={title}
              columns={shown}
              rows={ordered}
              isPersonal={isPersonal}
              {...(notes === undefined ? {} : { notes })}
            />
          </span>
        </div>
      )}
      <div ref={scroller} className="table-scroll" style={{ maxHeight }} role="region" aria-label={title} tabIndex={0}>
        <table className="data-table" style={{ width }} aria-rowcount={ordered.length + 1}>
          <colgroup>
            {shown.map((column) => (
              <col key={column.key} style={{ width: column.width }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {shown.map((column, at) => (
                <th
                  key={column.key}
                  scope="col"
                  className={`${column.align ?? ""}${at === 0 ? " frozen" : ""}`}
                  aria-sort={sort?.key === column.key ? (sort.isDown ? "descending" : "ascending") : undefined}
                  title={column.explain}
                >
                  {column.isUnsorted === true ? (
                    column.header
                  ) : (
                    <button
                      type="button"
                      className="sort"
                      onClick={() => flip(column)}
                      {...(sort?.key === column.key ? { "data-sorted": "" } : {})}
                    >
                      {column.header}
                      <span className="arrow" aria-hidden="true">
                        {sort?.key === column.key ? (sort.isDown ? "▼" : "▲") : "↕"}
                      </span>
                    </button>
                  )}
                  {column.unit === undefined ? null : <span className="unit">{column.unit}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {before > 0 ? <Spacer height={before} span={shown.length} /> : null}
            {visible.map(({ row, index }) => (
              <TableRow key={rowKey(row)} row={row} columns={shown} height={rowHeight} index={index} />
            ))}
            {after > 0 ? <Spacer height={after} span={shown.length} /> : null}
          </tbody>
        </table>
        {ordered.length === 0 ? (
          <div className="table-none">{rows.length === 0 ? (none ?? t("table.none")) : t("table.noMatch")}</div>
        ) : null}
      </div>
    </div>
  );
}

function Spacer({ height, span }: { readonly height: number; readonly span: number }) {
  return (
    <tr className="spacer" aria-hidden="true">
      <td colSpan={span} style={{ height }} />
    </tr>
  );
}

interface RowProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly height: number;
  readonly index: number;
}

function PlainRow<Row>({ row, columns, height, index }: RowProps<Row>) {
  const { t } = useTranslation();
  return (
    <tr style={{ height }} aria-rowindex={index + 2}>
      {columns.map((column, at) => {
        const drawn =
          column.render === undefined
            ? cellText(column.value(row), column.decimals ?? 4, t("table.yes"), t("table.no"))
            : column.render(row);
        const classes = `${column.align ?? ""}${at === 0 ? " frozen" : ""}${column.isWrapped === true ? " wraps" : ""}`;
        return at === 0 ? (
          <th key={column.key} scope="row" className={classes}>
            {drawn}
          </th>
        ) : (
          <td key={column.key} className={classes}>
            {drawn}
          </td>
        );
      })}
    </tr>
  );
}

const TableRow = memo(PlainRow) as typeof PlainRow;

function cellText(value: CellValue, decimals: number, yes: string, no: string): string {
  if (value === null) return "–";
  if (typeof value === "number") return plain(value, decimals);
  return typeof value === "boolean" ? (value ? yes : no) : value;
}

function ColumnChoice<Row>({
  columns,
  hidden,
  onChange,
}: {
  readonly columns: readonly Column<Row>[];
  readonly hidden: ReadonlySet<string>;
  readonly onChange: (hidden: ReadonlySet<string>) => void;
}) {
  const { t } = useTranslation();
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <div className="stack tight" style={{ maxHeight: 360, overflow: "auto" }}>
          {columns.map((column, at) => (
            <Checkbox
              key={column.key}
              checked={!hidden.has(column.key)}
              disabled={at === 0}
              onChange={(event) => {
                const next = new Set(hidden);
                if (event.target.checked) next.delete(column.key);
                else next.add(column.key);
                onChange(next);
              }}
            >
              {column.header}
            </Checkbox>
          ))}
        </div>
      }
    >
      <Button>{t("table.columns")}</Button>
    </Popover>
  );
}

function ExportButton<Row>({
  title,
  columns,
  rows,
  notes,
  isPersonal,
}: {
  readonly title: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly notes?: readonly string[];
  readonly isPersonal: boolean;
}) {
  const { t } = useTranslation();
  const isSample = useIsSample();
  const tell = useTell();
  const [isBusy, setBusy] = useState(false);
  if (isPersonal) return null;
  const mark = isSample ? t("sample.mark") : null;

  const exportSheet = async (): Promise<void> => {
    setBusy(true);
    try {
      const file = await api.exportTable({
        body: {
          title: title.slice(0, 100),
          columns: columns.map((column) => ({
            header: column.header,
            width: Math.min(100, Math.max(6, Math.round(column.width / 8))),
            ...(column.unit === undefined ? {} : { unit: column.unit }),
            ...(column.kind === undefined ? {} : { kind: column.kind }),
            ...(column.decimals === undefined ? {} : { decimals: column.decimals }),
          })),
          rows: rows.map((row) => columns.map((column) => column.value(row))),
          ...(notes === undefined ? {} : { notes: [...notes] }),
          isSample,
        },
      });
      save(file);
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  const exportText = (): void => {
    const head = columns.map((column) =>
      column.unit === undefined ? column.header : `${column.header}(${column.unit})`,
    );
    const body = rows.map((row) => columns.map((column) => column.value(row)));
    const lines = mark === null ? [head, ...body] : [[mark], head, ...body];
    saveBlob(
      new Blob([csvText(lines)], { type: "text/csv;charset=utf-8" }),
      `${title}${mark === null ? "" : `-${mark}`}.csv`,
    );
  };

  return (
    <Dropdown
      trigger={["click"]}
      disabled={rows.length === 0}
      menu={{
        items: [
          { key: "xlsx", label: t("table.exportXlsx"), onClick: () => void exportSheet() },
          { key: "csv", label: t("table.exportCsv"), onClick: exportText },
        ],
      }}
    >
      <Button loading={isBusy}>{t("action.export")}</Button>
    </Dropdown>
  );
}

/** Rows that hold every searched word in some cell and every chosen value. */
export function filterRows<Row>(
  rows: readonly Row[],
  columns: readonly Pick<Column<Row>, "key" | "value">[],
  search: string,
  chosen: Readonly<Record<string, string>>,
): readonly Row[] {
  const words = search
    .normalize("NFKC")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const picks = Object.entries(chosen).filter(([, value]) => value !== "");
  if (words.length === 0 && picks.length === 0) return rows;
  return rows.filter((row) => {
    for (const [key, value] of picks) {
      const column = columns.find((candidate) => candidate.key === key);
      if (column !== undefined && String(column.value(row) ?? "") !== value) return false;
    }
    if (words.length === 0) return true;
    const text = columns
      .map((column) => String(column.value(row) ?? ""))
      .join("\n")
      .normalize("NFKC")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Rows by one column; what is absent stands last whichever way, and equals keep their order. */
export function orderRows<Row>(
  rows: readonly Row[],
  columns: readonly Pick<Column<Row>, "key" | "value" | "rank">[],
  sort: Sort | null,
  language = "zh-CN",
): readonly Row[] {
  const column = sort === null ? undefined : columns.find((candidate) => candidate.key === sort.key);
  if (sort === null || column === undefined) return rows;
  const collator = new Intl.Collator(language, { numeric: true });
  const sign = sort.isDown ? -1 : 1;
  return rows
    .map((row) => ({ row, by: column.rank === undefined ? column.value(row) : column.rank(row) }))
    .toSorted((a, b) => {
      if (a.by === null || b.by === null) return a.by === b.by ? 0 : a.by === null ? 1 : -1;
      if (typeof a.by === "string" && typeof b.by === "string") return sign * collator.compare(a.by, b.by);
      return sign * (Number(a.by) - Number(b.by));
    })
    .map(({ row }) => row);
}
