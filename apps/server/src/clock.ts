/** Days and times as the people who read them live them: in China. */

const day = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short" });
const minute = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });

/** ISO date of a moment in China. */
export function chinaDay(moment: Date): string {
  return day.format(moment);
}

/** "2025-10-08 09:30", time of China. */
export function chinaMinute(moment: Date): string {
  return minute.format(moment);
}
