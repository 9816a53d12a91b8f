/** The only source of randomness in the repository: a seeded generator whose stream is the same on every machine. */

/** A stream of draws. Two streams with the same seed give the same numbers. */
export interface Random {
  /** uniform on [0, 1), 53 bits */
  uniform(): number;
  /** standard normal */
  normal(): number;
  /** uniform integer in [0, below) */
  integer(below: number): number;
}

/**
 * A seeded stream: xoshiro128** (Blackman and Vigna 2018), its state filled from the seed by splitmix32; normals by
 * the polar method.
 *
 * @param seed  any finite number; only its lower 32 bits count
 */
export function seededRandom(seed: number): Random {
  let mix = seed | 0;
  const fill = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let t = mix ^ (mix >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return t ^ (t >>> 15);
  };
  let a = fill();
  let b = fill();
  let c = fill();
  let d = fill();
  const next = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
  const uniform = (): number => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  let spare: number | undefined;
  return {
    uniform,
    normal() {
      if (spare !== undefined) {
        const kept = spare;
        spare = undefined;
        return kept;
      }
      for (;;) {
        const u = 2 * uniform() - 1;
        const v = 2 * uniform() - 1;
        const s = u * u + v * v;
        if (s === 0 || s >= 1) continue;
        const factor = Math.sqrt((-2 * Math.log(s)) / s);
        spare = v * factor;
        return u * factor;
      }
    },
    integer: (below) => Math.floor(uniform() * below),
  };
}
