/**
 * Pupils as the solver wants them: columns coded by their distinct values, identical rows collapsed into one with a
 * weight, sorted by prior scores and then by current score.
 *
 * Collapsing is not only faster: exact copies of a basis row would stall the simplex method.
 */

/** A column as codes into its distinct values. */
export interface CodedColumn {
  /** [L] ascending */
  readonly levels: Float64Array;
  /** [n] level of each row */
  readonly codes: Int32Array;
}

/** The distinct rows of some columns, in ascending order of the columns. */
export interface DistinctRows {
  readonly count: number;
  /** [K][count] codes of each column */
  readonly codes: readonly Int32Array[];
  /** [count] how often, or with which total weight, the row occurs; > 0 */
  readonly weight: Float64Array;
  /** [n] distinct row of each original row */
  readonly rowOf: Int32Array;
}

/** Codes by value. @param values [n] finite */
export function codeColumn(values: Float64Array): CodedColumn {
  const n = values.length;
  const codes = new Int32Array(n);
  let [low, high, isWhole] = [Infinity, -Infinity, true];
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    if (value < low) low = value;
    if (value > high) high = value;
    if (isWhole && !Number.isInteger(value)) isWhole = false;
  }
  if (isWhole && high - low <= 4 * n + 10_000) {
    const place = new Int32Array(high - low + 1);
    for (let i = 0; i < n; i++) place[values[i]! - low] = 1;
    let size = 0;
    for (let v = 0; v < place.length; v++) if (place[v] === 1) place[v] = size++;
    const levels = new Float64Array(size);
    for (let i = 0; i < n; i++) {
      const code = place[values[i]! - low]!;
      codes[i] = code;
      levels[code] = values[i]!;
    }
    return { levels, codes };
  }
  const sorted = Float64Array.from(values).sort();
  let size = 0;
  for (let i = 0; i < n; i++) if (size === 0 || sorted[i] !== sorted[size - 1]) sorted[size++] = sorted[i]!;
  const levels = sorted.slice(0, size);
  for (let i = 0; i < n; i++) {
    const value = values[i]!;
    let [from, to] = [0, size - 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (levels[middle]! < value) from = middle + 1;
      else to = middle;
    }
    codes[i] = from;
  }
  return { levels, codes };
}

/**
 * Collapses equal rows, by a counting sort from the last column to the first.
 *
 * @param columns  K ≥ 1 coded columns of n rows
 * @param weights  [n] ≥ 0, default 1 each; rows of weight 0 keep a place in `rowOf` (−1) and vanish otherwise
 */
export function collapseRows(columns: readonly CodedColumn[], weights?: ArrayLike<number>): DistinctRows {
  const n = columns[0]!.codes.length;
  let order = new Int32Array(n);
  let kept = 0;
  for (let i = 0; i < n; i++) if (weights === undefined || weights[i]! > 0) order[kept++] = i;
  order = order.subarray(0, kept);
  let next = new Int32Array(kept);
  for (const { levels, codes } of columns.toReversed()) {
    const start = new Int32Array(levels.length + 1);
    for (let i = 0; i < kept; i++) start[codes[order[i]!]! + 1]!++;
    for (let l = 0; l < levels.length; l++) start[l + 1]! += start[l]!;
    for (let i = 0; i < kept; i++) {
      const row = order[i]!;
      next[start[codes[row]!]!++] = row;
    }
    [order, next] = [next, order];
  }
  const rowOf = new Int32Array(n).fill(-1);
  const weight = new Float64Array(kept);
  const first = new Int32Array(kept);
  // whether a row in the order differs from the one before, column by column
  const isNew = new Uint8Array(kept);
  if (kept > 0) isNew[0] = 1;
  for (const { codes } of columns) {
    for (let i = 1; i < kept; i++) if (codes[order[i]!] !== codes[order[i - 1]!]) isNew[i] = 1;
  }
  let count = 0;
  for (let i = 0; i < kept; i++) {
    const row = order[i]!;
    if (isNew[i] === 1) first[count++] = row;
    rowOf[row] = count - 1;
    weight[count - 1]! += weights === undefined ? 1 : weights[row]!;
  }
  const select = (codes: Int32Array): Int32Array => {
    const selected = new Int32Array(count);
    for (let c = 0; c < count; c++) selected[c] = codes[first[c]!]!;
    return selected;
  };
  return {
    count,
    codes: columns.map(({ codes }) => select(codes)),
    weight: weight.slice(0, count),
    rowOf,
  };
}
