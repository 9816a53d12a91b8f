/**
 * The one product that costs: C −= A Bᵀ over blocks of one memory. It runs as WebAssembly with two-lane arithmetic where
 * that exists (three times the speed), else as plain JavaScript; the results differ in rounding only.
 */
import { kernelsOn } from "./compiled.ts";

export interface MultiplyKernel {
  readonly memory: Float64Array;
  readonly subtract: Subtract;
}

/** C[i, j] −= Σ_k A[i, k] B[j, k]; offsets and strides count doubles, `depth` the products per entry. */
type Subtract = (
  c: number,
  cStride: number,
  a: number,
  aStride: number,
  b: number,
  bStride: number,
  rows: number,
  columns: number,
  depth: number,
) => void;

/** Below this many products plain JavaScript has finished before WebAssembly has its memory. */
const FEW_PRODUCTS = 1e6;

/** @param size  doubles of memory @param products  multiplications expected in all */
export function multiplyKernel(size: number, products = Infinity): MultiplyKernel {
  if (products > FEW_PRODUCTS) {
    try {
      return compiledKernel(size);
    } catch {
      // no WebAssembly here, or not with two lanes
    }
  }
  const memory = new Float64Array(size);
  return { memory, subtract: plainSubtract(memory) };
}

export function plainSubtract(memory: Float64Array): Subtract {
  return (c, cStride, a, aStride, b, bStride, rows, columns, depth) => {
    for (let i = 0; i < rows; i++) {
      const left = a + i * aStride;
      const to = c + i * cStride;
      let j = 0;
      for (; j + 4 <= columns; j += 4) {
        const b0 = b + j * bStride;
        const b1 = b0 + bStride;
        const b2 = b1 + bStride;
        const b3 = b2 + bStride;
        let s0 = 0;
        let s1 = 0;
        let s2 = 0;
        let s3 = 0;
        for (let k = 0; k < depth; k++) {
          const x = memory[left + k]!;
          s0 += x * memory[b0 + k]!;
          s1 += x * memory[b1 + k]!;
          s2 += x * memory[b2 + k]!;
          s3 += x * memory[b3 + k]!;
        }
        memory[to + j]! -= s0;
        memory[to + j + 1]! -= s1;
        memory[to + j + 2]! -= s2;
        memory[to + j + 3]! -= s3;
      }
      for (; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < depth; k++) sum += memory[left + k]! * memory[b + j * bStride + k]!;
        memory[to + j]! -= sum;
      }
    }
  };
}

/** The tile of the compiled product: 2 rows by 4 columns. */
const TILE_ROWS = 2;
const TILE_COLUMNS = 4;

function compiledKernel(size: number): MultiplyKernel {
  const { buffer, functions } = kernelsOn(size * 8);
  const memory = new Float64Array(buffer, 0, size);
  const plain = plainSubtract(memory);
  return {
    memory,
    subtract(c, cStride, a, aStride, b, bStride, rows, columns, depth) {
      if (depth % 2 !== 0 || depth === 0) {
        plain(c, cStride, a, aStride, b, bStride, rows, columns, depth);
        return;
      }
      const wide = columns - (columns % TILE_COLUMNS);
      let i = 0;
      if (wide > 0) {
        for (; i + TILE_ROWS <= rows; i += TILE_ROWS) {
          functions.tile(
            (c + i * cStride) * 8,
            cStride * 8,
            (a + i * aStride) * 8,
            aStride * 8,
            b * 8,
            bStride * 8,
            (b + wide * bStride) * 8,
            depth * 8,
          );
        }
      }
      // what does not fill a tile
      if (wide < columns) plain(c + wide, cStride, a, aStride, b + wide * bStride, bStride, i, columns - wide, depth);
      if (i < rows) plain(c + i * cStride, cStride, a + i * aStride, aStride, b, bStride, rows - i, columns, depth);
    },
  };
}
