/** The school's own view: leaf by leaf level, words and evidence, last round's beside it; several people write at once. */

import { useMutation, useQuery } from "@tanstack/react-query";
import type {
  EvaluationEvidence,
  EvaluationReply,
  HeldFigure,
  Judgement,
  PreviousLeaf,
  SchemeFigure,
  SelfEntry,
  SelfReply,
} from "@xingfu/contract";
import { selfChapters } from "@xingfu/domain/scheme";
import type { SchemeNode } from "@xingfu/standards";
import { Button, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, save } from "../../lib/api.ts";
import { bytes, moment, percent, plain } from "../../lib/format.ts";
import { gapWords } from "../../lib/gap.ts";
import { queryClient } from "../../lib/query.ts";
import { FileDrop } from "../../ui/FileDrop.tsx";
import { Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { forgetEvaluations, selfQuery } from "./asked.ts";
import { useAutosave } from "./autosave.ts";
import { EvaluationFrame, useEvaluationId } from "./EvaluationFrame.tsx";
import { JudgementField, ruleOf, useJudgementWords } from "./JudgementField.tsx";
import { SaveMark } from "./SaveMark.tsx";
import { isWritten, textOf } from "./written.ts";

export function SelfEvaluation() {
  const id = useEvaluationId();
  const query = useQuery({ ...selfQuery(id), refetchOnMount: "always" });
  return (
    <EvaluationFrame>
      {(reply) => (
        <Loaded query={query} lines={10}>
          {(self) => <Everything reply={reply} self={self} />}
        </Loaded>
      )}
    </EvaluationFrame>
  );
}

/** What a leaf still lacks before the school has said all it is asked. */
interface Lack {
  readonly place: string;
  readonly label: string;
  readonly what: readonly ("judgement" | "evidence" | "figure")[];
}

/** Leaves without the school's judgement, without a piece of evidence asked for, or without a figure it must type. */
export function lacksOf(nodes: readonly SchemeNode[], party: string | null, self: SelfReply): readonly Lack[] {
  return nodes.flatMap((node): Lack[] => {
    const { leaf } = node;
    if (leaf === null) return [];
    const entry = self.entries.find((candidate) => candidate.place === node.id);
    const items = new Set(self.evidence.filter((piece) => piece.place === node.id).map((piece) => piece.item));
    const figure = "figure" in leaf.rule ? leaf.rule.figure : null;
    const what: Lack["what"][number][] = [];
    if (party !== null && ruleOf(node, party) !== null && (entry?.judgement ?? null) === null) what.push("judgement");
    if (leaf.evidence.some((item) => !items.has(item.id))) what.push("evidence");
    if (
      figure !== null &&
      figure.part === null &&
      (self.figures.find((held) => held.key === figure.key)?.value ?? null) === null
    )
      what.push("figure");
    return what.length === 0 ? [] : [{ place: node.id, label: node.label, what }];
  });
}

function Everything({ reply, self }: { readonly reply: EvaluationReply; readonly self: SelfReply }) {
  const { t } = useTranslation("evaluation");
  const { scheme, evaluation } = reply;
  const party = scheme.parties.find((candidate) => candidate.isSelf)?.id ?? null;
  const leaves = scheme.nodes.filter((node) => node.leaf !== null);
  const lacks = lacksOf(scheme.nodes, party, self);
  const [opened, setOpened] = useState<string>(lacks[0]?.place ?? leaves[0]?.id ?? "");
  if (!self.isVisible) return <Empty title={t("self.hidden")}>{t("self.hiddenHint")}</Empty>;
  const asked = leaves.filter((node) => party !== null && ruleOf(node, party) !== null);
  const judged = asked.filter(
    (node) => (self.entries.find((entry) => entry.place === node.id)?.judgement ?? null) !== null,
  );
  const node = leaves.find((candidate) => candidate.id === opened);
  const lackOf = new Map(lacks.map((lack) => [lack.place, lack]));
  const at = leaves.findIndex((leaf) => leaf.id === opened);
  return (
    <>
      <p className="answer">
        {t(lacks.length === 0 ? "self.answerWhole" : "self.answer", {
          judged: judged.length,
          asked: asked.length,
          lacks: lacks.length,
          until: evaluation.selfEvaluationUntil,
        })}
      </p>
      {self.isOpen ? null : <p className="note plain">{t("self.closed", { state: t(`state.${evaluation.state}`) })}</p>}
      <div className="self">
        <nav className="self-list" aria-label={t("self.places")}>
          {scheme.nodes.map((entry) =>
            entry.leaf === null ? (
              <p key={entry.id} className={`self-branch depth-${entry.level}`}>
                {entry.id} {entry.label}
              </p>
            ) : (
              <button
                key={entry.id}
                type="button"
                className="self-place"
                aria-current={entry.id === opened ? "true" : undefined}
                onClick={() => setOpened(entry.id)}
              >
                <span className={lackOf.has(entry.id) ? "dot open" : "dot"} aria-hidden="true" />
                <span>
                  {entry.id} {entry.label}
                </span>
                <span className="hidden-words">{t(lackOf.has(entry.id) ? "self.lacking" : "self.whole")}</span>
              </button>
            ),
          )}
          <p className="self-branch">{t("self.chapters")}</p>
          {selfChapters.map((chapter) => (
            <button
              key={chapter}
              type="button"
              className="self-place"
              aria-current={chapter === opened ? "true" : undefined}
              onClick={() => setOpened(chapter)}
            >
              <span
                className={
                  (self.entries.find((entry) => entry.place === chapter)?.words ?? "") === "" ? "dot open" : "dot"
                }
                aria-hidden="true"
              />
              <span>{t(`chapter.${chapter.slice("chapter:".length)}`)}</span>
            </button>
          ))}
        </nav>
        <div className="stack">
          {node === undefined ? (
            <Chapter key={opened} self={self} chapter={opened} />
          ) : (
            <LeafForm key={node.id} node={node} party={party} self={self} lack={lackOf.get(node.id)} />
          )}
          <div className="row apart no-print">
            <Button disabled={at <= 0} onClick={() => setOpened(leaves[at - 1]?.id ?? opened)}>
              {t("self.previous")}
            </Button>
            <Button
              disabled={at < 0 || at === leaves.length - 1}
              onClick={() => setOpened(leaves[at + 1]?.id ?? opened)}
            >
              {t("self.next")}
            </Button>
          </div>
        </div>
      </div>
      {lacks.length === 0 ? null : (
        <Sheet title={t("self.lacksTitle", { count: lacks.length })} aside={t("self.lacksHint")}>
          <ul className="lack-list">
            {lacks.map((lack) => (
              <li key={lack.place}>
                <button type="button" className="link-button" onClick={() => setOpened(lack.place)}>
                  {lack.place} {lack.label}
                </button>{" "}
                <span className="soft">
                  {lack.what.map((what) => t(`self.lack.${what}`)).join(t("common:list.comma"))}
                </span>
              </li>
            ))}
          </ul>
        </Sheet>
      )}
    </>
  );
}

/** What is written about one place. */
interface Said {
  readonly judgement: Judgement | null;
  readonly words: string;
}

function isSaid(value: unknown): value is Said {
  return (
    isWritten(value) &&
    typeof value["words"] === "string" &&
    (value["judgement"] === null || isWritten(value["judgement"]))
  );
}

function entryOf(current: unknown): SelfEntry | null {
  return isWritten(current) && typeof current["revision"] === "number" && typeof current["words"] === "string"
    ? (current as unknown as SelfEntry)
    : null;
}

function useSaid(self: SelfReply, place: string) {
  const entry = self.entries.find((candidate) => candidate.place === place);
  const id = self.evaluation.id;
  return useAutosave<Said, SelfEntry>({
    key: `self.${id}.${place}`,
    initial: { judgement: entry?.judgement ?? null, words: entry?.words ?? "" },
    revision: entry?.revision ?? 0,
    send: async (said, revision) => {
      const saved = await api.saveSelfEntry({ params: { id, place }, body: { ...said, revision } });
      keep(id, saved);
      return saved.revision;
    },
    accepts: isSaid,
    conflictOf: entryOf,
    valueOf: ({ judgement, words }) => ({ judgement, words }),
  });
}

/** Puts a saved entry into what the page holds, so that counts follow without asking again. */
function keep(id: number, saved: SelfEntry): void {
  queryClient.setQueryData(selfQuery(id).queryKey, (before) =>
    before === undefined
      ? before
      : { ...before, entries: [...before.entries.filter((entry) => entry.place !== saved.place), saved] },
  );
}

function Chapter({ self, chapter }: { readonly self: SelfReply; readonly chapter: string }) {
  const { t } = useTranslation("evaluation");
  const saving = useSaid(self, chapter);
  const key = chapter.slice("chapter:".length);
  return (
    <Sheet title={t(`chapter.${key}`)} aside={<SaveMark state={saving.state} />}>
      <div className="stack tight">
        <p className="soft">{t(`chapterHint.${key}`)}</p>
        {saving.conflict === null ? null : (
          <TwoVersions
            mine={saving.value}
            theirs={saving.conflict}
            node={null}
            party={null}
            onChoose={saving.resolve}
          />
        )}
        <Input.TextArea
          value={saving.value.words}
          disabled={!self.isOpen}
          maxLength={8000}
          showCount
          autoSize={{ minRows: 8, maxRows: 24 }}
          aria-label={t(`chapter.${key}`)}
          onChange={({ target }) => saving.set({ judgement: null, words: target.value })}
        />
      </div>
    </Sheet>
  );
}

function LeafForm({
  node,
  party,
  self,
  lack,
}: {
  readonly node: SchemeNode;
  readonly party: string | null;
  readonly self: SelfReply;
  readonly lack: Lack | undefined;
}) {
  const { t } = useTranslation("evaluation");
  const saving = useSaid(self, node.id);
  const rule = party === null ? null : ruleOf(node, party);
  const figureKey = node.leaf !== null && "figure" in node.leaf.rule ? node.leaf.rule.figure.key : null;
  const figure = self.figures.find((candidate) => candidate.key === figureKey);
  const previous = self.previous?.leaves.find((leaf) => leaf.place === node.id);
  const issues = self.previous?.issues.filter((issue) => issue.place === node.id) ?? [];
  return (
    <Sheet
      title={`${node.id} ${node.label}`}
      aside={
        <>
          {t("self.worth", { points: plain(node.points) })} <SaveMark state={saving.state} />
        </>
      }
    >
      <div className="stack">
        {lack === undefined ? null : (
          <p className="small soft">
            {t("self.stillLacks")}
            {lack.what.map((what) => t(`self.lack.${what}`)).join(t("common:list.comma"))}
          </p>
        )}
        {saving.conflict === null ? null : (
          <TwoVersions
            mine={saving.value}
            theirs={saving.conflict}
            node={node}
            party={party}
            onChoose={saving.resolve}
          />
        )}
        <div className="beside">
          <div className="stack">
            {rule === null ? null : (
              <JudgementField
                rule={rule}
                value={saving.value.judgement}
                name={`self-${node.id}`}
                label={t("self.level")}
                isOpen={self.isOpen}
                onChange={(judgement) => saving.set({ ...saving.value, judgement })}
              />
            )}
            {figure === undefined ? null : <FigureField figure={figure} self={self} />}
            <label className="stack tight">
              <span className="field-label">{t("self.words")}</span>
              <Input.TextArea
                value={saving.value.words}
                disabled={!self.isOpen}
                maxLength={8000}
                autoSize={{ minRows: 5, maxRows: 18 }}
                onChange={({ target }) => saving.set({ ...saving.value, words: target.value })}
              />
            </label>
            <Evidence node={node} self={self} />
          </div>
          <LastRound previous={previous} round={self.previous?.round ?? null} issues={issues} rule={rule} />
        </div>
      </div>
    </Sheet>
  );
}

/** Last round's level, words and findings on the same leaf. */
function LastRound({
  previous,
  round,
  issues,
  rule,
}: {
  readonly previous: PreviousLeaf | undefined;
  readonly round: string | null;
  readonly issues: readonly { readonly id: number; readonly title: string; readonly state: string }[];
  readonly rule: ReturnType<typeof ruleOf>;
}) {
  const { t } = useTranslation("evaluation");
  const words = useJudgementWords();
  return (
    <aside className="last-round" aria-label={t("self.lastRound")}>
      <h3>{t("self.lastRound")}</h3>
      {round === null || previous === undefined ? (
        <p className="soft small">{t("self.noLastRound")}</p>
      ) : (
        <>
          <p className="small soft">{round}</p>
          <dl className="facts">
            <dt>{t("self.level")}</dt>
            <dd>
              {previous.judgement === null || previous.judgement.kind === "survey"
                ? "–"
                : words(rule, previous.judgement)}
            </dd>
            <dt>{t("self.external")}</dt>
            <dd>{previous.external === null ? "–" : percent(previous.external, 0)}</dd>
            <dt>{t("self.result")}</dt>
            <dd>{previous.share === null ? "–" : percent(previous.share, 0)}</dd>
          </dl>
          {previous.words === "" ? null : <p className="quoted">{previous.words}</p>}
        </>
      )}
      {issues.length === 0 ? null : (
        <>
          <h3>{t("self.lastIssues")}</h3>
          <ul className="stack tight small">
            {issues.map((issue) => (
              <li key={issue.id}>
                {issue.title} <span className="soft">{t(`issueState.${issue.state}`)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </aside>
  );
}

function FigureField({ figure, self }: { readonly figure: SchemeFigure; readonly self: SelfReply }) {
  const { t } = useTranslation("evaluation");
  const saving = useAutosave<{ readonly text: string }, { readonly revision: number; readonly text: string }>({
    key: `figure.${self.evaluation.id}.${figure.key}`,
    initial: { text: figure.value === null ? "" : String(figure.value) },
    revision: figure.revision,
    send: async ({ text }, revision) => {
      const number = Number(text);
      const value = text.trim() === "" ? null : Number.isFinite(number) ? number : text.trim();
      const saved = await api.saveSchemeFigure({
        params: { id: self.evaluation.id, key: figure.key },
        body: { value, revision },
      });
      return saved.revision;
    },
    accepts: (value): value is { readonly text: string } => isWritten(value) && typeof value["text"] === "string",
    conflictOf: (current) =>
      isWritten(current) && typeof current["revision"] === "number"
        ? { revision: current["revision"], text: textOf(current["value"]) }
        : null,
    valueOf: ({ text }) => ({ text }),
  });
  if (figure.part !== null)
    return (
      <div className="held-figure">
        <span className="field-label">{figure.label}</span>
        <strong>
          {figure.value === null
            ? figure.gap === null
              ? t("common:gap.unknown")
              : gapWords(figure.gap, t)
            : typeof figure.value === "number"
              ? plain(figure.value, 4)
              : figure.value}{" "}
          {figure.value === null ? null : <small className="soft">{figure.unit}</small>}
        </strong>
        <span className="small soft">{t("self.byItself", { source: figure.source || t(`part.${figure.part}`) })}</span>
      </div>
    );
  return (
    <div className="stack tight">
      <label className="row">
        <span className="field-label">{figure.label}</span>
        <Input
          inputMode="decimal"
          style={{ width: 140 }}
          disabled={!self.isOpen}
          value={saving.value.text}
          suffix={figure.unit}
          maxLength={60}
          onChange={({ target }) => saving.set({ text: target.value })}
        />
        <SaveMark state={saving.state} />
      </label>
      {saving.conflict === null ? null : (
        <div className="row" role="alert">
          <span>{t("conflict.figure", { value: saving.conflict.text || "–" })}</span>
          <Button size="small" onClick={() => saving.resolve("theirs")}>
            {t("conflict.takeTheirs")}
          </Button>
          <Button size="small" onClick={() => saving.resolve("mine")}>
            {t("conflict.keepMine")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Both versions side by side, to choose from or to write together. */
export function TwoVersions({
  mine,
  theirs,
  node,
  party,
  onChoose,
}: {
  readonly mine: Said;
  readonly theirs: SelfEntry;
  readonly node: SchemeNode | null;
  readonly party: string | null;
  readonly onChoose: (choice: "mine" | "theirs") => void;
}) {
  const { t } = useTranslation("evaluation");
  const words = useJudgementWords();
  const rule = node === null || party === null ? null : ruleOf(node, party);
  return (
    <section className="note blocking two-versions" role="alert">
      <strong>
        {t("conflict.title", { name: theirs.by.name ?? t("conflict.somebody"), at: moment(theirs.by.at) })}
      </strong>
      <div className="columns-2">
        <div className="version">
          <h3>{t("conflict.mine")}</h3>
          {rule === null ? null : <p>{words(rule, mine.judgement)}</p>}
          <p className="quoted">{mine.words || t("conflict.noWords")}</p>
          <Button onClick={() => onChoose("mine")}>{t("conflict.keepMine")}</Button>
        </div>
        <div className="version">
          <h3>{t("conflict.theirs")}</h3>
          {rule === null ? null : <p>{words(rule, theirs.judgement)}</p>}
          <p className="quoted">{theirs.words || t("conflict.noWords")}</p>
          <Button onClick={() => onChoose("theirs")}>{t("conflict.takeTheirs")}</Button>
        </div>
      </div>
      <p className="small">{t("conflict.hint")}</p>
    </section>
  );
}

/** Evidence of one leaf: what is asked for, what is there, and three ways to put something in. */
export function Evidence({ node, self }: { readonly node: SchemeNode; readonly self: SelfReply }) {
  const { t } = useTranslation("evaluation");
  const items = node.leaf?.evidence ?? [];
  const here = self.evidence.filter((piece) => piece.place === node.id);
  return (
    <section className="stack tight">
      <h3>{t("scheme.evidence")}</h3>
      {items.map((item) => (
        <EvidenceGroup
          key={item.id}
          node={node}
          item={item.id}
          label={item.label}
          pieces={here.filter((piece) => piece.item === item.id)}
          self={self}
        />
      ))}
      <EvidenceGroup
        node={node}
        item={null}
        label={t(items.length === 0 ? "self.anyEvidence" : "self.moreEvidence")}
        pieces={here.filter((piece) => piece.item === null)}
        self={self}
      />
    </section>
  );
}

const fileTypes = [".pdf", ".docx", ".xlsx", ".pptx", ".jpg", ".jpeg", ".png", ".txt", ".zip"];
const fileBytes = 20 * 1024 * 1024;

function EvidenceGroup({
  node,
  item,
  label,
  pieces,
  self,
}: {
  readonly node: SchemeNode;
  readonly item: string | null;
  readonly label: string;
  readonly pieces: readonly EvaluationEvidence[];
  readonly self: SelfReply;
}) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const [adding, setAdding] = useState<"file" | "link" | "figure" | null>(null);
  const params = { id: self.evaluation.id, place: node.id };
  const upload = useMutation({
    mutationFn: (file: File) =>
      api.addEvaluationFile({
        params,
        query: item === null ? {} : { item },
        file: { blob: file, fileName: file.name },
      }),
    onSuccess: async () => {
      setAdding(null);
      await forgetEvaluations();
    },
    onError: tell.failure,
  });
  return (
    <div className="evidence-group">
      <div className="row apart">
        <span>
          {item === null ? null : <span className={pieces.length === 0 ? "dot open" : "dot"} aria-hidden="true" />}{" "}
          {label}
        </span>
        {self.isOpen ? (
          <span className="row no-print">
            {(["file", "link", "figure"] as const).map((kind) => (
              <Button
                key={kind}
                size="small"
                aria-label={t(`self.add.${kind}To`, { label })}
                onClick={() => setAdding(adding === kind ? null : kind)}
              >
                {t(`self.add.${kind}`)}
              </Button>
            ))}
          </span>
        ) : null}
      </div>
      <EvidenceList pieces={pieces} isOpen={self.isOpen} />
      {adding === "file" ? (
        <FileDrop
          label={t("self.drop")}
          hint={t("self.dropHint")}
          accepts={fileTypes}
          maxBytes={fileBytes}
          isBusy={upload.isPending}
          isSmall
          onFile={(file) => upload.mutate(file)}
        />
      ) : null}
      {adding === "link" ? <AddLink params={params} item={item} onDone={() => setAdding(null)} /> : null}
      {adding === "figure" ? (
        <AddFigure params={params} item={item} held={self.held} onDone={() => setAdding(null)} />
      ) : null}
    </div>
  );
}

/** Pieces of evidence, each to open; with a way to remove one's own while the school still writes. */
export function EvidenceList({
  pieces,
  isOpen,
}: {
  readonly pieces: readonly EvaluationEvidence[];
  readonly isOpen: boolean;
}) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const open = async (piece: EvaluationEvidence): Promise<void> => {
    try {
      save(await api.readEvaluationFile({ params: { id: piece.id } }));
    } catch (error) {
      tell.failure(error);
    }
  };
  const remove = useMutation({
    mutationFn: (id: number) => api.deleteEvaluationEvidence({ params: { id } }),
    onSuccess: forgetEvaluations,
    onError: tell.failure,
  });
  if (pieces.length === 0) return null;
  return (
    <ul className="evidence-list">
      {pieces.map((piece) => (
        <li key={piece.id}>
          {piece.kind === "file" ? (
            <button type="button" className="link-button" onClick={() => void open(piece)}>
              {piece.file?.name ?? piece.title}
            </button>
          ) : piece.kind === "link" ? (
            <a href={piece.url ?? "#"} target="_blank" rel="noreferrer noopener">
              {piece.title}
            </a>
          ) : (
            <span>
              {piece.figure?.label ?? piece.title}
              {t("common:list.colon")}
              <strong>
                {piece.figure === null || piece.figure.value === null
                  ? "–"
                  : typeof piece.figure.value === "number"
                    ? plain(piece.figure.value, 4)
                    : piece.figure.value}{" "}
                {piece.figure?.unit}
              </strong>
            </span>
          )}
          <span className="small soft">
            {piece.kind === "file" && piece.file !== null ? `${bytes(piece.file.bytes)} · ` : ""}
            {piece.kind === "figure" && piece.figure !== null ? `${piece.figure.source} · ` : ""}
            {piece.by.name ?? ""} {moment(piece.by.at)}
          </span>
          {isOpen ? (
            <Button
              size="small"
              type="text"
              aria-label={t("self.removeEvidence", { title: piece.title })}
              onClick={() => remove.mutate(piece.id)}
            >
              ×
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

interface AddProps {
  readonly params: { readonly id: number; readonly place: string };
  readonly item: string | null;
  readonly onDone: () => void;
}

function AddLink({ params, item, onDone }: AddProps) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const [title, setTitle] = useState("");
  const [url, setUrl] = useState("");
  const isAddress = /^https?:\/\/[^\s/$.?#].[^\s]*$/.test(url);
  const add = useMutation({
    mutationFn: () => api.addEvaluationLink({ params, body: { item, title: title.trim() || url, url } }),
    onSuccess: async () => {
      onDone();
      await forgetEvaluations();
    },
    onError: tell.failure,
  });
  return (
    <Modal
      open
      title={t("self.add.link")}
      okText={t("common:action.save")}
      okButtonProps={{ disabled: !isAddress }}
      confirmLoading={add.isPending}
      onOk={() => add.mutate()}
      onCancel={onDone}
    >
      <div className="stack tight">
        <Input
          aria-label={t("self.linkTitle")}
          placeholder={t("self.linkTitle")}
          value={title}
          maxLength={200}
          onChange={({ target }) => setTitle(target.value)}
        />
        <Input
          aria-label={t("self.linkUrl")}
          placeholder="https://"
          value={url}
          maxLength={2000}
          onChange={({ target }) => setUrl(target.value)}
        />
        {url !== "" && !isAddress ? <p className="field-problem">{t("self.noAddress")}</p> : null}
      </div>
    </Modal>
  );
}

function AddFigure({ params, item, held, onDone }: AddProps & { readonly held: readonly HeldFigure[] }) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const [key, setKey] = useState<string | null>(null);
  const chosen = held.find((figure) => figure.key === key);
  const add = useMutation({
    mutationFn: () => api.addEvaluationFigure({ params, body: { item, key: key ?? "" } }),
    onSuccess: async () => {
      onDone();
      await forgetEvaluations();
    },
    onError: tell.failure,
  });
  return (
    <Modal
      open
      title={t("self.add.figure")}
      okText={t("common:action.save")}
      okButtonProps={{ disabled: key === null }}
      confirmLoading={add.isPending}
      onOk={() => add.mutate()}
      onCancel={onDone}
    >
      <div className="stack tight">
        <p className="soft small">{t("self.heldHint")}</p>
        <Select
          aria-label={t("self.add.figure")}
          placeholder={t("self.chooseFigure")}
          value={key}
          showSearch={{ optionFilterProp: "label" }}
          options={held.map((figure) => ({ value: figure.key, label: figure.label }))}
          onChange={setKey}
        />
        {chosen === undefined ? null : (
          <p>
            <strong>
              {chosen.value === null
                ? chosen.gap === null
                  ? t("common:gap.unknown")
                  : gapWords(chosen.gap, t)
                : typeof chosen.value === "number"
                  ? plain(chosen.value, 4)
                  : chosen.value}{" "}
              {chosen.value === null ? "" : chosen.unit}
            </strong>{" "}
            <span className="small soft">{chosen.source}</span>
          </p>
        )}
      </div>
    </Modal>
  );
}
