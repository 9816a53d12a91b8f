/** The colours of the product, once, for the style sheet, Ant Design and ECharts. */

export interface Palette {
  readonly isDark: boolean;
  readonly paper: string;
  readonly surface: string;
  readonly raised: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly ink: string;
  readonly inkSoft: string;
  readonly inkFaint: string;
  /** action */
  readonly accent: string;
  readonly accentHover: string;
  readonly accentSoft: string;
  /** text on accent */
  readonly onAccent: string;
  /** 达标 */
  readonly met: string;
  readonly metSoft: string;
  /** attention: something to look at, nothing that blocks */
  readonly amber: string;
  readonly amberSoft: string;
  readonly amberLine: string;
  /** 未达标 that blocks a verdict */
  readonly red: string;
  readonly redSoft: string;
  readonly shadow: string;
}

export const light: Palette = {
  isDark: false,
  paper: "#f6f4ee",
  surface: "#fffefb",
  raised: "#ffffff",
  line: "#e4dfd3",
  lineStrong: "#8d8677",
  ink: "#1e2a2d",
  inkSoft: "#46555a",
  inkFaint: "#5f6c70",
  accent: "#0f5b66",
  accentHover: "#0a4750",
  accentSoft: "#e1eeed",
  onAccent: "#ffffff",
  met: "#17624f",
  metSoft: "#e6f1ea",
  amber: "#855000",
  amberSoft: "#fbf0d9",
  amberLine: "#dcb25e",
  red: "#a3211b",
  redSoft: "#f9e5e2",
  shadow: "0 1px 2px rgb(60 50 30 / 6%), 0 6px 20px rgb(60 50 30 / 5%)",
};

export const dark: Palette = {
  isDark: true,
  paper: "#12181b",
  surface: "#182024",
  raised: "#1f292e",
  line: "#2d393f",
  lineStrong: "#7c8b90",
  ink: "#e7ecea",
  inkSoft: "#b6c2c3",
  inkFaint: "#96a3a5",
  accent: "#66bcc0",
  accentHover: "#88d0d3",
  accentSoft: "#17363a",
  onAccent: "#062427",
  met: "#7cc9ab",
  metSoft: "#16332a",
  amber: "#e6b469",
  amberSoft: "#382b13",
  amberLine: "#8a6a2c",
  red: "#f28d83",
  redSoft: "#421f1c",
  shadow: "0 1px 2px rgb(0 0 0 / 40%), 0 6px 20px rgb(0 0 0 / 25%)",
};

/** Only fonts that are on the machine: no font is ever downloaded. */
export const fontFamily =
  '"PingFang SC", "HarmonyOS Sans SC", "MiSans", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", ' +
  '"Noto Sans SC", "Source Han Sans SC", system-ui, -apple-system, "Segoe UI", sans-serif';

/** Hands the colours to the style sheet as custom properties. */
export function paint(palette: Palette, root: HTMLElement): void {
  for (const [name, value] of Object.entries(palette)) {
    if (typeof value !== "string") continue;
    root.style.setProperty(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
  }
  root.style.colorScheme = palette.isDark ? "dark" : "light";
  root.dataset["theme"] = palette.isDark ? "dark" : "light";
}
