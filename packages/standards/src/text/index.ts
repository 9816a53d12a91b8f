/**
 * A scheme as the text of its file, and back. Apart from the rest, because only the editor and whoever reads a file by hand
 * needs the parser.
 */

import { LineCounter, parseDocument, stringify } from "yaml";
import { isLoose } from "../provenance.ts";
import type { Loose } from "../provenance.ts";

/** Why a text is no record of a scheme: the parser's own words, and the line it stumbled on (1 = first). */
export interface TextProblem {
  readonly line: number;
  readonly message: string;
}

/** Far above any real scheme (the longest that ships has 7 kB); a longer text is refused before it is parsed. */
const longestText = 512 * 1024;

/** The record a text holds, or where it cannot be read. Aliases that would blow up into a huge record are refused. */
export function readSchemeText(text: string): { readonly written: Loose | null; readonly problem: TextProblem | null } {
  const refuse = (line: number, message: string) => ({ written: null, problem: { line, message } });
  if (text.length > longestText) return refuse(1, `longer than ${longestText / 1024} kB`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) return refuse(lines.linePos(error.pos[0]).line, error.message);
  try {
    const value: unknown = document.toJS({ maxAliasCount: 200 });
    return isLoose(value) ? { written: value, problem: null } : refuse(1, "not a record");
  } catch (thrown) {
    return refuse(1, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** The text of a record, as a person would write it; reads back as an equal record. */
export function writeSchemeText(written: Loose): string {
  return stringify(written, { lineWidth: 0, aliasDuplicateObjects: false });
}
