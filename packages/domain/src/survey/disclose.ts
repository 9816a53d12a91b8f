/** What may be shown: no cell of fewer than ten people, nor any that could be worked out from the ones shown. */

/** Sheets below which nothing is told of what a group said. */
export const leastShown = 10;

/** Sheets of one school and party. */
export interface Cell {
  readonly row: string;
  readonly column: string;
  readonly count: number;
}

/** Which totals are published beside the cells; a cell can only be worked out along a line whose total is known. */
export interface Published {
  readonly rows: boolean;
  readonly columns: boolean;
}

export interface Disclosure {
  isShown(row: string, column: string): boolean;
  /** totals that would give a hidden cell away */
  readonly hiddenRows: ReadonlySet<string>;
  readonly hiddenColumns: ReadonlySet<string>;
}

/**
 * Hides every cell with 1 to `least` − 1 sheets, and then in every line with a published total as many of the smallest
 * other cells as it takes until at least two cells with at least `least` sheets together are hidden. Where a line has not enough
 * cells, its total is hidden as well. A cell without sheets tells nothing about anybody and is neither hidden nor a cover.
 *
 * Greedy: it may hide a cell more than the least possible, never one less than needed.
 */
export function hideSmallCells(cells: readonly Cell[], published: Published, least = leastShown): Disclosure {
  const full = cells.filter((cell) => cell.count > 0);
  const hidden = new Set(full.filter((cell) => cell.count < least));
  const hiddenRows = new Set<string>();
  const hiddenColumns = new Set<string>();
  const lines = [
    ...(published.rows ? linesBy(full, "row", hiddenRows) : []),
    ...(published.columns ? linesBy(full, "column", hiddenColumns) : []),
  ];
  for (let isChanged = true; isChanged;) {
    isChanged = false;
    for (const line of lines) {
      const within = line.cells.filter((cell) => hidden.has(cell));
      const together = within.reduce((sum, cell) => sum + cell.count, 0);
      if (within.length === 0 || (within.length > 1 && together >= least) || line.isTotalHidden()) continue;
      const cover = line.cells
        .filter((cell) => !hidden.has(cell))
        .toSorted((a, b) => a.count - b.count || (key(a) < key(b) ? -1 : 1))[0];
      if (cover === undefined) line.hideTotal();
      else hidden.add(cover);
      isChanged = true;
    }
  }
  const keys = new Set([...hidden].map(key));
  return { isShown: (row, column) => !keys.has(key({ row, column })), hiddenRows, hiddenColumns };
}

interface Line {
  readonly cells: readonly Cell[];
  isTotalHidden(): boolean;
  hideTotal(): void;
}

function linesBy(cells: readonly Cell[], side: "row" | "column", hiddenTotals: Set<string>): readonly Line[] {
  const lines = new Map<string, Cell[]>();
  for (const cell of cells) {
    const line = lines.get(cell[side]);
    if (line === undefined) lines.set(cell[side], [cell]);
    else line.push(cell);
  }
  return [...lines].map(([name, own]) => ({
    cells: own,
    isTotalHidden: () => hiddenTotals.has(name),
    hideTotal: () => {
      hiddenTotals.add(name);
    },
  }));
}

function key({ row, column }: Pick<Cell, "row" | "column">): string {
  return `${row}\u0000${column}`;
}
