/** A district's own scheme in the making: edited, tried on an earlier round, published. */

import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import type { SchemeDraftReply, SchemePreview } from "@xingfu/contract";
import { readSchemeText, writeSchemeText } from "@xingfu/standards/text";
import { Button, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { moment, percent } from "../../lib/format.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Failed, Loaded, Waiting } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { draftQuery, forgetEvaluations, schemeQuery } from "./asked.ts";
import { useAutosave } from "./autosave.ts";
import { SaveMark } from "./SaveMark.tsx";
import { SchemeEditor } from "./SchemeEditor.tsx";
import { compileWritten, isWritten, textOf, treeOf } from "./written.ts";
import type { Written } from "./written.ts";
import "./evaluation.css";

export function SchemeDraftPage() {
  const { t } = useTranslation("evaluation");
  const { draft } = useParams({ from: "/inside/work/evaluation/drafts/$draft" });
  const query = useQuery({ ...draftQuery(Number(draft)), refetchOnMount: "always", gcTime: 0 });
  if (query.data === undefined)
    return (
      <Page title={t("draft.title")}>
        <Loaded query={query} lines={10}>
          {() => null}
        </Loaded>
      </Page>
    );
  return <Draft key={query.data.draft.id} reply={query.data} />;
}

/** A draft as somebody else saved it meanwhile. */
interface NewerDraft {
  readonly revision: number;
  readonly source: string;
}

function newerOf(current: unknown): NewerDraft | null {
  if (!isWritten(current)) return null;
  const draft = isWritten(current["draft"]) ? current["draft"] : current;
  const { revision } = draft;
  const source = current["source"];
  return typeof revision === "number" && typeof source === "string" ? { revision, source } : null;
}

function Draft({ reply }: { readonly reply: SchemeDraftReply }) {
  const { t } = useTranslation("evaluation");
  const tell = useTell();
  const navigate = useNavigate();
  const { id } = reply.draft;
  const read = readSchemeText(reply.source);
  const saving = useAutosave<Written, NewerDraft>({
    key: `scheme-draft.${id}`,
    initial: read.written ?? {},
    revision: reply.draft.revision,
    send: async (written, revision) =>
      (await api.saveSchemeDraft({ params: { id }, body: { source: writeSchemeText(written), revision } })).draft
        .revision,
    accepts: isWritten,
    conflictOf: newerOf,
    valueOf: (newer) => readSchemeText(newer.source).written ?? {},
  });
  const [isAsking, setAsking] = useState(false);
  const { value: written, state } = saving;
  const original = useOriginal(reply.draft);
  const { problems } = compileWritten(written);
  const title = textOf(written["title"]) || t("draft.title");

  const publish = useMutation({
    mutationFn: async () => {
      await saving.flush();
      const { draft } = await api.readSchemeDraft({ params: { id } });
      return await api.publishScheme({ params: { id }, body: { revision: draft.revision } });
    },
    onSuccess: async (entry) => {
      tell.done(t("draft.published", { title: entry.title, version: entry.version }));
      await forgetEvaluations();
      await navigate({
        to: "/evaluation/schemes/$id/$version",
        params: { id: entry.scheme, version: entry.version },
        search: {},
      });
    },
    onError: tell.failure,
    onSettled: () => setAsking(false),
  });
  const drop = useMutation({
    mutationFn: () => api.deleteSchemeDraft({ params: { id } }),
    onSuccess: async () => {
      await forgetEvaluations();
      await navigate({ to: "/evaluation/schemes", search: {} });
    },
    onError: tell.failure,
  });
  return (
    <Page
      title={title}
      subtitle={
        <>
          <Link to="/evaluation/schemes">{t("schemes.back")}</Link>
          <span className="soft">
            {" "}
            · {t("draft.subtitle", { by: reply.draft.updated.name ?? "", at: moment(reply.draft.updated.at) })}
          </span>
        </>
      }
      actions={
        <>
          <SaveMark state={state} />
          <Button loading={drop.isPending} onClick={() => drop.mutate()} danger>
            {t("draft.drop")}
          </Button>
          <Button
            type="primary"
            disabled={problems.length > 0 || state.kind === "conflict"}
            onClick={() => setAsking(true)}
          >
            {t("draft.publish")}
          </Button>
        </>
      }
    >
      <p className="answer">
        {t(problems.length === 0 ? "draft.answerSound" : "draft.answer", {
          nodes: treeOf(written).length,
          points: textOf(written["points"]),
          problems: problems.length,
        })}
      </p>
      {saving.conflict === null ? null : (
        <section className="note blocking" role="alert">
          <p>{t("draft.conflict")}</p>
          <div className="row">
            <Button onClick={() => saving.resolve("theirs")}>{t("conflict.takeTheirs")}</Button>
            <Button onClick={() => saving.resolve("mine")}>{t("conflict.keepMine")}</Button>
          </div>
        </section>
      )}
      <SchemeEditor
        written={written}
        original={original}
        unreadable={read.written === null ? reply.source : null}
        onChange={saving.set}
        trial={<Trial id={id} flush={saving.flush} isSound={problems.length === 0} written={written} />}
      />
      <Modal
        open={isAsking}
        title={t("draft.publishTitle")}
        okText={t("draft.publish")}
        confirmLoading={publish.isPending}
        onOk={() => publish.mutate()}
        onCancel={() => setAsking(false)}
      >
        <p>{t("draft.publishHint", { version: textOf(written["version"]), from: textOf(written["effectiveFrom"]) })}</p>
      </Modal>
    </Page>
  );
}

/** What the draft was copied from; null when it was written from nothing. */
function useOriginal({ copiedFrom }: SchemeDraftReply["draft"]) {
  const query = useQuery({
    ...schemeQuery(copiedFrom?.scheme ?? "", copiedFrom?.version ?? ""),
    enabled: copiedFrom !== null,
  });
  return query.data?.scheme ?? null;
}

/** The draft scored on the latest decided round: which bands would change, what it asks that nobody has answered. */
function Trial({
  id,
  flush,
  isSound,
  written,
}: {
  readonly id: number;
  readonly flush: () => Promise<void>;
  readonly isSound: boolean;
  readonly written: Written;
}) {
  const { t } = useTranslation("evaluation");
  const trial = useMutation({
    mutationFn: async () => {
      await flush();
      return await api.previewScheme({ params: { id }, body: {} });
    },
  });
  return (
    <Sheet
      title={t("trial.title")}
      aside={
        <Button disabled={!isSound} loading={trial.isPending} onClick={() => trial.mutate()}>
          {t("trial.run")}
        </Button>
      }
    >
      {trial.isPending ? (
        <Waiting lines={5} />
      ) : trial.isError ? (
        <Failed error={trial.error} onRetry={() => trial.mutate()} />
      ) : trial.data === undefined ? (
        <p className="soft">{t(isSound ? "trial.hint" : "trial.notYet")}</p>
      ) : (
        <TrialResult preview={trial.data} written={written} />
      )}
    </Sheet>
  );
}

function TrialResult({ preview, written }: { readonly preview: SchemePreview; readonly written: Written }) {
  const { t } = useTranslation("evaluation");
  const labels = new Map(treeOf(written).map((row) => [row.id, row.label]));
  const bands = new Map([...preview.before, ...preview.after].map(({ band, label }) => [band, label]));
  const moved = preview.schools.filter(({ before, after }) => before.band !== after.band).length;
  const unused = Object.values(preview.unusedRatings).reduce((sum, count) => sum + count, 0);
  const word = (band: string | null): string => (band === null ? t("band.open") : (bands.get(band) ?? band));
  const columns: Column<SchemePreview["schools"][number]>[] = [
    { key: "school", header: t("board.school"), width: 260, value: (row) => row.school },
    { key: "before", header: t("trial.before"), width: 130, value: (row) => word(row.before.band) },
    {
      key: "after",
      header: t("trial.after"),
      width: 130,
      value: (row) => word(row.after.band),
      render: (row) =>
        row.before.band === row.after.band ? word(row.after.band) : <strong>{word(row.after.band)}</strong>,
    },
    {
      key: "changed",
      header: t("trial.changed"),
      width: 100,
      value: (row) => row.before.band !== row.after.band,
      choices: [
        { value: "true", label: t("common:table.yes") },
        { value: "false", label: t("common:table.no") },
      ],
    },
    {
      key: "range",
      header: t("trial.range"),
      width: 170,
      align: "end",
      value: (row) => `${percent(row.after.low, 0)} – ${percent(row.after.high, 0)}`,
    },
  ];
  return (
    <div className="stack">
      <p>{t("trial.answer", { round: preview.round.name, schools: preview.schools.length, moved, unused })}</p>
      <dl className="facts">
        {preview.after.map(({ band, label, schools }) => (
          <div key={band ?? ""} className="band-line">
            <dt>{label}</dt>
            <dd>
              {preview.before.find((other) => other.band === band)?.schools ?? 0} → {schools}
            </dd>
          </div>
        ))}
      </dl>
      {preview.leavesWithoutInput.length === 0 ? null : (
        <p className="note">
          {t("trial.withoutInput", {
            leaves: preview.leavesWithoutInput
              .map((leaf) => `${leaf} ${labels.get(leaf) ?? ""}`.trim())
              .join(t("common:list.comma")),
          })}
        </p>
      )}
      <DataTable title={t("trial.title")} rows={preview.schools} columns={columns} rowKey={(row) => row.schoolCode} />
    </div>
  );
}
