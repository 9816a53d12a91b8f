/** The numbers of the preschool assessment: the national document on a date. */

import { tableAt } from "@xingfu/standards";
import { Fault } from "../base/index.ts";

/** Every number of the assessment. A plain record: its canonical text is what the rules' hash is made of. */
export interface PreschoolRules {
  readonly id: string;
  /** edition: the last date on which an entry came into force */
  readonly version: string;
  /** ISO date on which the rules are taken */
  readonly date: string;
  /** shares, 0–1 */
  readonly coverage: { readonly A1: number; readonly A2: number; readonly A3: number };
  readonly C1: {
    readonly outdoorM2: number;
    readonly roomM2: number;
    readonly floorM2: number;
    /** floor area is asked of kindergartens of later years only; the year itself is not settled */
    readonly plannedYear: number;
    readonly books: number;
  };
  readonly C2: {
    readonly share: number;
    /** children of a class: 小班 中班 大班 混合班 */
    readonly young: number;
    readonly middle: number;
    readonly top: number;
    readonly mixed: number;
  };
  readonly C3: { readonly pupilsPerTeacher: number };
  readonly C4: { readonly share: number };
  readonly recognition: { readonly share: number };
}

const documentId = "moe-2020-preschool-universal";

/**
 * The rules in force on a date.
 *
 * @throws Fault RULES_INVALID for a date before the document
 * @source moe-2020-preschool-universal
 */
export function preschoolRules(date: string): PreschoolRules {
  const numbers = new Map<string, number>();
  let version = "";
  for (const name of ["coverage", "care", "recognition"]) {
    for (const entry of tableAt(`${documentId}/${name}`, date).entries) {
      if (entry.effectiveFrom > version) version = entry.effectiveFrom;
      for (const [key, { value }] of Object.entries(entry.fields))
        if (typeof value === "number") numbers.set(`${entry.id}.${key}`, value);
    }
  }
  const at = (path: string): number => {
    const value = numbers.get(path);
    if (value !== undefined) return value;
    throw new Fault("RULES_INVALID", {
      reference: `${documentId}/${path}`,
      problem: numbers.size === 0 ? `not in force on ${date}` : "has no number",
    });
  };
  return {
    id: documentId,
    version,
    date,
    coverage: { A1: at("A1.threshold"), A2: at("A2.threshold"), A3: at("A3.threshold") },
    C1: {
      outdoorM2: at("C1.outdoorM2"),
      roomM2: at("C1.roomM2"),
      floorM2: at("C1.floorM2"),
      plannedYear: at("C1.plannedYear"),
      books: at("C1.books"),
    },
    C2: {
      share: at("C2.share"),
      young: at("C2.young"),
      middle: at("C2.middle"),
      top: at("C2.top"),
      mixed: at("C2.mixed"),
    },
    C3: { pupilsPerTeacher: at("C3.pupilsPerTeacher") },
    C4: { share: at("C4.share") },
    recognition: { share: at("satisfaction.share") },
  };
}
