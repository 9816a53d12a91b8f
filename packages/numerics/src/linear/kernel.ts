/** The one product that costs: C −= A Bᵀ over blocks of a shared memory. */

export interface MultiplyKernel {
  readonly memory: Float64Array;
  /**
   * C[i, j] −= Σ_k A[i, k] B[j, k]; offsets and strides count doubles.
   *
   * @param depth  number of products per entry
   */
  subtract(
    c: number,
    cStride: number,
    a: number,
    aStride: number,
    b: number,
    bStride: number,
    rows: number,
    columns: number,
    depth: number,
  ): void;
}

/** @param size  doubles of memory */
export function multiplyKernel(size: number): MultiplyKernel {
  const memory = new Float64Array(size);
  return {
    memory,
    subtract(c, cStride, a, aStride, b, bStride, rows, columns, depth) {
      let i = 0;
      for (; i + 2 <= rows; i += 2) {
        const a0 = a + i * aStride;
        const a1 = a0 + aStride;
        const c0 = c + i * cStride;
        const c1 = c0 + cStride;
        let j = 0;
        for (; j + 4 <= columns; j += 4) {
          const b0 = b + j * bStride;
          const b1 = b0 + bStride;
          const b2 = b1 + bStride;
          const b3 = b2 + bStride;
          let s00 = 0;
          let s01 = 0;
          let s02 = 0;
          let s03 = 0;
          let s10 = 0;
          let s11 = 0;
          let s12 = 0;
          let s13 = 0;
          for (let k = 0; k < depth; k++) {
            const x0 = memory[a0 + k]!;
            const x1 = memory[a1 + k]!;
            const y0 = memory[b0 + k]!;
            const y1 = memory[b1 + k]!;
            const y2 = memory[b2 + k]!;
            const y3 = memory[b3 + k]!;
            s00 += x0 * y0;
            s01 += x0 * y1;
            s02 += x0 * y2;
            s03 += x0 * y3;
            s10 += x1 * y0;
            s11 += x1 * y1;
            s12 += x1 * y2;
            s13 += x1 * y3;
          }
          memory[c0 + j]! -= s00;
          memory[c0 + j + 1]! -= s01;
          memory[c0 + j + 2]! -= s02;
          memory[c0 + j + 3]! -= s03;
          memory[c1 + j]! -= s10;
          memory[c1 + j + 1]! -= s11;
          memory[c1 + j + 2]! -= s12;
          memory[c1 + j + 3]! -= s13;
        }
        for (; j < columns; j++) {
          const b0 = b + j * bStride;
          let s0 = 0;
          let s1 = 0;
          for (let k = 0; k < depth; k++) {
            s0 += memory[a0 + k]! * memory[b0 + k]!;
            s1 += memory[a1 + k]! * memory[b0 + k]!;
          }
          memory[c0 + j]! -= s0;
          memory[c1 + j]! -= s1;
        }
      }
      for (; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          let sum = 0;
          for (let k = 0; k < depth; k++) sum += memory[a + i * aStride + k]! * memory[b + j * bStride + k]!;
          memory[c + i * cStride + j]! -= sum;
        }
      }
    },
  };
}
