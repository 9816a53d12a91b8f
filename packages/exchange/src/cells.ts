/** Cells of a return typed by hand, read by the column definitions of the workbook: both ways in take the same. */

import { canonicalText } from "@xingfu/domain/base";
import type { DistrictYear, SchoolSection, Section } from "@xingfu/domain/base";
import { checkDistrictYear, rowKey } from "@xingfu/domain/returns";
import type { RowProblem } from "@xingfu/domain/returns";

import type { AnyColumn, CellData, CellType } from "./template/column.ts";
import { columnsIn } from "./template/column.ts";
import type { Issue, IssueFacts } from "./template/issue.ts";
import { issueMessage } from "./template/issue.ts";
import { isBlank, readCell, shown } from "./template/values.ts";
import { sheetTemplates } from "./templates/index.ts";

/** One cell as somebody typed it. */
export interface TypedCell {
  readonly section: SchoolSection;
  /** natural key of the row within its section, as `rowKey` gives it */
  readonly rowKey: string;
  /** property of the row, e.g. "equipmentYuan" */
  readonly column: string;
  /** amounts in the unit that is kept: yuan, not 万元; "" = not reported */
  readonly text: string;
  /** canonical text of the value that stood there when it was typed over */
  readonly seen: string;
}

export interface TypedRead {
  /** the return with the cells in it; may be loaded only when no issue is an error */
  readonly after: DistrictYear;
  /** what the cells themselves or their meeting with other rows make wrong; what was wrong before is not repeated */
  readonly issues: readonly Issue[];
  /** cells whose row or column does not exist, or whose column names the row */
  readonly unknown: readonly TypedCell[];
  /** cells that hold something else by now than what was seen, and something else than what was typed */
  readonly stale: readonly TypedCell[];
}

/**
 * Puts typed cells into a return.
 *
 * @param current   the rows as they stand, of one school or of many
 * @param previous  the same schools' rows of the year before; without it nothing is compared
 */
export function readTypedCells(current: DistrictYear, cells: readonly TypedCell[], previous?: DistrictYear): TypedRead {
  const issues: Issue[] = [];
  const unknown: TypedCell[] = [];
  const stale: TypedCell[] = [];
  const sections = new Map<SchoolSection, Record<string, CellData>[]>();
  for (const cell of cells) {
    const namesRow = sheetTemplates[cell.section].identity.some((name) => name === cell.column);
    const column = namesRow ? undefined : columnOf(current, cell.section, cell.column);
    const index = current[cell.section].findIndex((row) => rowKey(cell.section, row) === cell.rowKey);
    const rows =
      sections.get(cell.section) ?? current[cell.section].map((row): Record<string, CellData> => ({ ...row }));
    const row = rows[index];
    if (column === undefined || row === undefined) {
      unknown.push(cell);
      continue;
    }
    const read = readCell({ ...column, type: inKeptUnit(column.type) }, cell.text, null);
    const fault = isBlank(cell.text) && column.isRequired ? requiredFault(column) : read.fault;
    if (fault !== undefined) {
      issues.push(issueOf(cell.section, column, "error", { ...fault, value: shown(cell.text) }));
      continue;
    }
    const held = canonicalText(row[cell.column]);
    if (held !== cell.seen && held !== canonicalText(read.value)) stale.push(cell);
    row[cell.column] = read.value;
    sections.set(cell.section, rows);
  }
  // every value was read by the column of its own section
  const after = { ...current, ...Object.fromEntries(sections) } as DistrictYear;
  const known = new Set(checkDistrictYear(current, previous).map(fingerprint));
  for (const problem of checkDistrictYear(after, previous)) {
    if (known.has(fingerprint(problem))) continue;
    const column = columnOf(current, problem.section, problem.column);
    issues.push(issueOf(problem.section, column, problem.severity, problem));
  }
  return { after, issues, unknown, stale };
}

function columnOf(year: DistrictYear, section: Section, key: string | null): AnyColumn | undefined {
  const template: { readonly columns: readonly AnyColumn[] } = sheetTemplates[section];
  return columnsIn(template, year.schoolYear).find((column) => column.key !== null && column.key === key);
}

/** Money is typed in yuan, where the workbook prints 万元. */
function inKeptUnit(type: CellType): CellType {
  return type.kind === "money" ? { ...type, units: { 元: 1, ...type.units } } : type;
}

function requiredFault(column: AnyColumn): { readonly code: "REQUIRED"; readonly expected: string } {
  return { code: "REQUIRED", expected: column.help };
}

function issueOf(
  section: Section,
  column: AnyColumn | undefined,
  severity: Issue["severity"],
  { code, value, expected }: Pick<IssueFacts, "code" | "value" | "expected">,
): Issue {
  const facts = {
    sheet: sheetTemplates[section].sheet,
    section,
    row: null,
    column: null,
    header: column?.header ?? null,
    code,
    severity,
    value,
    expected,
  };
  return { ...facts, message: issueMessage(facts) };
}

function fingerprint({ section, index, column, code, value, expected }: RowProblem): string {
  return JSON.stringify([section, index, column, code, value, expected]);
}
