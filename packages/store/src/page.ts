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

/** The paging a query works with: whole numbers within bounds. */
export function pageWindow(paging: Paging): { readonly page: number; readonly size: number; readonly offset: number } {
  const page = Math.max(1, Math.trunc(paging.page ?? 1));
  const size = Math.min(200, Math.max(1, Math.trunc(paging.size ?? 50)));
  return { page, size, offset: (page - 1) * size };
}

/** `text` as a pattern of LIKE that finds it anywhere. */
export function anywhere(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
