/** The page of people who answer: reads the key behind the #, opens the form, hands the sheet in. One small script. */

import type { OpenSurveyForm } from "@xingfu/contract";
import type { Sheet } from "@xingfu/domain/survey";
import { dark, fontFamily, light, paint } from "../../../lib/palette.ts";
import { button, element } from "./element.ts";
import { mountForm } from "./page.ts";
import type { Draft, Sent } from "./page.ts";
import { sayChinese as say } from "./wording.ts";
import "./answer.css";

const root = document.getElementById("answer");
if (root === null) throw new Error("answer.html has no #answer");
const place = root;
const key = location.hash.slice(1);

document.documentElement.style.setProperty("--font", fontFamily);
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const repaint = (): void => paint(prefersDark.matches ? dark : light, document.documentElement);
repaint();
prefersDark.addEventListener("change", repaint);

interface Reply {
  readonly status: number;
  readonly body: unknown;
  /** seconds after which to come back */
  readonly retryAfter: number;
}

/** null = the server was not reached. */
async function post(path: string, body: object): Promise<Reply | null> {
  try {
    const reply = await fetch(`/api/v1/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      credentials: "omit", // whoever is signed in on this phone: the answer knows nobody
      referrerPolicy: "no-referrer",
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    return {
      status: reply.status,
      body: text === "" ? null : (JSON.parse(text) as unknown),
      retryAfter: Number(reply.headers.get("retry-after")) || 5,
    };
  } catch {
    return null;
  }
}

function field(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
}

function textIn(body: unknown, name: string): string {
  const value = field(body, name);
  return typeof value === "string" ? value : "";
}

/** Why the form is not open, as a sentence. */
function refusal(body: unknown): { readonly why: string; readonly sentence: string } {
  const fields = field(body, "fields");
  const why = textIn(fields, "why") || "unknown";
  const days = { opensOn: textIn(fields, "opensOn"), closesOn: textIn(fields, "closesOn") };
  return { why, sentence: say(`refused.${why}`, days) };
}

/** Pupils often share a machine: what they began is kept for this tab only. */
function shelfFor(party: string): Storage | null {
  try {
    return party === "pupils" ? sessionStorage : localStorage;
  } catch {
    return null; // closed by a policy of the browser: nothing is kept, the page works all the same
  }
}

interface Kept extends Draft {
  readonly sheetId: string;
}

function readKept(shelf: Storage | null, name: string): Kept | null {
  try {
    const value: unknown = JSON.parse(shelf?.getItem(name) ?? "null");
    const sheet = field(value, "sheet");
    const sheetId = field(value, "sheetId");
    if (typeof sheet !== "object" || sheet === null || typeof sheetId !== "string") return null;
    return { sheet: sheet as Sheet, at: Number(field(value, "at")) || 0, sheetId };
  } catch {
    return null;
  }
}

/** A random UUID (version 4), also where the page is not served by https. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function start(opened: OpenSurveyForm): void {
  document.title = opened.title;
  const shelf = shelfFor(opened.party);
  const name = `xingfu.answer.${key.slice(-12)}`;
  const kept = readKept(shelf, name);
  const sheetId = kept?.sheetId ?? newId();
  let attempts = 0;
  mountForm({
    root: place,
    head: opened,
    form: opened.form,
    say,
    draft: kept,
    keep: (draft) => {
      try {
        if (draft === null) shelf?.removeItem(name);
        else shelf?.setItem(name, JSON.stringify({ ...draft, sheetId }));
      } catch {
        // a full storage costs the draft, not the answer
      }
    },
    toTop: () => scrollTo(0, 0),
    async send(sheet): Promise<Sent> {
      const reply = await post("survey-answer", { key, party: opened.party, sheetId, sheet });
      attempts += 1;
      if (reply === null || reply.status >= 500) {
        if (attempts >= 6) {
          attempts = 0;
          return { kind: "failed" };
        }
        return { kind: "wait", why: "offline", seconds: Math.min(30, 2 ** attempts) };
      }
      if (reply.status < 300) return { kind: "stored" };
      // so that a hall full of phones does not come back in the same second
      if (reply.status === 429)
        return { kind: "wait", why: "slow", seconds: reply.retryAfter + Math.ceil(Math.random() * 8) };
      const problems = field(field(reply.body, "fields"), "problems");
      if (reply.status === 422 && Array.isArray(problems))
        return { kind: "question", id: textIn(problems[0], "question") };
      const { why, sentence } = refusal(reply.body);
      // the first try was stored and only its reply was lost
      if (why === "spent" && attempts > 1) return { kind: "stored" };
      return { kind: "refused", sentence };
    },
  });
}

function tell(title: string, sentence: string, retry: (() => void) | null): void {
  place.replaceChildren(
    element(
      "main",
      { class: "screen thanks" },
      element("h1", {}, title),
      element("p", { class: "lead" }, sentence),
      retry === null ? null : button(say("retry"), "main-button", retry),
    ),
  );
}

async function open(): Promise<void> {
  place.replaceChildren(element("p", { class: "screen quiet", role: "status" }, say("waiting")));
  if (key === "") {
    tell(say("cannot"), say("refused.unknown"), null);
    return;
  }
  const reply = await post("survey-form", { key });
  if (reply === null || reply.status >= 500 || reply.status === 429) {
    tell(say("cannot"), say("unreachable"), () => void open());
    return;
  }
  if (reply.status >= 300) tell(say("cannot"), refusal(reply.body).sentence, null);
  else start(reply.body as OpenSurveyForm); // held to the contract by the server's tests
}

// another link opened in the same tab
addEventListener("hashchange", () => location.reload());
void open();
