/** A district's own scheme, edited: tree, form and text of the same record side by side, its problems beside their place. */

import type { Scheme, SchemeProblem } from "@xingfu/standards";
import { readSchemeText, writeSchemeText } from "@xingfu/standards/text";
import type { TextProblem } from "@xingfu/standards/text";
import { Button, Segmented } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { saveBlob } from "../../lib/api.ts";
import { useIsPhone } from "../../lib/preferences.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Empty } from "../../ui/States.tsx";
import { compareSchemes } from "./compare-schemes.ts";
import type { SchemeDifference } from "./compare-schemes.ts";
import { EditTree } from "./EditTree.tsx";
import { NodeForm } from "./NodeForm.tsx";
import { problemWords, textProblemWords } from "./problem-words.ts";
import { differenceWords } from "./scheme-words.ts";
import { SchemeHead } from "./SchemeHead.tsx";
import { SchemeTree } from "./SchemeTree.tsx";
import { WholeForm } from "./WholeForm.tsx";
import { compileWritten, nodeAt, placeOf, textOf, withNode } from "./written.ts";
import type { Place, Written } from "./written.ts";

interface Props {
  readonly written: Written;
  /** what it was copied from; null = written from nothing */
  readonly original: Scheme | null;
  /** the kept text where it cannot be read as a record; null = it can */
  readonly unreadable: string | null;
  /** a try of the scheme on earlier data */
  readonly trial: ReactNode;
  readonly onChange: (written: Written) => void;
}

type View = "form" | "text" | "preview" | "compare" | "trial";

/** Steps one may take back. */
const longestHistory = 100;

export function SchemeEditor({ written, original, unreadable, trial, onChange }: Props) {
  const { t } = useTranslation("evaluation");
  const isPhone = useIsPhone();
  const [place, setPlace] = useState<Place>([]);
  const [view, setView] = useState<View>(unreadable === null ? "form" : "text");
  const [past, setPast] = useState<readonly Written[]>([]);
  const [future, setFuture] = useState<readonly Written[]>([]);
  const { scheme, problems } = useMemo(() => compileWritten(written), [written]);
  const differences = useMemo(
    () => (original === null || scheme === null ? null : compareSchemes(original, scheme)),
    [original, scheme],
  );
  const changed = useMemo(() => new Set(differences?.flatMap(({ node }) => node ?? []) ?? []), [differences]);
  const form = useRef<HTMLDivElement>(null);

  const change = (next: Written, at: Place = place): void => {
    setPast([...past, written].slice(-longestHistory));
    setFuture([]);
    setPlace(at);
    onChange(next);
  };
  const undo = (): void => {
    const last = past.at(-1);
    if (last === undefined) return;
    setPast(past.slice(0, -1));
    setFuture([written, ...future]);
    settle(last);
  };
  const redo = (): void => {
    const [next, ...rest] = future;
    if (next === undefined) return;
    setPast([...past, written]);
    setFuture(rest);
    settle(next);
  };
  const settle = (next: Written): void => {
    if (nodeAt(next, place) === undefined) setPlace([]);
    onChange(next);
  };
  const goTo = (problem: SchemeProblem): void => {
    setView("form");
    setPlace(placeOf(written, problem.path));
    // the form of that place is drawn in the next frame
    requestAnimationFrame(() =>
      form.current?.querySelector<HTMLElement>(".wrong input, .wrong textarea, .wrong button")?.focus(),
    );
  };

  return (
    <div className="stack">
      <Problems problems={problems} written={written} onGo={goTo} />
      <div className="row apart no-print">
        <Segmented<View>
          value={view}
          onChange={setView}
          aria-label={t("edit.view")}
          options={[
            { value: "form", label: t("edit.asForm") },
            { value: "text", label: t(isPhone ? "edit.asText" : "edit.asBoth") },
            { value: "preview", label: t("edit.preview") },
            ...(original === null ? [] : [{ value: "compare" as const, label: t("edit.compareWith") }]),
            { value: "trial", label: t("trial.title") },
          ]}
        />
        <span className="row">
          <Button onClick={undo} disabled={past.length === 0}>
            {t("edit.undo")}
          </Button>
          <Button onClick={redo} disabled={future.length === 0}>
            {t("edit.redo")}
          </Button>
          <Button
            onClick={() =>
              saveBlob(
                new Blob([writeSchemeText(written)], { type: "application/yaml;charset=utf-8" }),
                `${textOf(written["id"]) || "scheme"}-${textOf(written["version"])}.yaml`,
              )
            }
          >
            {t("edit.download")}
          </Button>
        </span>
      </div>
      {view === "form" || view === "text" ? (
        <div className={view === "text" ? "editor with-text" : "editor"}>
          {view === "text" && isPhone ? null : (
            <>
              <Sheet>
                <EditTree
                  written={written}
                  problems={problems}
                  changed={changed}
                  place={place}
                  onPlace={setPlace}
                  onEdit={change}
                />
              </Sheet>
              <div ref={form}>
                <Sheet title={place.length === 0 ? t("edit.whole") : textOf(nodeAt(written, place)?.["id"])}>
                  {place.length === 0 ? (
                    <WholeForm written={written} problems={problems} onChange={(next) => change(next)} />
                  ) : (
                    <NodeForm
                      key={place.join(".")}
                      written={written}
                      place={place}
                      problems={problems.filter(({ path }) => placeOf(written, path).join(".") === place.join("."))}
                      onChange={(node) => change(withNode(written, place, node))}
                    />
                  )}
                </Sheet>
              </div>
            </>
          )}
          {view === "text" ? (
            <TextPane written={written} unreadable={unreadable} onChange={(next) => change(next, [])} />
          ) : null}
        </div>
      ) : view === "trial" ? (
        trial
      ) : scheme === null ? (
        <Empty title={t("edit.notYet")}>{t("edit.notYetHint", { count: problems.length })}</Empty>
      ) : view === "preview" ? (
        <>
          <SchemeHead scheme={scheme} />
          <Sheet title={t("scheme.tree")} isFlush>
            <SchemeTree scheme={scheme} />
          </Sheet>
        </>
      ) : (
        <Comparison differences={differences ?? []} scheme={scheme} />
      )}
    </div>
  );
}

/** Whether the record compiles, and if not, everything wrong with it, each a way to its place. */
function Problems({
  problems,
  written,
  onGo,
}: {
  readonly problems: readonly SchemeProblem[];
  readonly written: Written;
  readonly onGo: (problem: SchemeProblem) => void;
}) {
  const { t } = useTranslation("evaluation");
  if (problems.length === 0)
    return (
      <p className="note plain" role="status">
        {t("edit.sound")}
      </p>
    );
  return (
    <section className="note blocking" aria-live="polite">
      <strong>{t("edit.problems", { count: problems.length })}</strong>
      <ul className="problem-list">
        {problems.map((problem) => {
          const place = placeOf(written, problem.path);
          return (
            <li key={`${problem.path} ${problem.problem}`}>
              <button type="button" className="link-button" onClick={() => onGo(problem)}>
                {place.length === 0 ? t("edit.whole") : textOf(nodeAt(written, place)?.["id"]) || problem.path}
              </button>{" "}
              {problemWords(problem, t)} <span className="mono faint">{problem.path}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** The record as text, written on both sides: what is typed is taken over as soon as it reads as a record. */
function TextPane({
  written,
  unreadable,
  onChange,
}: {
  readonly written: Written;
  readonly unreadable: string | null;
  readonly onChange: (written: Written) => void;
}) {
  const { t } = useTranslation("evaluation");
  const [text, setText] = useState(() => unreadable ?? writeSchemeText(written));
  const [problem, setProblem] = useState<TextProblem | null>(() => readSchemeText(text).problem);
  const own = useRef(written);
  useEffect(() => {
    if (own.current === written) return;
    own.current = written; // changed by the form
    setText(writeSchemeText(written));
    setProblem(null);
  }, [written]);
  const type = (typed: string): void => {
    setText(typed);
    const read = readSchemeText(typed);
    setProblem(read.problem);
    if (read.written === null) return;
    own.current = read.written;
    onChange(read.written);
  };
  return (
    <Sheet title={t("edit.text")} aside={t("edit.textHint")}>
      <div className="stack tight">
        <textarea
          className="scheme-text"
          spellCheck={false}
          aria-label={t("edit.text")}
          value={text}
          onChange={({ target }) => type(target.value)}
        />
        {problem === null ? null : (
          <p className="field-problem" role="alert">
            {textProblemWords(problem, t)}
          </p>
        )}
      </div>
    </Sheet>
  );
}

function Comparison({
  differences,
  scheme,
}: {
  readonly differences: readonly SchemeDifference[];
  readonly scheme: Scheme;
}) {
  const { t } = useTranslation("evaluation");
  const columns: Column<SchemeDifference>[] = [
    {
      key: "node",
      header: t("scheme.node"),
      width: 260,
      value: (row) => `${row.node ?? t("edit.whole")} ${row.node === null ? "" : row.label}`.trim(),
    },
    {
      key: "kind",
      header: t("compare.kind"),
      width: 160,
      value: (row) => (row.member === null ? t(`compare.${row.kind}`) : t(`compare.member.${row.member}`)),
    },
    {
      key: "before",
      header: t("compare.before"),
      width: 360,
      isWrapped: true,
      value: (row) => differenceWords(row, "before", scheme, t),
    },
    {
      key: "after",
      header: t("compare.after"),
      width: 360,
      isWrapped: true,
      value: (row) => differenceWords(row, "after", scheme, t),
    },
  ];
  return (
    <Sheet title={t("compare.title", { count: differences.length })} isFlush>
      <DataTable
        title={t("compare.name")}
        rows={differences}
        columns={columns}
        rowKey={(row) => `${row.node ?? ""} ${row.member ?? row.kind}`}
        rowHeight={52}
        none={t("compare.none")}
      />
    </Sheet>
  );
}
