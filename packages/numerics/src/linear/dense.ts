/**
 * A large dense symmetric matrix with its Cholesky factor and its inverse, in cache-sized blocks. It
 * hides where the memory lies and which kernel multiplies.
 */
import { multiplyKernel } from "./kernel.ts";

export interface DenseFactor {
  /** [n × n] row-major; fill the lower triangle, then factorize */
  readonly matrix: Float64Array;
  /** Overwrites the lower triangle by L. @returns log|A|, or `undefined` when not positive definite */
  factorize(): number | undefined;
  /** A⁻¹ from the factor, in the lower triangle of `matrix`; L is gone then. Valid until `matrix` is filled again. */
  invert(): Float64Array;
}

/** Rows of one block: what is solved row by row costs n² · 32, what is multiplied by tiles the rest. */
const BLOCK = 32;

/** @param check  called once per block of rows; throws to stop */
export function denseFactor(n: number, check: () => void = () => {}): DenseFactor {
  const kernel = multiplyKernel(n * n * 2, n * n * n);
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
        check();
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
      if (isInverted) return matrix;
      isInverted = true;
      inverse.fill(0);
      for (let start = 0; start < n; start += BLOCK) {
        const end = Math.min(start + BLOCK, n);
        check();
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
      // A⁻¹ = (L⁻¹)ᵀ L⁻¹; the kernel subtracts, so the sign is turned at the end
      for (let rows = 0; rows < n; rows += BLOCK) {
        check();
        const height = Math.min(BLOCK, n - rows);
        for (let i = rows; i < rows + height; i++) matrix.fill(0, i * n, i * n + i + 1);
        for (let columns = 0; columns <= rows; columns += BLOCK) {
          const width = Math.min(BLOCK, n - columns);
          const [a, b] = [n * n + rows * n + rows, n * n + columns * n + rows];
          kernel.subtract(rows * n + columns, n, a, n, b, n, height, width, n - rows);
        }
        for (let at = rows * n; at < (rows + height) * n; at++) matrix[at] = -matrix[at]!;
      }
      return matrix;
    },
  };
}
