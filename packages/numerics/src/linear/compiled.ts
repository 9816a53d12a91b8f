/**
 * The inner loops as WebAssembly with two-lane arithmetic. They run at full speed from the first call of a process, where
 * JavaScript would still be interpreted. `scripts/kernels.ts` holds their source.
 *
 * Addresses are in bytes; a row of W has an even number of columns, the last 0 if need be. A level of a nested model is
 * described by whole numbers in memory (`LEVEL`); what it holds per group is
 *
 *     A [q × w]  Zᵀ V⁻¹ W, V of the levels below        U [q × (w + q)]  L⁻¹ Λᵀ [A | I],  I + Λᵀ C Λ = L Lᵀ,  C = A[·, Z]
 */
import { kernelBytes } from "../generated/kernels.ts";

/** Where the description of a level keeps what, in bytes. */
export const LEVEL = {
  /** number of effects of a group */
  q: 0,
  /** address of A */
  a: 4,
  /** address of U */
  u: 8,
  /** bytes of a row of U */
  stride: 12,
  /** address of the places of Z in a row of W, in bytes */
  z: 16,
  /** address of Λ [q × q] */
  lambda: 20,
  /** number of levels above */
  above: 24,
  /** address of their list: for each the address of this level's groups in it, then of its description */
  ancestors: 28,
  bytes: 32,
} as const;

/** Where the sums of a descent go: addresses, 0 for what is not wanted. */
export const SUMS = {
  /** [q × q] Σ K */
  omega: 0,
  /** [q × q] Σ h hᵀ */
  psi: 4,
  /** [q² × q²] Σ K ⊗ K */
  information: 8,
  /** per pair of effects [p × w] Σ F_i F_jᵀ, of an effect with itself the lower triangle only */
  pairs: 12,
  /** [end − first × q × w] H of every group */
  each: 16,
  /** [end − first × q × q] K of every group */
  eachK: 20,
  /** [end − first × q] h of every group */
  eachResidual: 24,
  bytes: 28,
} as const;

/** Addresses and sizes as whole numbers; `row` is the bytes of a row of W. */
export interface KernelFunctions {
  /**
   * C[i, j] −= Σ_k A[i, k] B[j, k] for two rows of A and four rows of B at a time, from `b` until `bEnd`; all in bytes, `depth` a
   * multiple of 16
   */
  tile(
    c: number,
    cStride: number,
    a: number,
    aStride: number,
    b: number,
    bStride: number,
    bEnd: number,
    depth: number,
  ): void;
  /**
   * Eliminates the groups first … end − 1: fills U, subtracts Uᵀ U from S [m0 × w] (lower triangle) and from A of the levels
   * above. @returns Σ log|M|, NaN when one is not positive definite
   */
  eliminate(level: number, first: number, end: number, row: number, s: number, m0: number, inner: number): number;
  /** Comes down to the groups first … end − 1 and adds up what {@link SUMS} says. `scratch` holds q (w + q + 1 + r) numbers. */
  descend(
    level: number,
    first: number,
    end: number,
    row: number,
    contrast: number,
    p: number,
    sums: number,
    scratch: number,
  ): void;
  /** gram [groups × q × q] = (G Fᵀ)ᵀ G Fᵀ of F [q × p], the first p columns of H, which G Fᵀ replaces; G [p × w] is lower triangular */
  gram(h: number, groups: number, q: number, row: number, g: number, p: number, gram: number): void;
  /** Copies `rows` rows of m numbers, one after another, to rows of `row` bytes. */
  spread(from: number, to: number, rows: number, m: number, row: number): void;
  /** x ← (x − origin) · scale for `pairs` pairs of numbers from `at` */
  shift(at: number, pairs: number, origin: number, scale: number): void;
  /** x ← x · factor, pair by pair */
  multiply(at: number, factors: number, pairs: number): void;
  /**
   * products[code of r] += z[r] W[r, ·] for `rows` rows of m numbers that lie `column` bytes apart; from row to row it is `next`
   * bytes in W, `nextZ` in z, and from group to group `step` in the products
   */
  group(
    from: number,
    next: number,
    column: number,
    m: number,
    z: number,
    nextZ: number,
    codes: number,
    rows: number,
    products: number,
    step: number,
  ): void;
}

/** The part of the platform's WebAssembly used here; it is in browsers and Node alike, but not in the language's library. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** The functions on one memory of their own. */
export interface Kernels {
  readonly buffer: ArrayBuffer;
  readonly functions: KernelFunctions;
}

let module: object | undefined;

/** @param bytes  of memory, filled with 0 @throws RangeError when there is not so much memory */
export function kernelsOn(bytes: number): Kernels {
  module ??= new WebAssembly.Module(Uint8Array.from(kernelBytes));
  const memory = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / 65536)) });
  const { exports } = new WebAssembly.Instance(module, { m: { memory, log: Math.log } });
  return { buffer: memory.buffer, functions: exports as KernelFunctions };
}
