/** What the command line reads and prints. Writing waits until the other end has taken the text. */

import type { Writable } from "node:stream";

/** Exit codes: 0 done, 1 something broke, 2 the request or the input cannot be used. */
export const exit = { done: 0, failed: 1, refused: 2, pipeClosed: 141 } as const;

/** A sentence in both languages of the command line. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

export type Language = keyof Text;

/** A refusal with the sentence a person is told; ends the command with `exit.refused`. */
export class CommandRefusal extends Error {
  override readonly name = "CommandRefusal";
  readonly text: Text;
  constructor(text: Text, options?: ErrorOptions) {
    super(text.zh, options);
    this.text = text;
  }
}

/**
 * Chinese unless the environment names another language; "C" and "POSIX" name none.
 *
 * @param env  LC_ALL before LC_MESSAGES before LANG, as everywhere
 */
export function languageOf(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || "";
  return locale === "" || /^(zh|C$|C\.|POSIX)/i.test(locale) ? "zh" : "en";
}

/** Prints text to standard output and waits until it has been taken, so that nothing is cut off at the end. */
export function print(text: string): Promise<void> {
  return write(process.stdout, text);
}

/** Prints one line to standard error. */
export function note(line: string): Promise<void> {
  return write(process.stderr, `${line}\n`);
}

/** Prints a line of progress to standard error without waiting for it. */
export function progress(line: string): void {
  void note(line);
}

function write(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Ends quietly when the reader of a pipe (`| head`) has gone. */
export function endWithThePipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") process.exit(exit.pipeClosed);
      throw error;
    });
  }
}

/** Text of a file or a person on one line, without control characters that a terminal would obey. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

/** Everything on standard input, as text. */
export async function readStandardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString("utf8");
}

/** Columns a text takes on a terminal: Chinese characters and full-width signs take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  }
  return width;
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** One column of a printed table. */
export interface TableHead {
  readonly title: string;
  /** numbers stand right */
  readonly align?: "left" | "right";
}

/** A table in plain text, two blanks between columns and a rule under the heads; no rows give "". */
export function textTable(heads: readonly TableHead[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const widths = heads.map((head, c) => Math.max(widthOf(head.title), ...rows.map((row) => widthOf(row[c] ?? ""))));
  const line = (cells: readonly string[]): string =>
    heads
      .map((head, c) => {
        const text = cells[c] ?? "";
        const blanks = " ".repeat(Math.max(0, (widths[c] ?? 0) - widthOf(text)));
        return head.align === "right" ? blanks + text : text + blanks;
      })
      .join("  ")
      .trimEnd();
  // the last column may be a sentence; its rule need not be as long
  const rule = widths.map((width, c) => "─".repeat(c === widths.length - 1 ? Math.min(width, 20) : width)).join("  ");
  return [line(heads.map((head) => head.title)), rule, ...rows.map(line)].map((text) => `${text}\n`).join("");
}
