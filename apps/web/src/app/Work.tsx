/** What the pages one works in share: the look of forms, tables and dialogs, and the place where trails open. */

import { Outlet } from "@tanstack/react-router";
import { Suspense } from "react";
import { Waiting } from "../ui/States.tsx";
import { Theme } from "../ui/Theme.tsx";
import { TrailPlace } from "../ui/TrailPlace.tsx";

export function Work() {
  return (
    <Theme>
      <TrailPlace>
        <Suspense
          fallback={
            <div className="page">
              <Waiting lines={7} />
            </div>
          }
        >
          <Outlet />
        </Suspense>
      </TrailPlace>
    </Theme>
  );
}
