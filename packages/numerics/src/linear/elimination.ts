/**
 * In which order the unknowns of a sparse symmetric system are eliminated, so that little fills in, and the tree of dense
 * fronts that follows from it.
 *
 * Minimum degree on the quotient graph (George and Liu 1989) with the degree bounded from above as Amestoy, Davis and Duff
 * (1996) do: an eliminated unknown stays as an element, the list of unknowns it has tied together.
 */

/** Columns eliminated together and the rows they reach: one dense front. */
export interface Front {
  /** unknowns eliminated here */
  readonly columns: readonly number[];
  /** unknowns eliminated later that these reach, in order of their elimination */
  readonly rows: readonly number[];
  /** the front that takes over what is left, −1 at a root; it comes later and holds all the rows */
  readonly parent: number;
}

interface Draft {
  columns: number[];
  rows: number[];
  /** entries of L that are 0 because fronts were merged */
  zeros: number;
}

/** The share of L in a front that may be zeros of merging it with its parent; larger products make up for them. */
const MERGED_ZEROS = 0.2;
/** When the unknown of least degree meets this share of what is left, the rest is eliminated as one dense front. */
const DENSE_TAIL = 0.5;
/** Products of a factorization, some seconds of work, at which looking for a better order ends. */
const MOST_PRODUCTS = 1e10;
/** So many cost less than a front of their own. */
const FEW_ZEROS = 16;

/**
 * @param starts      [n + 1] where each unknown's list begins
 * @param neighbours  the others it meets, both ways, none twice
 * @returns fronts, children before their parents
 */
export function eliminationFronts(starts: Int32Array, neighbours: Int32Array, check: () => void): Front[] {
  const n = starts.length - 1;
  const drafts = minimumDegree(starts, neighbours, check);
  const frontOf = new Int32Array(n);
  const position = new Int32Array(n);
  let next = 0;
  drafts.forEach(({ columns }, at) => {
    for (const one of columns) {
      frontOf[one] = at;
      position[one] = next++;
    }
  });
  // a front that its parent would hold but for few zeros joins it
  const joined = drafts.map((_, at) => at);
  const find = (at: number): number => {
    while (joined[at] !== at) at = joined[at]!;
    return at;
  };
  const parentOf = ({ rows }: Draft): number => {
    let parent = Infinity;
    for (const row of rows) parent = Math.min(parent, frontOf[row]!);
    return parent === Infinity ? -1 : find(parent);
  };
  drafts.forEach((draft, at) => {
    const parent = parentOf(draft);
    if (parent < 0) return;
    const above = drafts[parent]!;
    const reach = above.columns.length + above.rows.length;
    const gained = draft.columns.length * (reach - draft.rows.length);
    const zeros = draft.zeros + above.zeros + gained;
    const entries = draft.columns.length * (draft.columns.length + reach) + above.columns.length * reach;
    if (gained > 0 && zeros > Math.max(FEW_ZEROS, MERGED_ZEROS * entries)) return;
    above.zeros = zeros;
    above.columns = [...draft.columns, ...above.columns];
    joined[at] = parent;
  });
  const kept = drafts.map((_, at) => at).filter((at) => joined[at] === at);
  const numbers = new Map(kept.map((at, i) => [at, i]));
  // columns that joined come before their parent's own, which may be before their number said
  next = 0;
  for (const at of kept) for (const one of drafts[at]!.columns) position[one] = next++;
  return kept.map((at) => {
    const draft = drafts[at]!;
    const parent = parentOf(draft);
    return {
      columns: draft.columns,
      rows: draft.rows.toSorted((a, b) => position[a]! - position[b]!),
      parent: parent < 0 ? -1 : numbers.get(parent)!,
    };
  });
}

function minimumDegree(starts: Int32Array, neighbours: Int32Array, check: () => void): Draft[] {
  const n = starts.length - 1;
  const variables: number[][] = [];
  for (let i = 0; i < n; i++) variables.push(Array.from(neighbours.subarray(starts[i], starts[i + 1])));
  const elements: number[][] = variables.map(() => []);
  /** by the unknown eliminated: the unknowns its elimination ties together; empty when taken over by a later one */
  const tied: number[][] = variables.map(() => []);
  const isDone = new Uint8Array(n);
  const degree = Int32Array.from(variables, ({ length }) => length);
  // unknowns by degree, in doubly linked lists
  const head = new Int32Array(n + 1).fill(-1);
  const after = new Int32Array(n).fill(-1);
  const before = new Int32Array(n).fill(-1);
  const link = (i: number): void => {
    const d = degree[i]!;
    after[i] = head[d]!;
    before[i] = -1;
    if (head[d]! >= 0) before[head[d]!] = i;
    head[d] = i;
  };
  const unlink = (i: number): void => {
    if (before[i]! >= 0) after[before[i]!] = after[i]!;
    else head[degree[i]!] = after[i]!;
    if (after[i]! >= 0) before[after[i]!] = before[i]!;
  };
  for (let i = n - 1; i >= 0; i--) link(i);
  const mark = new Int32Array(n).fill(-1);
  /** what of an element lies outside the one just formed, and when that was found */
  const outside = new Int32Array(n);
  const seen = new Int32Array(n).fill(-1);
  const drafts: Draft[] = [];
  let left = n;
  let least = 0;
  let products = 0;
  for (let turn = 0; left > 0; turn++) {
    if ((turn & 0xff) === 0) check();
    while (head[least]! < 0) least++;
    const pivot = head[least]!;
    unlink(pivot);
    isDone[pivot] = 1;
    left--;
    const reach: number[] = [];
    const take = (i: number): void => {
      if (isDone[i] === 1 || mark[i] === turn) return;
      mark[i] = turn;
      reach.push(i);
    };
    for (const i of variables[pivot]!) take(i);
    for (const e of elements[pivot]!) {
      for (const i of tied[e]!) take(i);
      tied[e] = [];
    }
    variables[pivot] = [];
    elements[pivot] = [];
    products += reach.length ** 2;
    if (reach.length >= DENSE_TAIL * left || products > MOST_PRODUCTS) {
      // the one next to be eliminated meets most of what is left: all of it is one front
      const rest: number[] = [];
      isDone.forEach((done, i) => {
        if (done === 0) rest.push(i);
      });
      drafts.push({ columns: [pivot, ...rest], rows: [], zeros: 0 });
      break;
    }
    for (const i of reach) {
      for (const e of elements[i]!) {
        if (tied[e]!.length === 0) continue;
        if (seen[e] !== turn) {
          seen[e] = turn;
          tied[e] = tied[e]!.filter((one) => isDone[one] === 0);
          outside[e] = tied[e].length;
        }
        outside[e]!--;
      }
    }
    const columns = [pivot];
    for (const i of reach) {
      unlink(i);
      variables[i] = variables[i]!.filter((one) => isDone[one] === 0 && mark[one] !== turn);
      elements[i] = elements[i]!.filter((e) => tied[e]!.length > 0 && outside[e]! > 0);
      if (variables[i].length === 0 && elements[i].length === 0) {
        // it meets nothing but this clique: eliminated with the pivot, nothing more fills in
        isDone[i] = 1;
        left--;
        columns.push(i);
        continue;
      }
      let bound = variables[i].length + reach.length - 1;
      for (const e of elements[i]) bound += outside[e]!;
      elements[i].push(pivot);
      degree[i] = Math.min(left - 1, bound, degree[i]! + reach.length - 1);
      link(i);
      least = Math.min(least, degree[i]);
    }
    const rows = reach.filter((i) => isDone[i] === 0);
    tied[pivot] = rows;
    drafts.push({ columns, rows, zeros: 0 });
  }
  return drafts;
}
