/**
 * A large dense symmetric matrix with its Cholesky factor and the inverse of that factor, in cache-sized blocks. It
 * hides where the memory lies and which kernel multiplies.
 */
import { multiplyKernel } from "./kernel.ts";

export interface DenseFactor {
  /** [n × n] row-major; fill the lower triangle, then factorize */
  readonly matrix: Float64Array;
  /** Overwrites the lower triangle by L. @returns log|A|, or `undefined` when not positive definite */
  factorize(): number | undefined;
  /** L⁻¹ transposed: row j holds column j of L⁻¹, entries j … n − 1. Valid until the next factorize. */
  invert(): Float64Array;
}

/** Rows of one block: three blocks of doubles fit a 512 KiB second-level cache, one panel the first level. */
const BLOCK = 64;

export function denseFactor(n: number): DenseFactor {
  const kernel = multiplyKernel(n * n * 2);
  const matrix = kernel.memory.subarray(0, n * n);
  const inverse = kernel.memory.subarray(n * n, 2 * n * n);
  let isInverted = false;

  const factorizeBlock = (start: number, end: number): number | undefined => {
    let logDeterminant = 0;
    for (let i = start; i < end; i++) {
      const row = i * n;
      for (let j = start; j < i; j++) {
        let sum = matrix[row + j]!;
        for (let k = start; k < j; k++) sum -= matrix[row + k]! * matrix[j * n + k]!;
        matrix[row + j] = sum / matrix[j * n + j]!;
      }
      let pivot = matrix[row + i]!;
      for (let k = start; k < i; k++) pivot -= matrix[row + k]! * matrix[row + k]!;
      if (!(pivot > 0) || pivot === Infinity) return undefined;
      logDeterminant += Math.log(pivot);
      matrix[row + i] = Math.sqrt(pivot);
    }
    return logDeterminant;
  };

  return {
    matrix,
    factorize() {
      isInverted = false;
      let logDeterminant = 0;
      for (let start = 0; start < n; start += BLOCK) {
        const end = Math.min(start + BLOCK, n);
        const added = factorizeBlock(start, end);
        if (added === undefined) return undefined;
        logDeterminant += added;
        for (let i = end; i < n; i++) {
          const row = i * n;
          for (let j = start; j < end; j++) {
            let sum = matrix[row + j]!;
            for (let k = start; k < j; k++) sum -= matrix[row + k]! * matrix[j * n + k]!;
            matrix[row + j] = sum / matrix[j * n + j]!;
          }
        }
        for (let rows = end; rows < n; rows += BLOCK) {
          const height = Math.min(BLOCK, n - rows);
          for (let columns = end; columns <= rows; columns += BLOCK) {
            const width = Math.min(BLOCK, n - columns);
            // A₂₂ −= L₂₁ L₂₁ᵀ
            kernel.subtract(
              rows * n + columns,
              n,
              rows * n + start,
              n,
              columns * n + start,
              n,
              height,
              width,
              end - start,
            );
          }
        }
      }
      return logDeterminant;
    },
    invert() {
      if (isInverted) return inverse;
      isInverted = true;
      inverse.fill(0);
      for (let start = 0; start < n; start += BLOCK) {
        const end = Math.min(start + BLOCK, n);
        for (let i = start; i < end; i++) inverse[i * n + i] = 1;
        // (L⁻¹)ᵀ[columns, block] −= (L⁻¹)ᵀ[columns, before] · L[block, before]ᵀ
        for (let columns = 0; columns < start; columns += BLOCK) {
          const height = Math.min(BLOCK, start - columns);
          const to = n * n + columns * n; // the inverse lies behind the matrix
          kernel.subtract(to + start, n, to + columns, n, start * n + columns, n, height, end - start, start - columns);
        }
        // then solve with the diagonal block
        for (let c = 0; c < end; c++) {
          const row = c * n;
          for (let i = Math.max(start, c); i < end; i++) {
            let sum = inverse[row + i]!;
            for (let k = Math.max(start, c); k < i; k++) sum -= matrix[i * n + k]! * inverse[row + k]!;
            inverse[row + i] = sum / matrix[i * n + i]!;
          }
        }
      }
      return inverse;
    },
  };
}
