/** One question as people answer it: large targets, real inputs, so that fingers, keyboards and screen readers all work. */

import type { AnswerValue, Question } from "@xingfu/domain/survey";
import { element, face } from "./element.ts";
import type { Say } from "./wording.ts";

/** Told of every change; undefined = no answer any more. */
type OnChange = (value: AnswerValue | undefined) => void;

/** The inputs of a question below its heading. `labelId`: the heading's id. */
export function inputsOf(
  question: Question,
  value: AnswerValue | undefined,
  labelId: string,
  say: Say,
  onChange: OnChange,
  onRefuse: (sentence: string) => void,
): HTMLElement {
  switch (question.kind) {
    case "single":
      return choiceList(
        "radio",
        question.id,
        labelId,
        question.choices.map(({ id, label }) => ({ id, label, isChosen: value === id })),
        (chosen) => onChange(chosen[0]),
      );
    case "yesNo":
      return choiceList(
        "radio",
        question.id,
        labelId,
        [
          { id: "yes", label: say("yes"), isChosen: value === true },
          { id: "no", label: say("no"), isChosen: value === false },
        ],
        (chosen) => onChange(chosen[0] === "yes"),
      );
    case "multiple": {
      const taken = Array.isArray(value) ? value : [];
      return choiceList(
        "checkbox",
        question.id,
        labelId,
        question.choices.map(({ id, label }) => ({ id, label, isChosen: taken.includes(id) })),
        (chosen, undo) => {
          if (question.most !== null && chosen.length > question.most) {
            undo();
            onRefuse(say("tooMany", { most: question.most }));
            return;
          }
          onChange(chosen.length === 0 ? undefined : chosen);
        },
      );
    }
    case "scale":
      return scale(
        question,
        question.id,
        labelId,
        typeof value === "number" ? value : null,
        question.hasFaces,
        say,
        onChange,
      );
    case "matrix": {
      const points: Record<string, number> = {};
      if (typeof value === "object" && !Array.isArray(value)) Object.assign(points, value);
      return element(
        "div",
        { class: "matrix" },
        ...question.rows.map((row) => {
          const id = `${question.id}-${row.id}`;
          return element(
            "div",
            { class: "matrix-row" },
            element("p", { id }, row.label),
            scale(question, id, `${labelId} ${id}`, points[row.id] ?? null, false, say, (point) => {
              if (typeof point === "number") points[row.id] = point;
              onChange({ ...points });
            }),
          );
        }),
      );
    }
    case "text":
      return words(question, typeof value === "string" ? value : "", labelId, say, onChange);
  }
}

function choiceList(
  type: "radio" | "checkbox",
  name: string,
  labelId: string,
  choices: readonly { readonly id: string; readonly label: string; readonly isChosen: boolean }[],
  onChoose: (chosen: readonly string[], undo: () => void) => void,
): HTMLElement {
  const inputs = choices.map((choice) => {
    const input = element("input", { type, name, value: choice.id, checked: choice.isChosen });
    input.addEventListener("change", () => {
      const chosen = inputs.filter((one) => one.input.checked).map((one) => one.input.value);
      onChoose(chosen, () => {
        input.checked = false;
      });
    });
    return { input, label: choice.label };
  });
  return element(
    "div",
    { class: "choices", role: type === "radio" ? "radiogroup" : "group", "aria-labelledby": labelId },
    ...inputs.map(({ input, label }) => element("label", { class: "choice" }, input, element("span", {}, label))),
  );
}

interface Points {
  readonly points: number;
  readonly lowLabel: string;
  readonly highLabel: string;
}

function scale(
  { points, lowLabel, highLabel }: Points,
  name: string,
  labelId: string,
  chosen: number | null,
  hasFaces: boolean,
  say: Say,
  onChange: OnChange,
): HTMLElement {
  const steps = Array.from({ length: points }, (_, at) => {
    const point = at + 1;
    const input = element("input", {
      type: "radio",
      name,
      value: point,
      checked: chosen === point,
      "aria-label": say("point", { point, low: lowLabel, high: highLabel, points }),
    });
    input.addEventListener("change", () => onChange(point));
    return element(
      "label",
      { class: hasFaces ? "step with-face" : "step" },
      input,
      element(
        "span",
        { "aria-hidden": "true" },
        ...(hasFaces ? [face(at / Math.max(1, points - 1))] : []),
        String(point),
      ),
    );
  });
  return element(
    "div",
    { class: "scale" },
    element("div", { class: "steps", role: "radiogroup", "aria-labelledby": labelId }, ...steps),
    element(
      "div",
      { class: "ends", "aria-hidden": "true" },
      element("span", {}, say("lowEnd", { label: lowLabel })),
      element("span", {}, say("highEnd", { point: points, label: highLabel })),
    ),
  );
}

function words(
  question: Extract<Question, { kind: "text" }>,
  value: string,
  labelId: string,
  say: Say,
  onChange: OnChange,
): HTMLElement {
  const left = element("p", { class: "left", "aria-live": "polite" });
  const field = element("textarea", {
    rows: 5,
    placeholder: say("words"),
    "aria-labelledby": labelId,
    maxlength: question.most,
  });
  field.value = value;
  const tell = (): void => {
    left.textContent = say("left", { left: Math.max(0, question.most - [...field.value].length) });
  };
  field.addEventListener("input", () => {
    tell();
    onChange(field.value === "" ? undefined : field.value);
  });
  tell();
  return element("div", { class: "words" }, field, left);
}
