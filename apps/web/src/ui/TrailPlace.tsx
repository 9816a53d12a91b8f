/** The one place a trail opens in: any figure on any page can ask for it. */

import { createContext, lazy, Suspense, useCallback, useContext, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { TrailAsked } from "./trail.ts";

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
