/** The doors of the product: only those with something behind them, and only for those who may pass. */

import type { Session } from "@xingfu/contract";
import type { Action } from "@xingfu/domain/access";
import { ownSchools } from "../lib/session.ts";

export interface Door {
  /** key of its name in the wording */
  readonly key: string;
  readonly pages: readonly DoorPage[];
}

export interface DoorPage {
  readonly key: string;
  readonly to: string;
}

interface Entry extends DoorPage {
  /** any of these opens it; none = everybody */
  readonly needs: readonly Action[];
  /** only for a person whose roles reach the whole district */
  readonly isDistrictOnly?: boolean;
}

const doors: readonly { readonly key: string; readonly pages: readonly Entry[] }[] = [
  { key: "overview", pages: [{ key: "overview", to: "/", needs: [] }] },
  {
    key: "schools",
    pages: [
      { key: "balance", to: "/balance", needs: ["assessment.read", "school.read"] },
      { key: "growth", to: "/growth", needs: ["assessment.read", "school.read"] },
      { key: "evaluation", to: "/evaluation", needs: ["school.read"] },
      { key: "dossiers", to: "/schools", needs: ["school.read"] },
    ],
  },
  {
    key: "families",
    pages: [{ key: "surveys", to: "/surveys", needs: ["survey.manage", "school.read"] }],
  },
  {
    key: "data",
    pages: [
      { key: "import", to: "/data/import", needs: ["return.fill"] },
      { key: "states", to: "/data/states", needs: ["school.read"] },
      { key: "pupils", to: "/data/pupils", needs: ["pupils.read", "return.fill", "school.read"] },
      { key: "standards", to: "/data/standards", needs: [] },
    ],
  },
  {
    key: "system",
    pages: [
      { key: "people", to: "/system/people", needs: ["accounts.manage"] },
      { key: "organisation", to: "/system/organisation", needs: ["organisation.manage"], isDistrictOnly: true },
      { key: "audit", to: "/system/audit", needs: ["audit.read"] },
    ],
  },
];

/** The doors of one person. A person of one school gets a way straight to that school's return. */
export function doorsOf(session: Session): Door[] {
  const own = session.scope === "school" ? ownSchools(session) : [];
  return doors
    .map((door) => ({
      key: door.key,
      pages: door.pages
        .filter((page) => page.needs.length === 0 || page.needs.some((action) => session.actions.includes(action)))
        .filter((page) => page.isDistrictOnly !== true || session.scope === "district")
        .map(({ key, to }) => {
          const [school] = own;
          if (school === undefined || own.length > 1) return { key, to };
          if (key === "dossiers") return { key: "ownSchool", to: `/schools/${school}` };
          if (key === "states") return { key: "ownReturn", to: `/data/states/${school}` };
          return { key, to };
        }),
    }))
    .filter((door) => door.pages.length > 0);
}
