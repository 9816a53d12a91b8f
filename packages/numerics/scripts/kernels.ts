/** The compiled inner loops, written with the assembler; compiled.ts says what each does. */
import { LEVEL, SUMS } from "../src/linear/compiled.ts";
import type { Code, Local } from "./assembler.ts";
import {
  assemble,
  count,
  difference,
  differenceOfPairs,
  FunctionCode,
  get,
  halved,
  int,
  isAbove,
  isBelow,
  isEqual,
  leave,
  load,
  loadInt,
  loadPair,
  log,
  minus,
  noPair,
  number,
  pairOf,
  plus,
  product,
  productOfPairs,
  quotient,
  repeat,
  root,
  set,
  store,
  storePair,
  sum,
  sumOfPairs,
  times,
  total,
  when,
} from "./assembler.ts";

/** to[·] ∓= factor · from[·] over `bytes` bytes; leaves the counter used up. */
function addMultiple(
  counter: Local,
  to: Code,
  factor: Local,
  from: Code,
  bytes: Code,
  combine: (left: Code, right: Code) => Code,
): Code {
  const at = (base: Code): Code => plus(base, get(counter));
  const scaled = productOfPairs(get(factor), loadPair(at(from)));
  return [
    ...set(counter, int(0)),
    ...repeat(
      [...storePair(at(to), combine(loadPair(at(to)), scaled)), ...set(counter, plus(get(counter), int(16)))],
      isBelow(get(counter), bytes),
    ),
  ];
}

const eight = (value: Code): Code => times(value, int(8));
/** Bytes of the pairs that hold the entries 0 … last of a row. */
const pairsUpTo = (last: Local): Code => times(plus(halved(get(last)), int(1)), int(16));

function eliminate(): FunctionCode {
  const f = new FunctionCode("eliminate", "iiiiiii", true);
  const [level, g, end, row, s, m0, inner] = [0, 1, 2, 3, 4, 5, 6];
  const [q, stride, a, u, lambda, z, above, t] = Array.from({ length: 8 }, () => f.integer()) as LocalsOf<8>;
  const [i, j, k, o, ui, uj, to, up, r] = Array.from({ length: 9 }, () => f.integer()) as LocalsOf<9>;
  const [whole, pivot, value, determinant] = Array.from({ length: 4 }, () => f.number()) as LocalsOf<4>;
  const factor = f.pair();
  const field = (place: number): Code => loadInt(get(level), place);
  /** address of entry [x, y] of a [q × q] matrix */
  const entry = (matrix: Local, x: Local, y: Local): Code =>
    plus(get(matrix), eight(plus(times(get(x), get(q)), get(y))));
  const rowOfU = (x: Local): Code => plus(get(u), times(get(x), get(stride)));
  const setFactor = (number: Code): Code => set(factor, pairOf(number));

  /** U_i = Σ_r Λ[r, i] A_r, then Λᵀ behind it */
  const start: Code = count(i, int(0), get(q), [
    ...set(ui, rowOfU(i)),
    ...set(o, int(0)),
    ...repeat(
      [...storePair(plus(get(ui), get(o)), noPair), ...set(o, plus(get(o), int(16)))],
      isBelow(get(o), get(row)),
    ),
    ...count(r, int(0), get(q), [
      ...setFactor(load(entry(lambda, r, i))),
      ...addMultiple(o, get(ui), factor, plus(get(a), times(get(r), get(row))), get(row), sumOfPairs),
    ]),
    ...count(j, int(0), get(q), store(plus(plus(get(ui), get(row)), eight(get(j))), load(entry(lambda, j, i)))),
  ]);
  /** row i of M = I + Λᵀ C Λ, of its factor, and of U */
  const factorize: Code = count(i, int(0), get(q), [
    ...set(ui, rowOfU(i)),
    ...count(j, int(0), plus(get(i), int(1)), [
      ...set(value, number(0)),
      ...count(
        r,
        int(0),
        get(q),
        set(
          value,
          sum(
            get(value),
            product(load(plus(get(ui), loadInt(plus(get(z), times(get(r), int(4)))))), load(entry(lambda, r, j))),
          ),
        ),
      ),
      ...store(entry(inner, i, j), get(value)),
    ]),
    ...set(pivot, sum(number(1), load(entry(inner, i, i)))),
    ...count(j, int(0), get(i), [
      ...set(value, load(entry(inner, i, j))),
      ...count(
        k,
        int(0),
        get(j),
        set(value, difference(get(value), product(load(entry(inner, i, k)), load(entry(inner, j, k))))),
      ),
      ...set(value, quotient(get(value), load(entry(inner, j, j)))),
      ...store(entry(inner, i, j), get(value)),
      ...set(pivot, difference(get(pivot), product(get(value), get(value)))),
      ...set(uj, rowOfU(j)),
      ...setFactor(get(value)),
      ...addMultiple(o, get(ui), factor, get(uj), get(stride), differenceOfPairs),
    ]),
    ...when(isBelow(isAbove(get(pivot), number(0)), int(1)), leave(number(NaN))),
    ...when(isAbove(get(pivot), number(1e100)), leave(number(NaN))),
    ...set(determinant, product(get(determinant), get(pivot))),
    ...set(value, root(get(pivot))),
    ...store(entry(inner, i, i), get(value)),
    ...setFactor(quotient(number(1), get(value))),
    ...set(o, int(0)),
    ...repeat(
      [
        ...storePair(plus(get(ui), get(o)), productOfPairs(loadPair(plus(get(ui), get(o))), get(factor))),
        ...set(o, plus(get(o), int(16))),
      ],
      isBelow(get(o), get(stride)),
    ),
  ]);
  const passOn: Code = count(i, int(0), get(q), [
    ...set(ui, rowOfU(i)),
    ...set(to, get(s)),
    ...count(r, int(0), get(m0), [
      ...setFactor(load(plus(get(ui), eight(get(r))))),
      ...set(k, pairsUpTo(r)),
      ...addMultiple(o, get(to), factor, get(ui), get(k), differenceOfPairs),
      ...set(to, plus(get(to), get(row))),
    ]),
    ...set(t, field(LEVEL.ancestors)),
    ...count(j, int(0), get(above), [
      ...set(up, loadInt(get(t), 4)),
      ...set(r, loadInt(get(up), LEVEL.q)),
      ...set(
        to,
        plus(
          loadInt(get(up), LEVEL.a),
          times(times(loadInt(plus(loadInt(get(t)), times(get(g), int(4)))), get(r)), get(row)),
        ),
      ),
      ...set(up, loadInt(get(up), LEVEL.z)),
      ...count(k, int(0), get(r), [
        ...setFactor(load(plus(get(ui), loadInt(get(up))))),
        ...addMultiple(o, get(to), factor, get(ui), get(row), differenceOfPairs),
        ...set(to, plus(get(to), get(row))),
        ...set(up, plus(get(up), int(4))),
      ]),
      ...set(t, plus(get(t), int(8))),
    ]),
  ]);
  return f.write(
    set(q, field(LEVEL.q)),
    set(stride, field(LEVEL.stride)),
    set(lambda, field(LEVEL.lambda)),
    set(z, field(LEVEL.z)),
    set(above, field(LEVEL.above)),
    set(a, plus(field(LEVEL.a), times(times(get(g), get(q)), get(row)))),
    set(u, plus(field(LEVEL.u), times(times(get(g), get(q)), get(stride)))),
    set(determinant, number(1)),
    count(g, get(g), get(end), [
      ...start,
      ...factorize,
      ...passOn,
      ...when(isAbove(get(determinant), number(1e200)), [
        ...set(whole, sum(get(whole), log(get(determinant)))),
        ...set(determinant, number(1)),
      ]),
      ...set(a, plus(get(a), times(get(q), get(row)))),
      ...set(u, plus(get(u), times(get(q), get(stride)))),
    ]),
    sum(get(whole), log(get(determinant))),
  );
}

function descend(): FunctionCode {
  const f = new FunctionCode("descend", "iiiiiiii");
  const [level, g, end, row, contrast, p, sums, h] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [q, a, k, tee, hc, t, turn, up, r, u, stride, z] = Array.from({ length: 12 }, () =>
    f.integer(),
  ) as LocalsOf<12>;
  const [i, j, x, y, o, hi, hj, to, bytes, size, out] = Array.from({ length: 11 }, () => f.integer()) as LocalsOf<11>;
  const [each, eachK, eachResidual] = [f.integer(), f.integer(), f.integer()];
  const value = f.number();
  const [factor, pair] = [f.pair(), f.pair()];
  const field = (place: number): Code => loadInt(get(level), place);
  const place = (matrix: Local, width: Local, x1: Local, y1: Local): Code =>
    plus(get(matrix), eight(plus(times(get(x1), get(width)), get(y1))));
  const rowOfH = (x1: Local): Code => plus(get(h), times(get(x1), get(row)));
  const add = (address: Code, amount: Code): Code => [
    ...set(to, address),
    ...store(get(to), sum(load(get(to)), amount)),
  ];
  const copyPairs = (from: Code, target: Code, length: Code): Code => [
    ...set(o, int(0)),
    ...repeat(
      [...storePair(plus(target, get(o)), loadPair(plus(from, get(o)))), ...set(o, plus(get(o), int(16)))],
      isBelow(get(o), length),
    ),
  ];
  const copyNumbers = (from: Local, target: Local, length: Local): Code =>
    count(i, int(0), get(length), [
      ...store(get(target), load(plus(get(from), eight(get(i))))),
      ...set(target, plus(get(target), int(8))),
    ]);
  const zOf = (list: Code, index: Local): Code => loadInt(plus(list, times(get(index), int(4))));

  /** what one level, the group's own or one above, takes away from H and K; x1 is the place of its group */
  const pass = (group: Code): Code => [
    ...set(r, loadInt(get(up), LEVEL.q)),
    ...set(stride, loadInt(get(up), LEVEL.stride)),
    ...set(z, loadInt(get(up), LEVEL.z)),
    ...set(u, plus(loadInt(get(up), LEVEL.u), times(times(group, get(r)), get(stride)))),
    ...count(i, int(0), get(q), [
      ...set(hi, rowOfH(i)),
      ...count(x, int(0), get(r), [
        ...set(to, plus(plus(get(u), times(get(x), get(stride))), get(row))),
        ...set(value, number(0)),
        ...count(
          y,
          int(0),
          get(r),
          set(value, sum(get(value), product(load(plus(get(hi), zOf(get(z), y))), load(plus(get(to), eight(get(y))))))),
        ),
        ...store(place(tee, r, i, x), get(value)),
      ]),
      ...count(x, int(0), get(r), [
        ...set(factor, pairOf(load(place(tee, r, i, x)))),
        ...set(to, plus(get(u), times(get(x), get(stride)))),
        ...addMultiple(o, get(hi), factor, get(to), get(row), differenceOfPairs),
      ]),
    ]),
    ...count(i, int(0), get(q), [
      ...count(j, int(0), get(q), [
        ...set(value, load(place(k, q, i, j))),
        ...count(
          x,
          int(0),
          get(r),
          set(value, difference(get(value), product(load(place(tee, r, i, x)), load(place(tee, r, j, x))))),
        ),
        ...store(place(k, q, i, j), get(value)),
      ]),
    ]),
  ];

  return f.write(
    set(q, field(LEVEL.q)),
    set(size, times(get(q), get(q))),
    set(a, plus(field(LEVEL.a), times(times(get(g), get(q)), get(row)))),
    set(k, plus(get(h), times(get(q), get(row)))),
    set(hc, plus(get(k), eight(get(size)))),
    set(tee, plus(get(hc), eight(get(q)))),
    set(each, loadInt(get(sums), SUMS.each)),
    set(eachK, loadInt(get(sums), SUMS.eachK)),
    set(eachResidual, loadInt(get(sums), SUMS.eachResidual)),
    count(g, get(g), get(end), [
      ...copyPairs(get(a), get(h), times(get(q), get(row))),
      ...count(
        i,
        int(0),
        get(q),
        count(j, int(0), get(q), store(place(k, q, i, j), load(plus(rowOfH(i), zOf(field(LEVEL.z), j))))),
      ),
      ...set(up, get(level)),
      ...pass(get(g)),
      ...set(t, field(LEVEL.ancestors)),
      ...count(turn, int(0), field(LEVEL.above), [
        ...set(up, loadInt(get(t), 4)),
        ...pass(loadInt(plus(loadInt(get(t)), times(get(g), int(4))))),
        ...set(t, plus(get(t), int(8))),
      ]),
      // h = Zᵀ V⁻¹ (y − Xβ)
      ...count(i, int(0), get(q), [
        ...set(hi, rowOfH(i)),
        ...set(pair, noPair),
        ...set(o, int(0)),
        ...repeat(
          [
            ...set(
              pair,
              sumOfPairs(
                get(pair),
                productOfPairs(loadPair(plus(get(hi), get(o))), loadPair(plus(get(contrast), get(o)))),
              ),
            ),
            ...set(o, plus(get(o), int(16))),
          ],
          isBelow(get(o), get(row)),
        ),
        ...store(plus(get(hc), eight(get(i))), total(pair)),
      ]),
      ...count(i, int(0), get(q), [
        ...count(j, int(0), get(q), [
          ...add(
            plus(loadInt(get(sums), SUMS.psi), minus(place(hc, q, i, j), get(hc))),
            product(load(plus(get(hc), eight(get(i)))), load(plus(get(hc), eight(get(j))))),
          ),
          ...add(plus(loadInt(get(sums), SUMS.omega), minus(place(hc, q, i, j), get(hc))), load(place(k, q, i, j))),
        ]),
      ]),
      ...set(out, loadInt(get(sums), SUMS.information)),
      ...when(
        get(out),
        count(i, int(0), get(size), [
          ...count(
            j,
            int(0),
            get(size),
            add(place(out, size, i, j), product(load(plus(get(k), eight(get(i)))), load(plus(get(k), eight(get(j)))))),
          ),
        ]),
      ),
      ...set(out, loadInt(get(sums), SUMS.pairs)),
      ...when(
        get(out),
        count(i, int(0), get(q), [
          ...set(hi, rowOfH(i)),
          ...count(j, int(0), plus(get(i), int(1)), [
            ...set(hj, rowOfH(j)),
            ...count(x, int(0), get(p), [
              ...set(factor, pairOf(load(plus(get(hi), eight(get(x)))))),
              ...set(bytes, get(row)),
              ...when(isEqual(get(i), get(j)), set(bytes, pairsUpTo(x))),
              ...addMultiple(o, get(out), factor, get(hj), get(bytes), sumOfPairs),
              ...set(out, plus(get(out), get(row))),
            ]),
          ]),
        ]),
      ),
      ...when(get(each), [
        ...copyPairs(get(h), get(each), times(get(q), get(row))),
        ...set(each, plus(get(each), times(get(q), get(row)))),
        ...copyNumbers(k, eachK, size),
        ...copyNumbers(hc, eachResidual, q),
      ]),
      ...set(a, plus(get(a), times(get(q), get(row)))),
    ]),
  );
}

function gram(): FunctionCode {
  const f = new FunctionCode("gram", "iiiiiii");
  const [h, groups, q, row, g, p, out] = [0, 1, 2, 3, 4, 5, 6];
  const [t, i, j, o, line, end, hi, hj] = Array.from({ length: 8 }, () => f.integer()) as LocalsOf<8>;
  const pair = f.pair();
  const value = f.number();
  /** from the last number, which needs all before it unchanged */
  const transform: Code = when(get(p), [
    ...set(i, get(p)),
    ...repeat(
      [
        ...set(i, minus(get(i), int(1))),
        ...set(line, plus(get(g), times(get(i), get(row)))),
        ...set(end, pairsUpTo(i)),
        ...set(pair, noPair),
        ...set(o, int(0)),
        ...repeat(
          [
            ...set(
              pair,
              sumOfPairs(get(pair), productOfPairs(loadPair(plus(get(line), get(o))), loadPair(plus(get(hi), get(o))))),
            ),
            ...set(o, plus(get(o), int(16))),
          ],
          isBelow(get(o), get(end)),
        ),
        ...store(plus(get(hi), eight(get(i))), total(pair)),
      ],
      get(i),
    ),
  ]);
  return f.write(
    count(t, int(0), get(groups), [
      ...count(j, int(0), get(q), [...set(hi, plus(get(h), times(get(j), get(row)))), ...transform]),
      ...count(i, int(0), get(q), [
        ...count(j, int(0), get(q), [
          ...set(hi, plus(get(h), times(get(i), get(row)))),
          ...set(hj, plus(get(h), times(get(j), get(row)))),
          ...set(value, number(0)),
          ...count(
            o,
            int(0),
            eight(get(p)),
            set(value, sum(get(value), product(load(plus(get(hi), get(o))), load(plus(get(hj), get(o)))))),
            8,
          ),
          ...store(get(out), get(value)),
          ...set(out, plus(get(out), int(8))),
        ]),
      ]),
      ...set(h, plus(get(h), times(get(q), get(row)))),
    ]),
  );
}

function spread(): FunctionCode {
  const f = new FunctionCode("spread", "iiiii");
  const [from, to, rows, m, row] = [0, 1, 2, 3, 4];
  const [r, o] = [f.integer(), f.integer()];
  return f.write(
    count(r, int(0), get(rows), [
      ...count(o, int(0), eight(get(m)), store(plus(get(to), get(o)), load(plus(get(from), get(o)))), 8),
      ...set(from, plus(get(from), eight(get(m)))),
      ...set(to, plus(get(to), get(row))),
    ]),
  );
}

function shift(): FunctionCode {
  const f = new FunctionCode("shift", "iiff");
  const [at, pairs, origin, scale] = [0, 1, 2, 3];
  const o = f.integer();
  const [from, by] = [f.pair(), f.pair()];
  return f.write(
    set(from, pairOf(get(origin))),
    set(by, pairOf(get(scale))),
    count(o, int(0), get(pairs), [
      ...storePair(get(at), productOfPairs(differenceOfPairs(loadPair(get(at)), get(from)), get(by))),
      ...set(at, plus(get(at), int(16))),
    ]),
  );
}

function multiply(): FunctionCode {
  const f = new FunctionCode("multiply", "iii");
  const [at, factors, pairs] = [0, 1, 2];
  const o = f.integer();
  return f.write(
    count(o, int(0), get(pairs), [
      ...storePair(get(at), productOfPairs(loadPair(get(at)), loadPair(get(factors)))),
      ...set(at, plus(get(at), int(16))),
      ...set(factors, plus(get(factors), int(16))),
    ]),
  );
}

function group(): FunctionCode {
  const f = new FunctionCode("group", "iiiiiiiiii");
  const [from, next, column, m, z, nextZ, codes, rows, products, step] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const [r, at, to, end] = Array.from({ length: 4 }, () => f.integer()) as LocalsOf<4>;
  const factor = f.number();
  return f.write(
    count(r, int(0), get(rows), [
      ...set(factor, load(get(z))),
      ...set(at, get(from)),
      ...set(to, plus(get(products), times(loadInt(get(codes)), get(step)))),
      ...set(end, plus(get(to), eight(get(m)))),
      ...repeat(
        [
          ...store(get(to), sum(load(get(to)), product(get(factor), load(get(at))))),
          ...set(at, plus(get(at), get(column))),
          ...set(to, plus(get(to), int(8))),
        ],
        isBelow(get(to), get(end)),
      ),
      ...set(z, plus(get(z), get(nextZ))),
      ...set(from, plus(get(from), get(next))),
      ...set(codes, plus(get(codes), int(4))),
    ]),
  );
}

/** One pair of rows of A against all rows of B from `b` to `bEnd`, four at a time; sums of two lanes each. */
function tile(): FunctionCode {
  const f = new FunctionCode("tile", "iiiiiiii");
  const [c, cStride, a, aStride, b, bStride, bEnd, depth] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [pa0, pa1, pb0, pb1, pb2, pb3, end] = Array.from({ length: 7 }, () => f.integer()) as LocalsOf<7>;
  const [x0, x1, y] = [f.pair(), f.pair(), f.pair()];
  const sums = Array.from({ length: 8 }, () => f.pair());
  const columns = [pb0, pb1, pb2, pb3];
  const inner: Code[] = [set(x0, loadPair(get(pa0))), set(x1, loadPair(get(pa1)))];
  const done: Code[] = [];
  columns.forEach((pointer, j) => {
    inner.push(set(y, loadPair(get(pointer))));
    [x0, x1].forEach((x, i) => {
      const to = sums[i * 4 + j]!;
      inner.push(set(to, sumOfPairs(get(to), productOfPairs(get(x), get(y)))));
      const at = get(i === 0 ? pa0 : pa1);
      done.push(store(at, difference(load(at, 8 * j), total(to)), 8 * j));
    });
  });
  for (const pointer of [pa0, pa1, ...columns]) inner.push(set(pointer, plus(get(pointer), int(16))));
  return f.write(
    repeat(
      [
        ...sums.flatMap((one) => set(one, noPair)),
        ...set(pa0, get(a)),
        ...set(pa1, plus(get(a), get(aStride))),
        ...set(end, plus(get(a), get(depth))),
        ...set(pb0, get(b)),
        ...set(pb1, plus(get(pb0), get(bStride))),
        ...set(pb2, plus(get(pb1), get(bStride))),
        ...set(pb3, plus(get(pb2), get(bStride))),
        ...repeat(inner.flat(), isBelow(get(pa0), get(end))),
        // C −= both lanes of each sum; pa0 and pa1 now point into C
        ...set(pa0, get(c)),
        ...set(pa1, plus(get(c), get(cStride))),
        ...done.flat(),
        ...set(c, plus(get(c), int(32))),
        ...set(b, plus(get(pb3), minus(get(bStride), get(depth)))),
      ],
      isBelow(get(b), get(bEnd)),
    ),
  );
}

type LocalsOf<N extends number, R extends Local[] = []> = R["length"] extends N ? R : LocalsOf<N, [...R, Local]>;

/** The bytes of the module. */
export function kernelModule(): Uint8Array {
  return assemble([tile(), eliminate(), descend(), gram(), spread(), shift(), multiply(), group()]);
}
