/** An inspector at work on one school: its evidence on the left, the rubric on the right, online or off, with a keyboard. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { Evaluation, EvaluationEvidence, Judgement, ReviewEntry, SelfEntry } from "@xingfu/contract";
import { reviewMethods } from "@xingfu/domain/scheme";
import type { ReviewMethod } from "@xingfu/domain/scheme";
import type { Scheme, SchemeNode } from "@xingfu/standards";
import { Button, Input, Segmented, Select } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api } from "../../lib/api.ts";
import { moment, plain } from "../../lib/format.ts";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Empty, Failed, Waiting } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { evaluationQuery, reviewQuery, selfQuery } from "./asked.ts";
import { EvaluationFrame, useEvaluationId } from "./EvaluationFrame.tsx";
import { JudgementField, ruleOf, useJudgementWords } from "./JudgementField.tsx";
import { NewIssue } from "./NewIssue.tsx";
import { useOfflineStart, useReviewStore } from "./offline.ts";
import { OfflineLine } from "./OfflinePanel.tsx";
import { shrunk } from "./photo.ts";
import { newId } from "./review-store.ts";
import type { LocalEntry, LocalPhoto, ReviewStore } from "./review-store.ts";
import { partyLabel } from "./scheme-words.ts";
import { EvidenceList } from "./SelfEvaluation.tsx";

/** What the page is drawn from: asked of the server, or taken along. */
interface Source {
  readonly evaluation: Evaluation;
  readonly scheme: Scheme;
  readonly parties: readonly string[];
  readonly isOpen: boolean;
  readonly self: readonly SelfEntry[];
  readonly evidence: readonly EvaluationEvidence[];
  readonly entries: readonly ReviewEntry[];
  readonly isTaken: boolean;
}

export function Review() {
  const id = useEvaluationId();
  useOfflineStart();
  const { store, shot } = useReviewStore();
  const evaluation = useQuery(evaluationQuery(id));
  const review = useQuery(reviewQuery(id));
  const self = useQuery(selfQuery(id));
  const taken = shot.pack?.evaluations.find((entry) => entry.evaluation.id === id);
  const takenScheme = shot.pack?.schemes.find((entry) => entry.roundId === taken?.evaluation.roundId)?.scheme;
  const lost = [evaluation, review, self].find(
    (query) => query.error instanceof ApiError && (query.error.status === 0 || query.error.status >= 502),
  );
  const isOff = !shot.isOnline || lost !== undefined;
  if (!shot.isReady)
    return (
      <div className="page">
        <Waiting lines={10} />
      </div>
    );
  if (isOff && taken !== undefined && takenScheme !== undefined) {
    const source: Source = {
      evaluation: taken.evaluation,
      scheme: takenScheme,
      parties: [taken.party],
      isOpen: true,
      self: taken.self,
      evidence: taken.evidence,
      entries: taken.entries,
      isTaken: true,
    };
    return (
      <Page title={taken.evaluation.school} subtitle={<Link to="/evaluation/own">{taken.evaluation.round}</Link>}>
        <Desk source={source} store={store} local={shot.entries} photos={shot.photos} />
      </Page>
    );
  }
  return (
    <EvaluationFrame>
      {(reply) => {
        const error = review.error ?? self.error;
        if (review.data !== undefined && self.data !== undefined)
          return (
            <Desk
              store={store}
              local={shot.entries}
              photos={shot.photos}
              source={{
                evaluation: reply.evaluation,
                scheme: reply.scheme,
                parties: review.data.parties,
                isOpen: review.data.isOpen && review.data.parties.length > 0,
                self: self.data.entries,
                evidence: self.data.evidence,
                entries: review.data.entries,
                isTaken: false,
              }}
            />
          );
        return error === null ? <Waiting lines={10} /> : <Failed error={error} />;
      }}
    </EvaluationFrame>
  );
}

/** What an inspector has written about a leaf by a method: on the device, else on the server. */
interface Own {
  readonly id: string;
  readonly judgement: Judgement | null;
  readonly words: string;
  readonly revision: number;
  readonly local: LocalEntry | null;
  readonly stored: ReviewEntry | null;
}

interface DeskProps {
  readonly source: Source;
  readonly store: ReviewStore;
  readonly local: readonly LocalEntry[];
  readonly photos: readonly LocalPhoto[];
}

function ownOf({ source, local }: DeskProps, place: string, party: string, method: ReviewMethod): Own | null {
  const isIt = (entry: {
    readonly place: string;
    readonly party: string;
    readonly method: string;
    readonly evaluationId: number;
  }): boolean =>
    entry.evaluationId === source.evaluation.id &&
    entry.place === place &&
    entry.party === party &&
    entry.method === method;
  const here = local.find(isIt) ?? null;
  const stored = source.entries.find((entry) => entry.isOwn && isIt(entry)) ?? null;
  if (here !== null)
    return {
      id: here.id,
      judgement: here.judgement,
      words: here.words,
      revision: here.baseRevision,
      local: here,
      stored,
    };
  if (stored === null) return null;
  return {
    id: stored.id,
    judgement: stored.judgement,
    words: stored.words,
    revision: stored.revision,
    local: null,
    stored,
  };
}

/** The method one begins with at a state: papers before the visit, the visit after. */
function firstMethod(state: Evaluation["state"], node: SchemeNode | undefined): ReviewMethod {
  const allowed = methodsOf(node);
  const order: readonly ReviewMethod[] =
    state === "onSite" || state === "reviewed"
      ? ["onSiteCheck", "observation", "documentReview"]
      : ["documentReview", "onSiteCheck", "observation"];
  return order.find((method) => allowed.includes(method)) ?? "interview";
}

/** Methods a leaf may be looked at by; an interview is always possible, it rates nothing. */
function methodsOf(node: SchemeNode | undefined): readonly ReviewMethod[] {
  return reviewMethods.filter(
    (method) => method === "interview" || (node?.leaf?.methods.some((known) => known === method) ?? false),
  );
}

function Desk(props: DeskProps) {
  const { t } = useTranslation("evaluation");
  const { source, local } = props;
  const { scheme, evaluation } = source;
  const [party, setParty] = useState(source.parties[0] ?? "");
  const leaves = useMemo(
    () => scheme.nodes.filter((node) => source.parties.length === 0 || ruleOf(node, party) !== null),
    [scheme, party, source.parties.length],
  );
  const isRated = (place: string): boolean =>
    reviewMethods.some((method) => (ownOf(props, place, party, method)?.judgement ?? null) !== null);
  // the leaf stands in the address, so that it is still there when the network comes back or the tab was closed
  const { at: asked } = useSearch({ from: "/inside/work/evaluation/schools/$id/review" });
  const navigate = useNavigate();
  const [first] = useState(() => (leaves.find((leaf) => !isRated(leaf.id)) ?? leaves[0])?.id ?? "");
  const opened = asked ?? first;
  const setOpened = useCallback(
    (place: string): void =>
      void navigate({ to: ".", search: (before) => ({ ...before, at: place }), replace: true, resetScroll: false }),
    [navigate],
  );
  const node = leaves.find((leaf) => leaf.id === opened) ?? leaves[0];
  const [chosenMethod, setMethod] = useState<ReviewMethod | null>(null);
  const method =
    chosenMethod !== null && methodsOf(node).includes(chosenMethod)
      ? chosenMethod
      : firstMethod(evaluation.state, node);
  const at = leaves.findIndex((leaf) => leaf.id === node?.id);
  const go = useCallback(
    (by: number): void => {
      const next = leaves[Math.min(leaves.length - 1, Math.max(0, at + by))];
      if (next !== undefined) setOpened(next.id);
    },
    [leaves, at, setOpened],
  );
  const rated = leaves.filter((leaf) => isRated(leaf.id)).length;
  const desk = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      const isTyping =
        target instanceof HTMLElement &&
        target.closest("input:not([type=radio]), textarea, select, [contenteditable]") !== null;
      if (event.key === "Escape" && isTyping && target instanceof HTMLElement) target.blur();
      if (
        isTyping ||
        event.altKey ||
        event.ctrlKey ||
        event.metaKey ||
        document.querySelector(".ant-modal-wrap:not([style*='none'])") !== null
      )
        return;
      if (event.key === "j") go(1);
      else if (event.key === "k") go(-1);
      else if (event.key === "n") desk.current?.querySelector<HTMLTextAreaElement>("textarea.review-words")?.focus();
      else if (/^[1-9]$/.test(event.key))
        desk.current?.querySelectorAll<HTMLInputElement>(".judgement input")[Number(event.key) - 1]?.click();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [go]);

  if (node === undefined) return <Empty title={t("review.nothing")}>{t("review.nothingHint")}</Empty>;
  return (
    <div className="stack" ref={desk}>
      <p className="answer">
        {source.parties.length === 0
          ? t("review.answerRead", { leaves: leaves.length })
          : t(rated === leaves.length ? "review.answerWhole" : "review.answer", {
              rated,
              leaves: leaves.length,
              until: evaluation.state === "submitted" ? evaluation.reviewUntil : evaluation.onSiteUntil,
            })}
      </p>
      <OfflineLine />
      {source.isTaken ? <p className="note plain">{t("review.taken")}</p> : null}
      <Troubles
        entries={local.filter((entry) => entry.evaluationId === evaluation.id && entry.state !== "waiting")}
        scheme={scheme}
        store={props.store}
        onOpen={(entry) => {
          setOpened(entry.place);
          setMethod(entry.method);
        }}
      />
      <div className="leaf-strip" role="group" aria-label={t("review.leaves")}>
        {leaves.map((leaf) => (
          <button
            key={leaf.id}
            type="button"
            aria-current={leaf.id === node.id ? "true" : undefined}
            className={isRated(leaf.id) ? "leaf-chip rated" : "leaf-chip"}
            title={leaf.label}
            onClick={() => setOpened(leaf.id)}
          >
            {leaf.id}
            <span className="hidden-words">
              {leaf.label} {t(isRated(leaf.id) ? "review.isRated" : "review.isOpen")}
            </span>
          </button>
        ))}
      </div>
      <div className="desk">
        <SchoolSide node={node} source={source} />
        <Sheet title={`${node.id} ${node.label}`} aside={t("self.worth", { points: plain(node.points) })}>
          <div className="stack">
            <div className="row">
              {source.parties.length > 1 ? (
                <Select
                  value={party}
                  aria-label={t("assign.party")}
                  options={source.parties.map((value) => ({ value, label: partyLabel(scheme.parties, value) }))}
                  onChange={setParty}
                />
              ) : null}
              <Segmented<ReviewMethod>
                value={method}
                aria-label={t("scheme.methods")}
                options={methodsOf(node).map((value) => ({ value, label: t(`method.${value}`) }))}
                onChange={setMethod}
              />
            </div>
            {source.parties.length === 0 ? (
              <Others node={node} source={source} />
            ) : (
              <EntryForm key={`${node.id} ${party} ${method}`} {...props} node={node} party={party} method={method} />
            )}
            <div className="row apart">
              <Button disabled={at <= 0} onClick={() => go(-1)}>
                {t("self.previous")} <kbd aria-hidden="true">k</kbd>
              </Button>
              <Button
                type={at < leaves.length - 1 ? "primary" : "default"}
                disabled={at >= leaves.length - 1}
                onClick={() => go(1)}
              >
                {t("self.next")} <kbd aria-hidden="true">j</kbd>
              </Button>
            </div>
          </div>
        </Sheet>
      </div>
      <p className="small faint on-desk">{t("review.keys")}</p>
    </div>
  );
}

/** What the school says and shows about the leaf. */
function SchoolSide({ node, source }: { readonly node: SchemeNode; readonly source: Source }) {
  const { t } = useTranslation("evaluation");
  const words = useJudgementWords();
  const selfParty = source.scheme.parties.find((party) => party.isSelf)?.id ?? "";
  const rule = ruleOf(node, selfParty);
  const entry = source.self.find((candidate) => candidate.place === node.id);
  const pieces = source.evidence.filter((piece) => piece.place === node.id);
  const [shown, setShown] = useState<EvaluationEvidence | null>(null);
  return (
    <Sheet title={t("review.schoolSays")}>
      <div className="stack">
        {entry === undefined || (entry.judgement === null && entry.words === "") ? (
          <p className="soft">{t("review.schoolSilent")}</p>
        ) : (
          <>
            <p>
              <span className="field-label">{t("self.level")}</span> <strong>{words(rule, entry.judgement)}</strong>
            </p>
            {entry.words === "" ? null : <p className="quoted">{entry.words}</p>}
          </>
        )}
        <section className="stack tight">
          <h3>{t("scheme.evidence")}</h3>
          {(node.leaf?.evidence ?? []).map((item) => {
            const own = pieces.filter((piece) => piece.item === item.id);
            return (
              <div key={item.id} className="evidence-group">
                <span className={own.length === 0 ? "soft" : ""}>
                  <span className={own.length === 0 ? "dot open" : "dot"} aria-hidden="true" /> {item.label}
                  {own.length === 0 ? ` · ${t("review.notPutIn")}` : ""}
                </span>
                <Pieces pieces={own} isOff={source.isTaken} onShow={setShown} />
              </div>
            );
          })}
          <Pieces pieces={pieces.filter((piece) => piece.item === null)} isOff={source.isTaken} onShow={setShown} />
          {pieces.length === 0 && (node.leaf?.evidence.length ?? 0) === 0 ? (
            <p className="soft small">{t("review.noEvidence")}</p>
          ) : null}
        </section>
        {shown === null ? null : <Preview key={shown.id} piece={shown} onClose={() => setShown(null)} />}
      </div>
    </Sheet>
  );
}

function Pieces({
  pieces,
  isOff,
  onShow,
}: {
  readonly pieces: readonly EvaluationEvidence[];
  readonly isOff: boolean;
  readonly onShow: (piece: EvaluationEvidence) => void;
}) {
  const { t } = useTranslation("evaluation");
  if (isOff)
    return (
      <ul className="evidence-list">
        {pieces.map((piece) => (
          <li key={piece.id}>
            <span>{piece.file?.name ?? piece.title}</span>
            {piece.kind === "file" ? <span className="small soft">{t("review.fileLeft")}</span> : null}
          </li>
        ))}
      </ul>
    );
  const previews = pieces.filter((piece) => isShowable(piece));
  return (
    <>
      <EvidenceList pieces={pieces} isOpen={false} />
      {previews.length === 0 ? null : (
        <span className="row no-print">
          {previews.map((piece) => (
            <Button key={piece.id} size="small" onClick={() => onShow(piece)}>
              {t("review.preview", { name: piece.file?.name ?? piece.title })}
            </Button>
          ))}
        </span>
      )}
    </>
  );
}

function isShowable({ file }: EvaluationEvidence): boolean {
  return file !== null && /^(image\/(png|jpeg)|application\/pdf|text\/plain)/.test(file.mediaType);
}

/** A file of the school, shown beside the rubric. */
function Preview({ piece, onClose }: { readonly piece: EvaluationEvidence; readonly onClose: () => void }) {
  const { t } = useTranslation("evaluation");
  const [address, setAddress] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let made: string | null = null;
    let isGone = false;
    api
      .readEvaluationFile({ params: { id: piece.id } })
      .then(({ blob }) => {
        if (isGone) return;
        made = URL.createObjectURL(new Blob([blob], { type: piece.file?.mediaType ?? blob.type }));
        setAddress(made);
      })
      .catch((failure: unknown) => setError(failure));
    return () => {
      isGone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [piece]);
  const name = piece.file?.name ?? piece.title;
  return (
    <figure className="preview">
      <figcaption className="row apart">
        <span>{name}</span>
        <Button size="small" onClick={onClose}>
          {t("common:action.close")}
        </Button>
      </figcaption>
      {error !== null ? (
        <Failed error={error} />
      ) : address === null ? (
        <Waiting lines={4} />
      ) : piece.file?.mediaType.startsWith("image/") === true ? (
        <img src={address} alt={name} />
      ) : (
        <iframe src={address} title={name} sandbox="" />
      )}
    </figure>
  );
}

/** One entry: level, note, photos, and from it an issue for the ledger. Every change is on the device before anything else. */
function EntryForm({
  source,
  store,
  local,
  photos,
  node,
  party,
  method,
}: DeskProps & { readonly node: SchemeNode; readonly party: string; readonly method: ReviewMethod }) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const own = ownOf({ source, store, local, photos }, node.id, party, method);
  const [id] = useState(() => own?.id ?? newId());
  const entryId = own?.id ?? id;
  const [words, setWords] = useState(own?.words ?? "");
  const typing = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const latest = useRef({ words, judgement: own?.judgement ?? null });
  // shown at once, not when the device has kept it
  const [judgement, setJudgement] = useState(own?.judgement ?? null);
  const rule = ruleOf(node, party);
  const isOpen = source.isOpen;
  const [isIssueOpen, setIssueOpen] = useState(false);

  const keep = (said: { readonly words: string; readonly judgement: Judgement | null }): void => {
    latest.current = said;
    clearTimeout(typing.current);
    typing.current = undefined;
    store
      .write({
        id: entryId,
        evaluationId: source.evaluation.id,
        place: node.id,
        party,
        method,
        judgement: said.judgement,
        words: said.words,
        baseRevision: own?.revision ?? 0,
        writtenAt: new Date().toISOString(),
      })
      .catch(tell.failure);
  };
  const keepNow = useRef(keep);
  useEffect(() => {
    keepNow.current = keep;
  });
  useEffect(() => {
    const finish = (): void => {
      if (typing.current !== undefined) keepNow.current(latest.current);
    };
    window.addEventListener("pagehide", finish);
    return () => {
      window.removeEventListener("pagehide", finish);
      finish();
    };
  }, []);

  const type = (typed: string): void => {
    setWords(typed);
    latest.current = { words: typed, judgement };
    clearTimeout(typing.current);
    typing.current = setTimeout(() => keep(latest.current), 250);
  };
  const addPhoto = async (file: File): Promise<void> => {
    try {
      const blob = await shrunk(file);
      if (own === null || own.local !== null || typing.current !== undefined) {
        // a photo hangs on an entry that says something
        const said =
          latest.current.words.trim() === "" && judgement === null ? t("review.photoWords") : latest.current.words;
        if (said !== latest.current.words) setWords(said);
        keep({ words: said, judgement });
      }
      await store.addPhoto({
        id: newId(),
        entry: entryId,
        evaluationId: source.evaluation.id,
        blob,
        caption: "",
        takenAt: new Date().toISOString(),
      });
    } catch (error) {
      tell.failure(error);
    }
  };
  const waiting = photos.filter((photo) => photo.entry === entryId);
  return (
    <div className="stack">
      {own?.local?.state === "conflict" ? (
        <EntryConflict
          entry={own.local}
          rule={rule}
          store={store}
          onTheirs={(current) => {
            setWords(current?.words ?? "");
            setJudgement(current?.judgement ?? null);
          }}
        />
      ) : null}
      {method === "interview" || rule === null ? (
        <p className="soft small">{t("review.interviewHint")}</p>
      ) : (
        <JudgementField
          rule={rule}
          value={judgement}
          name={`review-${node.id}`}
          label={t("review.level")}
          isOpen={isOpen}
          onChange={(next) => {
            setJudgement(next);
            keep({ words, judgement: next });
          }}
        />
      )}
      <label className="stack tight">
        <span className="field-label">
          {t("review.words")} <kbd aria-hidden="true">n</kbd>
        </span>
        <Input.TextArea
          className="review-words"
          value={words}
          disabled={!isOpen}
          maxLength={8000}
          autoSize={{ minRows: 3, maxRows: 14 }}
          onChange={({ target }) => type(target.value)}
        />
      </label>
      <div className="photos">
        {(own?.stored?.photos ?? []).map((photo) => (
          <StoredPhoto key={photo.id} id={photo.id} isOff={source.isTaken} />
        ))}
        {waiting.map((photo) => (
          <WaitingPhoto key={photo.id} photo={photo} onRemove={() => void store.removePhoto(photo.id)} />
        ))}
        {isOpen ? (
          <label className="button photo-button">
            {t("review.photo")}
            <input
              type="file"
              accept="image/jpeg,image/png"
              capture="environment"
              className="hidden-words"
              onChange={({ target }) => {
                const [file] = target.files ?? [];
                if (file !== undefined) void addPhoto(file);
                target.value = "";
              }}
            />
          </label>
        ) : null}
        {isOpen && !source.isTaken ? <Button onClick={() => setIssueOpen(true)}>{t("review.issue")}</Button> : null}
      </div>
      <p className="small soft" aria-live="polite">
        {own === null
          ? t("review.untouched")
          : own.local === null
            ? t("review.stored", { at: own.stored === null ? "" : moment(own.stored.savedAt) })
            : t(`review.local.${own.local.state}`, { at: moment(own.local.writtenAt) })}
      </p>
      <Others node={node} source={source} />
      {isIssueOpen ? (
        <NewIssue
          evaluationId={source.evaluation.id}
          place={node.id}
          words={words}
          onClose={() => setIssueOpen(false)}
        />
      ) : null}
    </div>
  );
}

/** What other inspectors wrote about the leaf, where the reader may see it. */
function Others({ node, source }: { readonly node: SchemeNode; readonly source: Source }) {
  const { t } = useTranslation("evaluation");
  const words = useJudgementWords();
  const others = source.entries.filter((entry) => entry.place === node.id && !entry.isOwn);
  if (others.length === 0) return null;
  return (
    <section className="stack tight">
      <h3>{t("review.others")}</h3>
      <ul className="stack tight">
        {others.map((entry) => (
          <li key={entry.id} className="small">
            <strong>{entry.inspector ?? t("review.anInspector")}</strong> · {t(`method.${entry.method}`)} ·{" "}
            {words(ruleOf(node, entry.party), entry.judgement)}
            {entry.setApart === null ? null : <span className="verdict attention"> {t("review.setApart")}</span>}
            {entry.words === "" ? null : <span className="quoted block">{entry.words}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function EntryConflict({
  entry,
  rule,
  store,
  onTheirs,
}: {
  readonly entry: LocalEntry;
  readonly rule: ReturnType<typeof ruleOf>;
  readonly store: ReviewStore;
  readonly onTheirs: (current: ReviewEntry | null) => void;
}) {
  const { t } = useTranslation("evaluation");
  const words = useJudgementWords();
  const { current } = entry;
  return (
    <section className="note blocking two-versions" role="alert">
      <strong>{t("conflict.entry", { at: current === null ? "" : moment(current.savedAt) })}</strong>
      <div className="columns-2">
        <div className="version">
          <h3>{t("conflict.mine")}</h3>
          <p>{words(rule, entry.judgement)}</p>
          <p className="quoted">{entry.words || t("conflict.noWords")}</p>
          <Button onClick={() => void store.resolve(entry.id, "mine")}>{t("conflict.keepMine")}</Button>
        </div>
        <div className="version">
          <h3>{t("conflict.theirs")}</h3>
          <p>{words(rule, current?.judgement ?? null)}</p>
          <p className="quoted">{(current?.words ?? "") || t("conflict.noWords")}</p>
          <Button
            onClick={() => {
              onTheirs(current);
              void store.resolve(entry.id, "theirs");
            }}
          >
            {t("conflict.takeTheirs")}
          </Button>
        </div>
      </div>
    </section>
  );
}

/** Entries the server refused, with the reason; nothing is thrown away unasked. */
function Troubles({
  entries,
  scheme,
  store,
  onOpen,
}: {
  readonly entries: readonly LocalEntry[];
  readonly scheme: Scheme;
  readonly store: ReviewStore;
  readonly onOpen: (entry: LocalEntry) => void;
}) {
  const { t } = useTranslation("evaluation");
  const refused = entries.filter((entry) => entry.state === "refused");
  const conflicts = entries.filter((entry) => entry.state === "conflict");
  if (entries.length === 0) return null;
  const label = (entry: LocalEntry): string =>
    `${entry.place} ${scheme.nodes.find((node) => node.id === entry.place)?.label ?? ""} · ${t(`method.${entry.method}`)}`;
  return (
    <>
      {conflicts.length === 0 ? null : (
        <section className="note blocking" role="alert">
          <strong>{t("offline.conflicts", { count: conflicts.length })}</strong>
          <ul className="problem-list">
            {conflicts.map((entry) => (
              <li key={entry.id}>
                <button type="button" className="link-button" onClick={() => onOpen(entry)}>
                  {label(entry)}
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      {refused.length === 0 ? null : (
        <section className="note blocking" role="alert">
          <strong>{t("offline.refused", { count: refused.length })}</strong>
          <ul className="problem-list">
            {refused.map((entry) => (
              <li key={entry.id}>
                {label(entry)}
                {t("common:list.colon")}
                {t(`syncRefusal.${entry.why ?? "closed"}`)}
                {entry.words === "" ? null : <span className="quoted block">{entry.words}</span>}
                <Button size="small" onClick={() => void store.discard(entry.id)}>
                  {t("offline.discard")}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function WaitingPhoto({ photo, onRemove }: { readonly photo: LocalPhoto; readonly onRemove: () => void }) {
  const { t } = useTranslation("evaluation");
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(photo.blob);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [photo.blob]);
  return (
    <figure className="photo waiting">
      {address === null ? null : <img src={address} alt={t("review.photoAt", { at: moment(photo.takenAt) })} />}
      <figcaption>
        {t("review.photoWaits")}
        <button type="button" className="link-button" onClick={onRemove}>
          {t("common:action.delete")}
        </button>
      </figcaption>
    </figure>
  );
}

function StoredPhoto({ id, isOff }: { readonly id: string; readonly isOff: boolean }) {
  const { t } = useTranslation("evaluation");
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (isOff) return undefined;
    let made: string | null = null;
    let isGone = false;
    api
      .readEntryPhoto({ params: { photo: id } })
      .then(({ blob }) => {
        if (isGone) return;
        made = URL.createObjectURL(blob);
        setAddress(made);
      })
      .catch(() => undefined); // the place stays empty; the entry itself is there
    return () => {
      isGone = true;
      if (made !== null) URL.revokeObjectURL(made);
    };
  }, [id, isOff]);
  return (
    <figure className="photo">
      {address === null ? (
        <span className="photo-none">{t(isOff ? "review.photoLeft" : "review.photoOnWay")}</span>
      ) : (
        <img src={address} alt={t("review.photoStored")} />
      )}
    </figure>
  );
}
