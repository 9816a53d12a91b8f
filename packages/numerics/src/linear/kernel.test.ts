import { expect, it } from "vitest";
import { seededRandom } from "../random.ts";
import { multiplyKernel, plainSubtract } from "./kernel.ts";

it.each([
  [8, 8, 32],
  [7, 5, 32],
  [2, 4, 2],
  [1, 3, 6],
  [33, 31, 7],
])("the compiled product equals the plain one for %i × %i over %i", (rows, columns, depth) => {
  const random = seededRandom(rows);
  const size = rows * columns + rows * depth + columns * depth;
  const kernel = multiplyKernel(size);
  for (let i = 0; i < size; i++) kernel.memory[i] = random.normal();
  const memory = kernel.memory.slice();
  const a = rows * columns;
  const b = a + rows * depth;
  kernel.subtract(0, columns, a, depth, b, depth, rows, columns, depth);
  plainSubtract(memory)(0, columns, a, depth, b, depth, rows, columns, depth);
  memory.forEach((value, i) => expect(kernel.memory[i]).toBeCloseTo(value, 12));
  expect(kernel.memory.buffer.byteLength % 65536).toBe(0); // the compiled one, not the fallback
});
