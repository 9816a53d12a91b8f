/** Numbers, shares, dates and sizes as people read them. A figure that is absent is never formatted: see Gap. */

import type { Indicator } from "@xingfu/domain/balance";
import { decimalsBeside } from "@xingfu/domain/base";

const cache = new Map<string, Intl.NumberFormat>();

function formatter(decimals: number): Intl.NumberFormat {
  const key = String(decimals);
  let made = cache.get(key);
  if (made === undefined) {
    made = new Intl.NumberFormat("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    cache.set(key, made);
  }
  return made;
}

/** A number with thousands separators and exactly `decimals` places: 12,345.60 */
export function number(value: number, decimals = 0): string {
  return formatter(decimals).format(value).replace("-", "\u2212");
}

/** A number with as many places as it needs, at most `most`: 4.5, 2,000 */
export function plain(value: number, most = 2): string {
  const rounded = Number(value.toFixed(most));
  const decimals = Number.isInteger(rounded) ? 0 : (String(rounded).split(".")[1]?.length ?? 0);
  return number(rounded, Math.min(decimals, most));
}

/** A share 0–1 as a percentage: 0.853 → 85.3% */
export function percent(share: number, decimals = 1): string {
  return `${number(share * 100, decimals)}%`;
}

/** A change with its sign: +0.30, −1.20 */
export function signed(value: number, decimals = 2): string {
  const text = number(Math.abs(value), decimals);
  if (Number(text.replaceAll(",", "")) === 0) return text;
  return value > 0 ? `+${text}` : `\u2212${text}`;
}

/**
 * Rounds an amount that is missing up, because a school that gets one square metre less than needed still fails:
 * whole people, rooms and yuan; m² to one place.
 */
export function missing(amount: number, indicator: Indicator): number {
  const places = indicator === "R4" || indicator === "R5" ? 1 : 0;
  const scale = 10 ** places;
  const nearest = Math.round(amount * scale);
  // a sum that is whole but for floating-point dust is not raised by one
  if (Math.abs(amount * scale - nearest) < 1e-6) return nearest / scale;
  return Math.ceil(amount * scale) / scale;
}

/** Decimals a figure of the indicator is shown with. */
export function decimalsOf(indicator: Indicator): number {
  return indicator === "R6" ? 0 : 2;
}

/** A figure of an indicator beside its threshold, with the decimals that tell one from the other. */
export function beside(value: number, indicator: Indicator, threshold: number): string {
  return number(value, decimalsBeside(value, threshold, decimalsOf(indicator)));
}

/** Times are those of the district, whatever the clock of the machine says: a deadline is one moment for everybody. */
const beijing = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });

/** The offset of that time, for what is typed in it. */
export const districtOffset = "+08:00";

/** Date and time in the district: 2026-01-09 14:05 */
export function moment(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : beijing.format(date);
}

/** Date in the district: 2026-01-09. A plain date passes through. */
export function day(iso: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(iso) ? iso : (moment(iso).split(" ")[0] ?? iso);
}

/** Today's date in the district. */
export function today(): string {
  return day(new Date().toISOString());
}

/** A size in bytes: 2.4 MB */
export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${number(count / 1024, 0)} kB`;
  return `${number(count / 1024 / 1024, 1)} MB`;
}

/** First characters of a hash, enough to compare by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
