/**
 * The one product that costs: C −= A Bᵀ over blocks of one memory. It runs as WebAssembly with two-lane arithmetic where
 * that exists (three times the speed), else as plain JavaScript; the results differ in rounding only.
 */

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

/** WebAssembly instructions used here, by name (opcodes of the core and SIMD specifications). */
const GET = 0x20;
const SET = 0x21;
const I32_ADD = 0x6a;
const I32_LT_U = 0x49;
const LOOP = [0x03, 0x40];
const REPEAT_IF = [0x0d, 0x00];
const END = 0x0b;
const F64_LOAD = [0x2b, 0x03, 0x00];
const F64_STORE = [0x39, 0x03, 0x00];
const F64_ADD = 0xa0;
const F64_SUB = 0xa1;
const V128_LOAD = [0xfd, 0x00, 0x03, 0x00];
const V128_ZERO = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];
const F64X2_ADD = [0xfd, 0xf0, 0x01];
const F64X2_MUL = [0xfd, 0xf2, 0x01];
const lane = (index: number): number[] => [0xfd, 0x21, index];

/** The tile of the compiled product: 2 rows by 4 columns, sums of two lanes each. */
const TILE_ROWS = 2;
const TILE_COLUMNS = 4;

/**
 * A module with one function tile(c, cStride, a, aStride, b, bStride, bEnd, depth) in bytes: it runs one pair of rows of A
 * against all rows of B from `b` to `bEnd`, four at a time.
 */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const [c, cStride, a, aStride, b, bStride, bEnd, depth] = [0, 1, 2, 3, 4, 5, 6, 7];
  // locals: pointers of two rows of A and four of B, the end of the first row of A; then lanes
  const [pa0, pa1, pb0, pb1, pb2, pb3, end] = [8, 9, 10, 11, 12, 13, 14];
  const x0 = 15;
  const x1 = 16;
  const y = 17;
  const sums = 18; // eight of them
  const get = (local: number): number[] => [GET, local];
  const set = (local: number): number[] => [SET, local];
  const sum = (left: number, right: number, to: number): number[] => [...get(left), ...get(right), I32_ADD, ...set(to)];
  const step = (local: number): number[] => [...get(local), 0x41, 16, I32_ADD, ...set(local)];
  const body: number[] = [];
  body.push(...LOOP);
  for (let s = 0; s < 8; s++) body.push(...V128_ZERO, ...set(sums + s));
  body.push(...get(a), ...set(pa0), ...sum(a, aStride, pa1), ...sum(a, depth, end));
  body.push(...get(b), ...set(pb0), ...sum(b, bStride, pb1), ...sum(pb1, bStride, pb2), ...sum(pb2, bStride, pb3));
  body.push(...LOOP);
  body.push(...get(pa0), ...V128_LOAD, ...set(x0), ...get(pa1), ...V128_LOAD, ...set(x1));
  [pb0, pb1, pb2, pb3].forEach((pointer, j) => {
    body.push(...get(pointer), ...V128_LOAD, ...set(y));
    [x0, x1].forEach((x, i) => {
      const to = sums + i * TILE_COLUMNS + j;
      body.push(...get(to), ...get(x), ...get(y), ...F64X2_MUL, ...F64X2_ADD, ...set(to));
    });
  });
  for (const pointer of [pa0, pa1, pb0, pb1, pb2, pb3]) body.push(...step(pointer));
  body.push(...get(pa0), ...get(end), I32_LT_U, ...REPEAT_IF, END);
  // C −= both lanes of each sum; pa0 and pa1 now point into C
  body.push(...get(c), ...set(pa0), ...sum(c, cStride, pa1));
  for (let j = 0; j < TILE_COLUMNS; j++) {
    [pa0, pa1].forEach((pointer, i) => {
      const from = sums + i * TILE_COLUMNS + j;
      const at = [0x03, j * 8];
      body.push(...get(pointer), ...get(pointer), F64_LOAD[0]!, ...at);
      body.push(...get(from), ...lane(0), ...get(from), ...lane(1), F64_ADD, F64_SUB, F64_STORE[0]!, ...at);
    });
  }
  body.push(...get(c), 0x41, 32, I32_ADD, ...set(c));
  for (let j = 0; j < TILE_COLUMNS; j++) body.push(...sum(b, bStride, b));
  body.push(...get(b), ...get(bEnd), I32_LT_U, ...REPEAT_IF, END, END);

  const locals = [2, 7, 0x7f, 11, 0x7b]; // seven i32, eleven v128
  const code = [...locals, ...body];
  const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];
  const text = (word: string): number[] => [word.length, ...new TextEncoder().encode(word)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 8, ...new Array<number>(8).fill(0x7f), 0]),
    ...section(2, [1, ...text("m"), ...text("m"), 0x02, 0x00, 0x01]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("t"), 0x00, 0x00]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

/** LEB128 */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** The part of the platform's WebAssembly used here; it is in browsers and Node alike, but not in the language's library. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Memory: new (limits: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (module: object, imports: object) => { readonly exports: Readonly<Record<string, unknown>> };
};

let compiled: object | undefined;

function compiledKernel(size: number): MultiplyKernel {
  compiled ??= new WebAssembly.Module(moduleBytes());
  const wasm = new WebAssembly.Memory({ initial: Math.max(1, Math.ceil((size * 8) / 65536)) });
  const instance = new WebAssembly.Instance(compiled, { m: { m: wasm } });
  const tile = instance.exports["t"];
  if (typeof tile !== "function") throw new TypeError("the module has no function");
  const memory = new Float64Array(wasm.buffer, 0, size);
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
          tile(
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
