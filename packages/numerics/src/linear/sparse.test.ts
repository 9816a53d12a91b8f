import { describe, expect, it } from "vitest";
import { seededRandom } from "../random.ts";
import { factorize, inverseFromFactor, solveLower, solveUpper } from "./cholesky.ts";
import { eliminationFronts } from "./elimination.ts";
import type { SparseFactor, Visit } from "./sparse.ts";
import { sparseFactor } from "./sparse.ts";

/** Which of the groups meet, each pair once. */
type Edges = readonly (readonly [number, number])[];

const shapes: Readonly<Record<string, (groups: number) => Edges>> = {
  "groups that do not meet": () => [],
  "a chain": (n) => Array.from({ length: n - 1 }, (_, i) => [i, i + 1] as const),
  "a star": (n) => Array.from({ length: n - 1 }, (_, i) => [0, i + 1] as const),
  "a grid": (n) => {
    const side = Math.floor(Math.sqrt(n));
    return Array.from({ length: side * side }, (_, i) => i).flatMap((i) => [
      ...((i + 1) % side === 0 ? [] : [[i, i + 1] as const]),
      ...(i + side < side * side ? [[i, i + side] as const] : []),
    ]);
  },
  "two cliques and a bridge": (n) => {
    const half = n >> 1;
    const clique = (from: number, to: number): Edges =>
      Array.from({ length: to - from }, (_, i) => from + i).flatMap((i) =>
        Array.from({ length: i - from }, (_, j) => [from + j, i] as const),
      );
    return [...clique(0, half), ...clique(half, n), [half - 1, half]];
  },
  "chance meetings": (n) => {
    const random = seededRandom(n);
    const pairs = Array.from({ length: 2 * n }, () => [random.integer(n), random.integer(n)] as const);
    const known = new Set<string>();
    return pairs.filter(([a, b]) => {
      const key = `${Math.min(a, b)} ${Math.max(a, b)}`;
      return a !== b && known.size < known.add(key).size;
    });
  },
};

/** A positive definite matrix in which only groups that meet share entries, with its sparse factor. */
function build(groups: number, edges: Edges, check?: () => void) {
  const random = seededRandom(groups + edges.length);
  const offset = new Int32Array(groups + 1);
  for (let g = 0; g < groups; g++) offset[g + 1] = offset[g]! + 1 + (g % 3);
  const n = offset[groups]!;
  const lists: number[][] = Array.from({ length: groups }, () => []);
  const a = new Float64Array(n * n);
  const fill = (left: number, right: number): void => {
    for (let i = offset[left]!; i < offset[left + 1]!; i++) {
      for (let j = offset[right]!; j < offset[right + 1]!; j++) {
        const value = random.normal();
        a[i * n + j] = value;
        a[j * n + i] = value;
      }
    }
  };
  for (const [left, right] of edges) {
    lists[left]!.push(right);
    lists[right]!.push(left);
    fill(left, right);
  }
  for (let g = 0; g < groups; g++) fill(g, g);
  for (let i = 0; i < n; i++) {
    let sum = 1;
    for (let j = 0; j < n; j++) if (j !== i) sum += Math.abs(a[i * n + j]!);
    a[i * n + i] = sum;
  }
  const starts = new Int32Array(groups + 1);
  lists.forEach((list, g) => {
    starts[g + 1] = starts[g]! + list.length;
  });
  const fronts = eliminationFronts(starts, Int32Array.from(lists.flat()), () => {});
  const factor = sparseFactor(n, fronts, offset, check);
  const isAdded = new Uint8Array(n * n);
  const add: Visit = (node, memory, at, stride) => {
    const { rows, width } = factor.fronts[node]!;
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j <= i && j < width; j++) {
        memory[at + i * stride + j] = a[rows[i]! * n + rows[j]!]!;
        isAdded[rows[i]! * n + rows[j]!]!++;
        if (i !== j) isAdded[rows[j]! * n + rows[i]!]!++;
      }
    }
  };
  return { n, a, factor, add, isAdded };
}

function inverseError({ n, a, factor }: { n: number; a: Float64Array; factor: SparseFactor }): number {
  const l = a.slice();
  factorize(l, n);
  const expected = inverseFromFactor(l, n);
  let worst = 0;
  factor.invert((node, memory, at, stride) => {
    const { rows } = factor.fronts[node]!;
    for (let i = 0; i < rows.length; i++) {
      for (let j = 0; j <= i; j++) {
        worst = Math.max(worst, Math.abs(memory[at + i * stride + j]! - expected[rows[i]! * n + rows[j]!]!));
      }
    }
  });
  return worst;
}

describe.each(Object.entries(shapes))("the sparse factor of %s", (_, edges) => {
  it.each([2, 9, 60, 140])("of %i groups gives determinant, solutions and inverse of the dense one", (groups) => {
    const { n, a, factor, add, isAdded } = build(groups, edges(groups));
    const l = a.slice();
    const logDeterminant = factorize(l, n)!;
    for (let turn = 0; turn < 2; turn++) {
      expect(Math.abs(factor.factorize(add)! - logDeterminant)).toBeLessThan(1e-11 * n);
    }
    // every entry stood in exactly one front, twice filled
    a.forEach((value, at) => {
      if (value !== 0) expect(isAdded[at]).toBe(2);
    });
    const b = Float64Array.from({ length: n * 2 }, (__, i) => Math.sin(i));
    const expected = b.slice();
    for (const column of [0, 1]) {
      solveLower(l, n, expected, column, 2);
      solveUpper(l, n, expected, column, 2);
    }
    factor.solveLower(b, 2);
    factor.solveUpper(b, 2);
    b.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 12));
    expect(inverseError({ n, a, factor })).toBeLessThan(1e-12);
  });
});

describe("the sparse factor", () => {
  it("fills in little on a chain and on a grid", () => {
    const sizeOf = (edges: Edges, groups: number): number =>
      build(groups, edges).factor.fronts.reduce((sum, { rows, width }) => sum + rows.length * width, 0);
    // 800 rows, of which a dense factor would hold 640,000 numbers
    expect(sizeOf(shapes["a chain"]!(400), 400)).toBeLessThan(12_000);
    expect(sizeOf(shapes["a grid"]!(400), 400)).toBeLessThan(60_000);
  });

  it("says so when the matrix is not positive definite", () => {
    const { factor, add } = build(9, shapes["a chain"]!(9));
    const indefinite: Visit = (node, memory, at, stride) => {
      add(node, memory, at, stride);
      if (node === 0) memory[at] = -1;
    };
    expect(factor.factorize(indefinite)).toBeUndefined();
    expect(factor.factorize(add)).toBeTypeOf("number");
  });

  it("can be stopped between two blocks", () => {
    let looks = 0;
    const { factor, add } = build(60, shapes["two cliques and a bridge"]!(60), () => {
      if (++looks > 2) throw new RangeError("stopped");
    });
    expect(() => factor.factorize(add)).toThrow("stopped");
  });

  it("refuses what does not fit into memory", () => {
    const n = 21_000;
    const front = { columns: Array.from({ length: n }, (_, i) => i), rows: [], parent: -1 };
    const offset = Int32Array.from({ length: n + 1 }, (_, i) => i);
    expect(() => sparseFactor(n, [front], offset)).toThrow(/21000 effects together/);
  });
});
