/** Answers of people without an account: taken fast, slowed per address when one place sends too many, never dropped. */

import { routes } from "@xingfu/contract";
import type { Form, SurveyParty } from "@xingfu/domain/survey";
import { readSheet } from "@xingfu/domain/survey";
import { readSurveyKey } from "@xingfu/store";
import type { OpenedForm, Opening, Store, SurveyKey } from "@xingfu/store";
import type { Deps } from "../deps.ts";
import { Refusal } from "../refusal.ts";
import { Pace } from "./pace.ts";

/** Answers of one address and school within a day from which on the school is flagged. */
const flagFrom = 1000;
/** Flags are written once per so many answers, so that they cost nothing. */
const flagStep = 50;
/** Forms kept in memory; a form never changes once it is open. */
const mostForms = 500;
/** Addresses and schools counted at most; the one untouched for longest goes first. */
const mostCounts = 20_000;

export interface Intake {
  /** the open form behind a key; SURVEY_REFUSED says why not */
  open(key: SurveyKey): Promise<OpenedForm & { readonly form: Form; readonly party: SurveyParty }>;
  /** the form for a party of an open survey, from memory where it was read before */
  formFor(key: SurveyKey, party: SurveyParty): Promise<Form>;
  forget(surveyId: number): void;
}

export function createIntake(store: Store): Intake {
  const forms = new Map<string, Form>();
  const nameOf = (key: SurveyKey, party: string): string => `${key.districtId}/${key.surveyId}/${party}`;

  async function open(key: SurveyKey): ReturnType<Intake["open"]> {
    const opened = await store.gate.readSurveyForm(key);
    if (opened === null) return refuse("unknown");
    const { outcome, form, party, opensOn, closesOn } = opened;
    if (outcome !== "open" || form === null || party === null)
      return refuse(outcome === "open" ? "unknown" : outcome, opensOn, closesOn);
    forms.delete(nameOf(key, party));
    forms.set(nameOf(key, party), form);
    const [oldest] = forms.keys();
    if (forms.size > mostForms && oldest !== undefined) forms.delete(oldest);
    return { ...opened, form, party };
  }

  return {
    open,
    async formFor(key, party) {
      const known = forms.get(nameOf(key, party));
      if (known !== undefined) return known;
      const opened = await open(key);
      if (opened.party !== party) refuse("unknown");
      return opened.form;
    },
    forget(surveyId) {
      for (const name of forms.keys()) if (name.split("/")[1] === String(surveyId)) forms.delete(name);
    },
  };
}

function refuse(why: Exclude<Opening, "open">, opensOn: string | null = null, closesOn: string | null = null): never {
  throw new Refusal("SURVEY_REFUSED", { why, opensOn, closesOn });
}

export function serveIntake({ serve, store, now }: Deps, intake: Intake, answersPerMinute: number): void {
  const pace = new Pace(answersPerMinute, now);
  /** answers by day, address and school; the address stays in this memory and is never written anywhere */
  const counts = new Map<string, number>();

  /** Lets an address go on, or says when it may. */
  function slow(address: string): void {
    const wait = pace.take(address);
    if (wait > 0) throw new Refusal("RATE_LIMITED", { retryAfterSeconds: wait });
  }

  async function count(address: string, key: SurveyKey, unitId: number): Promise<void> {
    const name = `${Math.floor(now().getTime() / 86_400_000)} ${address} ${key.districtId} ${key.surveyId} ${unitId}`;
    const answers = (counts.get(name) ?? 0) + 1;
    counts.delete(name);
    counts.set(name, answers);
    const [oldest] = counts.keys();
    if (counts.size > mostCounts && oldest !== undefined) counts.delete(oldest);
    if (answers < flagFrom || (answers - flagFrom) % flagStep !== 0) return;
    const { districtId, surveyId } = key;
    await store.gate.flagSurvey({ districtId, surveyId, unitId, answers: answers === flagFrom ? flagFrom : flagStep });
  }

  serve(routes.openSurveyForm, async ({ body }) => {
    const key = readSurveyKey(body.key);
    if (key === null) return refuse("unknown");
    const { title, asker, purpose, closesOn, districtName, unitName, isSample, party, form } = await intake.open(key);
    return { title, asker, purpose, closesOn, districtName, unitName, isSample, party, form };
  });

  serve(routes.answerSurvey, async ({ body, request }) => {
    const key = readSurveyKey(body.key);
    if (key === null) return refuse("unknown");
    slow(request.ip);
    const form = await intake.formFor(key, body.party);
    const { sheet, problems } = readSheet(form, body.sheet);
    if (problems.length > 0) throw new Refusal("SURVEY_SHEET_INVALID", { problems: problems.slice(0, 20) });
    const { outcome, unitId } = await store.gate.answerSurvey(key, { party: body.party, sheet, sheetId: body.sheetId });
    if (outcome !== "stored") {
      if (outcome === "closed") intake.forget(key.surveyId);
      return refuse(outcome);
    }
    if (unitId !== null) await count(request.ip, key, unitId);
  });
}
