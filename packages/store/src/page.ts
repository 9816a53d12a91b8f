/** Shapes that several parts share. */

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** from 1 */
  readonly page: number;
  readonly size: number;
  readonly total: number;
}

export interface Paging {
  /** from 1; 1 when left out */
  readonly page?: number;
  /** 50 when left out, 200 at most */
  readonly size?: number;
}

/** Who did something, and when (ISO time, UTC). */
export interface By {
  readonly accountId: number | null;
  readonly name: string | null;
  readonly at: string;
}
