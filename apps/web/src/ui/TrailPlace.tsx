/** The one place a trail opens in: any figure on any page can ask for it. */

import { createContext, lazy, Suspense, useCallback, useContext, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { Verdict } from "@xingfu/domain/base";
import type { SchoolYear, Section, Trail } from "@xingfu/domain/base";

/** What is asked to be shown: a trail, worked out only now, with what surrounds it. */
export interface TrailAsked {
  readonly title: string;
  readonly subtitle?: string;
  readonly year: SchoolYear;
  readonly trail: Trail;
  readonly unit?: string;
  readonly numeratorUnit?: string;
  readonly decimals?: number;
  /** limit in words, "≥ 4.5 m²/生" */
  readonly limit?: string;
  readonly verdict?: Verdict;
  /** sections of the return whose reporter is shown */
  readonly sections: readonly Section[];
  readonly schoolCode?: string;
  readonly inputsHash?: string | null;
  readonly rulesHash?: string;
  /** true when the figure is of a what-if and not of reported data */
  readonly isWhatIf?: boolean;
}

const TrailContext = createContext<(asked: TrailAsked) => void>(() => undefined);
const TrailDrawer = lazy(async () => ({ default: (await import("./TrailDrawer.tsx")).TrailDrawer }));

export function useTrail(): (asked: TrailAsked) => void {
  return useContext(TrailContext);
}

export function TrailPlace({ children }: { readonly children: ReactNode }) {
  const [asked, setAsked] = useState<TrailAsked | null>(null);
  const [isOpen, setOpen] = useState(false);
  const open = useCallback((next: TrailAsked) => {
    setAsked(next);
    setOpen(true);
  }, []);
  const close = useMemo(() => () => setOpen(false), []);
  return (
    <TrailContext value={open}>
      {children}
      {asked === null ? null : (
        <Suspense fallback={null}>
          <TrailDrawer asked={asked} isOpen={isOpen} onClose={close} />
        </Suspense>
      )}
    </TrailContext>
  );
}
