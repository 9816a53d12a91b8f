/** Who is signed in, what they may do, and the year they look at. */

import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { Session } from "@xingfu/contract";
import type { Action } from "@xingfu/domain/access";
import { isSchoolYear } from "@xingfu/domain/base";
import type { SchoolYear } from "@xingfu/domain/base";
import { sessionQuery, yearsQuery } from "./query.ts";

/** The session of a page behind sign-in. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery);
  if (data === null) throw new Error("a page behind sign-in was drawn without a session");
  return data;
}

export function useMay(): (action: Action) => boolean {
  const { actions } = useSession();
  return (action) => actions.includes(action);
}

/** The school year in the address; the latest one with data when the address names none. */
export function useYear(): SchoolYear {
  const { year } = useSearch({ strict: false }) as { year?: unknown };
  const { data } = useSuspenseQuery(yearsQuery);
  return chosenYear(year, data);
}

/** The year to show: the one asked for, else the newest with data, else the current one. */
export function chosenYear(
  asked: unknown,
  known: {
    readonly years: readonly { readonly year: SchoolYear; readonly hasData: boolean }[];
    readonly current: SchoolYear;
  },
): SchoolYear {
  if (typeof asked === "number" && isSchoolYear(asked)) return asked;
  const withData = known.years.filter((entry) => entry.hasData).map((entry) => entry.year);
  return withData.toSorted((a, b) => b - a)[0] ?? known.current;
}

/** Whether the first page has figures for this person; else it is the system's home. */
export function readsOverview({ actions }: Session): boolean {
  return actions.includes("assessment.read") || actions.includes("school.read");
}

/** The school codes of a person whose roles sit on schools. */
export function ownSchools(session: Session): string[] {
  return session.roles.flatMap((role) => (role.schoolCode === null ? [] : [role.schoolCode]));
}

export function useIsSample(): boolean {
  const { data } = useQuery(sessionQuery);
  return data?.district.isSample ?? false;
}
