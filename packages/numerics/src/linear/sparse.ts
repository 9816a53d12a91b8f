/**
 * Cholesky factor of a sparse symmetric matrix and those entries of its inverse that share a front: multifrontal, so that
 * all work is done in dense blocks by the compiled product. It hides the order of elimination, the tree and the memory.
 *
 * A front is the dense lower triangle over its columns J and the rows R they reach. After its children have added what
 * they left, L_J L_Jᵀ = F_J, L_R = F_R L_J⁻ᵀ, and F_RR − L_R L_Rᵀ goes to the parent. Coming down, with N = −L_J⁻ᵀ L_Rᵀ,
 *
 *     Z_JR = N Z_RR,   Z_JJ = L_J⁻ᵀ L_J⁻¹ + N Z_JRᵀ      (Takahashi's equations, block by block)
 */
import { NumericsFault } from "../fault.ts";
import type { Front } from "./elimination.ts";
import { multiplyKernel } from "./kernel.ts";

/** A front by single rows. */
export interface Place {
  /** rows of the matrix in the front, its own columns first */
  readonly rows: Int32Array;
  /** how many of them are its own columns */
  readonly width: number;
}

/** Looks at the front `node`; entry [i, j], i ≥ j, lies at memory[at + i · stride + j]. */
export type Visit = (node: number, memory: Float64Array, at: number, stride: number) => void;

export interface SparseFactor {
  readonly fronts: readonly Place[];
  /**
   * @param add  called once per front; adds the matrix to its entries, each to the front that eliminates the earlier of its
   *             rows or to any front that holds both
   * @returns log|A|, or `undefined` when A is not positive definite
   */
  factorize(add: Visit): number | undefined;
  /** b ← L⁻¹ b for b [n × m] */
  solveLower(b: Float64Array, m: number): void;
  /** b ← L⁻ᵀ b */
  solveUpper(b: Float64Array, m: number): void;
  /** Shows A⁻¹ in every front that `needs` one. The factor is spoiled afterwards. */
  invert(visit: Visit): void;
}

interface Node extends Place {
  readonly parent: number;
  readonly children: number[];
  /** place of each reached row in the parent's front */
  readonly upwards: Int32Array;
  /** numbers between two rows of the front */
  readonly stride: number;
  /** where the front lies while it is worked on */
  front: number;
  /** [rows × panelStride] L; at a root the front itself */
  panel: number;
  readonly panelStride: number;
}

/** Columns factorized at a time. */
const BLOCK = 32;
/** Numbers in memory, 3.2 GB: what WebAssembly can address. */
const MOST = 4e8;

const even = (n: number): number => n + (n % 2);

/**
 * @param n      rows of the matrix
 * @param fronts over groups of rows, as eliminationFronts gives them
 * @param offset [groups + 1] first row of each group
 */
export function sparseFactor(
  n: number,
  fronts: readonly Front[],
  offset: Int32Array,
  check: () => void = () => {},
): SparseFactor {
  const rowsOf = (groups: readonly number[]): number[] =>
    groups.flatMap((group) =>
      Array.from({ length: offset[group + 1]! - offset[group]! }, (_, k) => offset[group]! + k),
    );
  const local = new Int32Array(n);
  const nodes: Node[] = fronts.map(({ columns, rows, parent }): Node => {
    const own = rowsOf(columns);
    const all = Int32Array.from([...own, ...rowsOf(rows)]);
    const stride = even(all.length);
    const panelStride = parent < 0 ? stride : even(own.length);
    return {
      rows: all,
      width: own.length,
      parent,
      children: [],
      upwards: new Int32Array(all.length - own.length),
      stride,
      front: 0,
      panel: 0,
      panelStride,
    };
  });
  let size = 0;
  let scratchSize = 0;
  let stackSize = 0;
  let mostRows = 0;
  // parents first: a child's front lies behind its parent's
  for (let at = nodes.length - 1; at >= 0; at--) {
    const node = nodes[at]!;
    const { rows, width, stride, panelStride } = node;
    node.panel = size;
    size += rows.length * panelStride;
    mostRows = Math.max(mostRows, rows.length);
    const reached = rows.length - width;
    scratchSize = Math.max(scratchSize, width * even(width) + 2 * width * even(reached));
    if (node.parent < 0) continue;
    const parent = nodes[node.parent]!;
    parent.children.push(at);
    node.front = parent.parent < 0 ? 0 : parent.front + parent.rows.length * parent.stride;
    stackSize = Math.max(stackSize, node.front + rows.length * stride);
    parent.rows.forEach((row, i) => {
      local[row] = i;
    });
    for (let i = 0; i < reached; i++) node.upwards[i] = local[rows[width + i]!]!;
  }
  const stack = size;
  const scratch = stack + stackSize;
  const small = scratch + scratchSize;
  const strip = small + BLOCK * BLOCK;
  const total = strip + mostRows * BLOCK;
  if (total > MOST) {
    const widest = Math.max(...nodes.map(({ rows }) => rows.length));
    throw new NumericsFault("TOO_LARGE", {
      problem: `the crossed factors tie ${widest} effects together in one dense block, which needs more than 3 GB`,
      rule: "too-many-crossed",
      named: { effects: widest, most: Math.floor(Math.sqrt(MOST / 2)) },
    });
  }
  for (const node of nodes) node.front = node.parent < 0 ? node.panel : stack + node.front;
  const roots = nodes.map((_, at) => at).filter((at) => nodes[at]!.parent < 0);
  const { memory, subtract } = multiplyKernel(total);

  /** C −= A Bᵀ in square pieces; with `isLower` only the pieces that touch the lower triangle */
  function product(
    c: number,
    cStride: number,
    a: number,
    aStride: number,
    b: number,
    bStride: number,
    rows: number,
    columns: number,
    depth: number,
    isLower: boolean,
  ): void {
    for (let i = 0; i < rows; i += BLOCK) {
      check();
      const height = Math.min(BLOCK, rows - i);
      const end = isLower ? Math.min(columns, i + BLOCK) : columns;
      for (let j = 0; j < end; j += BLOCK) {
        const width = Math.min(BLOCK, columns - j);
        subtract(
          c + i * cStride + j,
          cStride,
          a + i * aStride,
          aStride,
          b + j * bStride,
          bStride,
          height,
          width,
          depth,
        );
      }
    }
  }

  /** L of a small block in place. @returns log of its determinant squared */
  function factorizeBlock(at: number, stride: number, width: number): number | undefined {
    let logDeterminant = 0;
    for (let i = 0; i < width; i++) {
      const row = at + i * stride;
      for (let j = 0; j < i; j++) {
        const other = at + j * stride;
        let sum = memory[row + j]!;
        for (let k = 0; k < j; k++) sum -= memory[row + k]! * memory[other + k]!;
        memory[row + j] = sum / memory[other + j]!;
      }
      let pivot = memory[row + i]!;
      for (let k = 0; k < i; k++) pivot -= memory[row + k]! * memory[row + k]!;
      if (!(pivot > 0) || pivot === Infinity) return undefined;
      logDeterminant += Math.log(pivot);
      memory[row + i] = Math.sqrt(pivot);
    }
    return logDeterminant;
  }

  /** −L⁻¹ of a small lower block, or its transpose, with stride BLOCK into `small`; the rest of it is 0. */
  function invertBlock(at: number, stride: number, width: number, isTransposed: boolean): void {
    memory.fill(0, small, small + BLOCK * BLOCK);
    const [down, across] = isTransposed ? [1, BLOCK] : [BLOCK, 1];
    for (let j = 0; j < width; j++) {
      const column = small + j * across;
      memory[column + j * down] = -1 / memory[at + j * stride + j]!;
      for (let i = j + 1; i < width; i++) {
        const row = at + i * stride;
        let sum = 0;
        for (let k = j; k < i; k++) sum -= memory[row + k]! * memory[column + k * down]!;
        memory[column + i * down] = sum / memory[row + i]!;
      }
    }
  }

  /** The first `width` columns of L in a front of `count` rows, and what the others leave. */
  function factorizeFront(at: number, stride: number, count: number, width: number): number | undefined {
    let logDeterminant = 0;
    for (let start = 0; start < width; start += BLOCK) {
      const block = Math.min(BLOCK, width - start);
      const end = start + block;
      const corner = at + start * stride + start;
      check();
      const added = factorizeBlock(corner, stride, block);
      if (added === undefined) return undefined;
      logDeterminant += added;
      const below = count - end;
      if (below === 0) break;
      const first = at + end * stride + start;
      if (below < 4 || block < 4) {
        for (let i = 0; i < below; i++) {
          const row = first + i * stride;
          for (let j = 0; j < block; j++) {
            const other = corner + j * stride;
            let sum = memory[row + j]!;
            for (let k = 0; k < j; k++) sum -= memory[row + k]! * memory[other + k]!;
            memory[row + j] = sum / memory[other + j]!;
          }
        }
      } else {
        // L₂₁ = A₂₁ L₁₁⁻ᵀ; the columns that make the depth even meet zeros
        invertBlock(corner, stride, block, false);
        memory.fill(0, strip, strip + below * BLOCK);
        product(strip, BLOCK, first, stride, small, BLOCK, below, block, even(block), false);
        for (let i = 0; i < below; i++) {
          const from = strip + i * BLOCK;
          memory.copyWithin(first + i * stride, from, from + block);
        }
      }
      product(at + end * stride + end, stride, first, stride, first, stride, below, below, block, true);
    }
    return logDeterminant;
  }

  function factorizeNode(number: number, add: Visit): number | undefined {
    const node = nodes[number]!;
    const { front, stride, rows, width, panel, panelStride, upwards } = node;
    memory.fill(0, front, front + rows.length * stride);
    add(number, memory, front, stride);
    let logDeterminant = 0;
    for (const child of node.children) {
      const below = factorizeNode(child, add);
      if (below === undefined) return undefined;
      logDeterminant += below;
    }
    const own = factorizeFront(front, stride, rows.length, width);
    if (own === undefined) return undefined;
    if (node.parent >= 0) {
      const parent = nodes[node.parent]!;
      for (let i = 0; i < rows.length; i++) {
        const from = front + i * stride;
        memory.copyWithin(panel + i * panelStride, from, from + Math.min(width, i + 1));
      }
      for (let i = 0; i < upwards.length; i++) {
        const from = front + (width + i) * stride + width;
        const to = parent.front + upwards[i]! * parent.stride;
        for (let j = 0; j <= i; j++) memory[to + upwards[j]!]! += memory[from + j]!;
      }
    }
    return logDeterminant + own;
  }

  /** (L⁻¹)ᵀ of the first `width` rows of a panel, row by row into `scratch` */
  function invertPanel(panel: number, panelStride: number, width: number): number {
    const stride = even(width);
    memory.fill(0, scratch, scratch + width * stride);
    for (let start = 0; start < width; start += BLOCK) {
      const block = Math.min(BLOCK, width - start);
      check();
      invertBlock(panel + start * panelStride + start, panelStride, block, false);
      for (let i = 0; i < block; i++) {
        for (let j = 0; j <= i; j++) {
          memory[scratch + (start + j) * stride + start + i] = -memory[small + i * BLOCK + j]!;
        }
      }
      if (start === 0) continue;
      // (L⁻¹)ᵀ[before, block] = −(L⁻¹)ᵀ[before, before] L[block, before]ᵀ L₁₁⁻ᵀ
      memory.fill(0, strip, strip + start * BLOCK);
      for (let i = 0; i < start; i += BLOCK) {
        const height = Math.min(BLOCK, start - i);
        // row i of the upper triangle begins at its diagonal
        const a = scratch + i * stride + i;
        const b = panel + start * panelStride + i;
        subtract(strip + i * BLOCK, BLOCK, a, stride, b, panelStride, height, block, start - i);
      }
      const to = scratch + start;
      // `small` is −L₁₁⁻¹ and the product subtracts
      product(to, stride, strip, BLOCK, small, BLOCK, start, block, even(block), false);
    }
    return stride;
  }

  function invertNode(number: number, visit: Visit): void {
    const node = nodes[number]!;
    const { front, stride, rows, width, panel, panelStride, upwards } = node;
    const reached = upwards.length;
    const inverseStride = invertPanel(panel, panelStride, width);
    const wide = even(reached);
    const n0 = scratch + width * inverseStride;
    const cross = n0 + width * wide;
    memory.fill(0, front, front + width * stride);
    if (reached > 0) {
      const parent = nodes[node.parent]!;
      for (let i = 0; i < reached; i++) {
        const from = parent.front + upwards[i]! * parent.stride;
        const to = front + (width + i) * stride + width;
        for (let j = 0; j < reached; j++) memory[to + j] = memory[from + upwards[j]!]!;
      }
      memory.fill(0, n0, cross + width * wide);
      // N = −(L⁻¹)ᵀ L_Rᵀ, then −Z_JR = −N Z_RR
      const lower = panel + width * panelStride;
      product(n0, wide, scratch, inverseStride, lower, panelStride, width, reached, even(width), false);
      product(cross, wide, n0, wide, front + width * stride + width, stride, width, reached, wide, false);
      // −Z_JJ = −(L⁻¹)ᵀ L⁻¹ + N (−Z_JR)ᵀ
      for (let i = 0; i < width * wide; i++) memory[cross + i] = -memory[cross + i]!;
      product(front, stride, n0, wide, cross, wide, width, width, wide, true);
    }
    for (let i = 0; i < width; i += BLOCK) {
      check();
      const height = Math.min(BLOCK, width - i);
      for (let j = 0; j <= i; j += BLOCK) {
        const columns = Math.min(BLOCK, width - j);
        // row i of (L⁻¹)ᵀ begins at its diagonal
        const a = scratch + i * inverseStride + i;
        const b = scratch + j * inverseStride + i;
        subtract(front + i * stride + j, stride, a, inverseStride, b, inverseStride, height, columns, even(width - i));
      }
    }
    for (let i = 0; i < width; i++) {
      const row = front + i * stride;
      for (let j = 0; j <= i; j++) memory[row + j] = -memory[row + j]!;
    }
    for (let i = 0; i < reached; i++) {
      const row = front + (width + i) * stride;
      for (let j = 0; j < width; j++) memory[row + j] = memory[cross + j * wide + i]!;
    }
    if (node.children.length > 0) {
      for (let i = 0; i < rows.length; i++) {
        const end = Math.min(i, width);
        for (let j = 0; j < end; j++) memory[front + j * stride + i] = memory[front + i * stride + j]!;
      }
    }
    visit(number, memory, front, stride);
    for (const child of node.children) invertNode(child, visit);
  }

  return {
    fronts: nodes,
    factorize(add) {
      let logDeterminant = 0;
      for (const root of roots) {
        const added = factorizeNode(root, add);
        if (added === undefined) return undefined;
        logDeterminant += added;
      }
      return logDeterminant;
    },
    solveLower(b, m) {
      for (const { rows, width, panel, panelStride } of nodes) {
        for (let i = 0; i < rows.length; i++) {
          const line = panel + i * panelStride;
          const to = rows[i]! * m;
          const end = Math.min(i, width);
          for (let j = 0; j < end; j++) {
            const value = memory[line + j]!;
            const from = rows[j]! * m;
            for (let c = 0; c < m; c++) b[to + c]! -= value * b[from + c]!;
          }
          if (i >= width) continue;
          const pivot = memory[line + i]!;
          for (let c = 0; c < m; c++) b[to + c]! /= pivot;
        }
      }
    },
    solveUpper(b, m) {
      for (let at = nodes.length - 1; at >= 0; at--) {
        const { rows, width, panel, panelStride } = nodes[at]!;
        for (let i = rows.length - 1; i >= 0; i--) {
          const line = panel + i * panelStride;
          const from = rows[i]! * m;
          if (i < width) {
            const pivot = memory[line + i]!;
            for (let c = 0; c < m; c++) b[from + c]! /= pivot;
          }
          const end = Math.min(i, width);
          for (let j = 0; j < end; j++) {
            const value = memory[line + j]!;
            const to = rows[j]! * m;
            for (let c = 0; c < m; c++) b[to + c]! -= value * b[from + c]!;
          }
        }
      }
    },
    invert(visit) {
      for (const root of roots) invertNode(root, visit);
    },
  };
}
