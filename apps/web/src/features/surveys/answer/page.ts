/** The way through a form: greeting, one question at a time, handing in, thanks. */

import type { AnswerValue, Form, Question, Sheet } from "@xingfu/domain/survey";
import { askedQuestions, isComplete } from "@xingfu/domain/survey";
import { button, element } from "./element.ts";
import { inputsOf } from "./questions.ts";
import type { Say } from "./wording.ts";

/** What the greeting says beside the form. */
export interface FormHead {
  readonly title: string;
  readonly asker: string;
  readonly purpose: string;
  readonly closesOn: string;
  readonly unitName: string | null;
  readonly isSample: boolean;
}

/** "stored"; "spent" when the token was used; the first question that was not taken; or what to wait for. */
export type Sent =
  | { readonly kind: "stored" }
  | { readonly kind: "refused"; readonly sentence: string }
  | { readonly kind: "question"; readonly id: string }
  | { readonly kind: "wait"; readonly seconds: number; readonly why: "slow" | "offline" }
  | { readonly kind: "failed" };

export interface Draft {
  readonly sheet: Sheet;
  readonly at: number;
}

export interface FormOptions {
  readonly root: HTMLElement;
  readonly head: FormHead;
  readonly form: Form;
  readonly say: Say;
  /** what was begun earlier; null = nothing */
  readonly draft: Draft | null;
  /** called at every change, so that nothing typed is lost */
  readonly keep: (draft: Draft | null) => void;
  /** brings the top of the page into view */
  readonly toTop: () => void;
  /** hands the sheet in; null = a preview */
  readonly send: ((sheet: Sheet) => Promise<Sent>) | null;
}

/** Draws the form into `root` and takes it through to the end. */
export function mountForm({ root, head, form, say, draft, keep, toTop, send }: FormOptions): void {
  const isPupil = form.party === "pupils";
  let sheet: Record<string, AnswerValue> = { ...draft?.sheet };
  let at = draft?.at ?? 0;

  const show = (screen: HTMLElement, focus: HTMLElement | null): void => {
    root.replaceChildren(screen);
    toTop();
    focus?.focus({ preventScroll: true });
  };
  const note = (): HTMLElement => element("p", { class: "alert", role: "alert" });

  function greet(isFirst: boolean): void {
    const fact = (label: string, value: string): HTMLElement =>
      element("div", {}, element("dt", {}, label), element("dd", {}, value));
    const heading = element("h1", { tabindex: -1 }, head.title);
    const begin = (isAnew: boolean): void => {
      if (isAnew) {
        sheet = {};
        at = 0;
        keep(null);
      }
      ask();
    };
    const hasDraft = Object.keys(sheet).length > 0;
    show(
      element(
        "main",
        { class: isPupil ? "screen greeting for-pupils" : "screen greeting" },
        head.isSample ? element("p", { class: "sample" }, say("sample")) : null,
        send === null ? element("p", { class: "sample" }, say("preview")) : null,
        heading,
        form.greeting === "" ? null : element("p", { class: "lead" }, form.greeting),
        element(
          "dl",
          {},
          ...(head.unitName === null ? [] : [fact(say("school"), head.unitName)]),
          fact(say("asker"), head.asker),
          fact(say("purpose"), head.purpose),
          fact(say("until"), head.closesOn),
        ),
        element(
          "section",
          { class: "promise" },
          element("h2", {}, say("anonymousTitle")),
          element("p", {}, say(isPupil ? "anonymousPupil" : "anonymous")),
        ),
        element("p", { class: "quiet" }, say("length", { count: askedQuestions(form, {}).length })),
        element(
          "div",
          { class: "go" },
          button(say(hasDraft ? "resume" : "begin"), "main-button", () => begin(false)),
          hasDraft ? button(say("again"), "quiet-button", () => begin(true)) : null,
        ),
      ),
      isFirst ? null : heading,
    );
  }

  function ask(problem = ""): void {
    const asked = askedQuestions(form, sheet);
    at = Math.min(Math.max(0, at), asked.length - 1);
    const question = asked[at];
    if (question === undefined) return;
    const isLast = at === asked.length - 1;
    const labelId = "question";
    const heading = element("h1", { id: labelId, tabindex: -1 }, question.text);
    const alert = note();
    alert.textContent = problem;
    const onward = button(isLast ? say("send") : say("next"), "main-button", () => go(question, alert, onward));
    const onChange = (value: AnswerValue | undefined): void => {
      if (value === undefined) delete sheet[question.id];
      else sheet[question.id] = value;
      alert.textContent = "";
      keep({ sheet, at });
      // an answer may open or close questions behind it
      const now = askedQuestions(form, sheet).length;
      onward.textContent = at === now - 1 ? say("send") : say("next");
      bar.replaceWith((bar = progress(at + 1, now)));
    };
    let bar = progress(at + 1, asked.length);
    show(
      element(
        "main",
        { class: isPupil ? "screen for-pupils" : "screen" },
        bar,
        heading,
        element("p", { class: "quiet" }, hint(question)),
        question.note === "" ? null : element("p", { class: "note" }, question.note),
        inputsOf(question, sheet[question.id], labelId, say, onChange, (sentence) => {
          alert.textContent = sentence;
        }),
        alert,
        element(
          "div",
          { class: "go" },
          onward,
          button(say("previous"), "quiet-button", () => {
            if (at === 0) greet(false);
            else {
              at -= 1;
              ask();
            }
          }),
        ),
      ),
      heading,
    );
  }

  function progress(done: number, all: number): HTMLElement {
    const bar = element("div", { class: "bar" }, element("i", { style: `width:${Math.round((100 * done) / all)}%` }));
    return element("div", { class: "progress" }, element("span", {}, say("progress", { at: done, all })), bar);
  }

  function hint(question: Question): string {
    const parts = [question.isRequired ? say("required") : say("optional")];
    if (question.kind === "single") parts.push(say("chooseOne"));
    if (question.kind === "multiple")
      parts.push(question.most === null ? say("chooseAny") : say("chooseMost", { most: question.most }));
    return parts.join(" · ");
  }

  function go(question: Question, alert: HTMLElement, onward: HTMLButtonElement): void {
    const value = sheet[question.id];
    if (question.isRequired && !isComplete(question, value)) {
      const isMatrix = question.kind === "matrix" && value !== undefined && typeof value === "object";
      const count = isMatrix ? question.rows.length - Object.keys(value).length : 0;
      alert.textContent = isMatrix ? say("needRows", { count }) : say("needAnswer");
      return;
    }
    if (at < askedQuestions(form, sheet).length - 1) {
      at += 1;
      keep({ sheet, at });
      ask();
      return;
    }
    if (send === null) {
      at = 0;
      thank();
      return;
    }
    onward.disabled = true;
    alert.textContent = say("sending");
    void handIn(send, alert, onward);
  }

  async function handIn(
    hand: NonNullable<FormOptions["send"]>,
    alert: HTMLElement,
    onward: HTMLButtonElement,
  ): Promise<void> {
    for (;;) {
      const sent = await hand(sheet);
      if (sent.kind === "wait") {
        for (let seconds = sent.seconds; seconds > 0; seconds -= 1) {
          alert.textContent = say(sent.why, { seconds });
          await new Promise((done) => setTimeout(done, 1000));
        }
        continue;
      }
      if (sent.kind === "stored") {
        keep(null);
        thank();
      } else if (sent.kind === "question") {
        at = Math.max(
          0,
          askedQuestions(form, sheet).findIndex((question) => question.id === sent.id),
        );
        ask(say("needAnswer"));
      } else {
        alert.textContent = sent.kind === "refused" ? sent.sentence : say("failed");
        onward.disabled = false;
      }
      return;
    }
  }

  function thank(): void {
    const heading = element("h1", { tabindex: -1 }, say(isPupil ? "thanksPupil" : "thanks"));
    const tick = element("div", { class: "tick", "aria-hidden": "true" }, "✓");
    show(
      element(
        "main",
        { class: "screen thanks" },
        tick,
        heading,
        element("p", { class: "lead" }, say(isPupil ? "thanksTextPupil" : "thanksText")),
        send === null ? button(say("again"), "quiet-button", () => greet(false)) : null,
      ),
      heading,
    );
  }

  greet(true);
}
