/** Starts the app: colours first, then wording, then the first page. */

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { router } from "./app/router.tsx";
import { startWording } from "./lib/i18n.ts";
import { dark, fontFamily, light, paint } from "./lib/palette.ts";
import { isDarkNow, onDarkChange } from "./lib/preferences.ts";
import { queryClient, sessionQuery } from "./lib/query.ts";
import "./ui/base.css";
import "./ui/table.css";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");

document.documentElement.style.setProperty("--font", fontFamily);
const repaint = (): void => paint(isDarkNow() ? dark : light, document.documentElement);
repaint();
onDarkChange(repaint);
// asked for at once, so that it travels while the wording does; the router reports a failure
queryClient.query(sessionQuery).catch(() => undefined);
// page and wording travel side by side
router.load().catch(() => undefined);
await startWording(firstPart(location.pathname));

/** The part whose wording the first page needs. */
function firstPart(path: string): string {
  if (path.startsWith("/sign-in") || path.startsWith("/account")) return "session";
  if (path.startsWith("/balance")) return "balance";
  return path === "/" ? "overview" : "common";
}

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
