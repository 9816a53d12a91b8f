/** One school's return: its rows, problems, comments on cells, and the next step of its life. */

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import type { CellComment, SchoolReturnDetail } from "@xingfu/contract";
import { openStates, returnMoves } from "@xingfu/domain/access";
import type { ReturnState } from "@xingfu/domain/access";
import { schoolSections } from "@xingfu/domain/base";
import type { SchoolSection, Section } from "@xingfu/domain/base";
import { labelOf } from "@xingfu/standards";
import { Button, Input, Modal, Segmented } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { useDraft } from "../../lib/draft.ts";
import { moment } from "../../lib/format.ts";
import { itemWords } from "../../lib/gap.ts";
import { forgetReturns, schoolReturnQuery } from "../../lib/query.ts";
import { useMay, useYear } from "../../lib/session.ts";
import { DataTable } from "../../ui/DataTable.tsx";
import type { Column } from "../../ui/DataTable.tsx";
import { Page, Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { StateMark } from "./StateMark.tsx";
import { EditDialog, UnsavedEdits, isEditDraft } from "./CellEdits.tsx";
import type { AskedCell, CellEdit } from "./CellEdits.tsx";
import { cellWords, namesRow, placeWords, rowKey } from "./rows.ts";
import type { RawCell, RawRow } from "./rows.ts";

export function SchoolReturnPage() {
  const { t } = useTranslation("returns");
  const { code } = useParams({ from: "/inside/work/data/states/$code" });
  const year = useYear();
  const query = useQuery(schoolReturnQuery(year, code));
  return (
    <Page
      title={query.data?.school.school ?? t("school.title")}
      subtitle={
        <>
          {t("common:year.label", { from: year, to: year + 1 })} · {t("school.title")} · {code}
        </>
      }
      actions={
        <>
          <Link to="/schools/$code" params={{ code }}>
            <Button>{t("school.dossier")}</Button>
          </Link>
          <Link to="/balance" search={{ school: code }}>
            <Button>{t("school.balance")}</Button>
          </Link>
        </>
      }
    >
      <Loaded query={query} lines={9}>
        {(detail) => <Inside key={`${year}${code}`} detail={detail} code={code} />}
      </Loaded>
    </Page>
  );
}

/** A comment that was written but not sent yet. */
interface NewComment {
  readonly section: Section | null;
  readonly rowKey: string | null;
  readonly column: string | null;
  readonly text: string;
}

function isCommentDraft(value: unknown): value is readonly NewComment[] {
  return (
    Array.isArray(value) &&
    value.every((entry: unknown) => typeof entry === "object" && entry !== null && "text" in entry)
  );
}

const noComments: readonly NewComment[] = [];
const noEdits: readonly CellEdit[] = [];

function Inside({ detail, code }: { readonly detail: SchoolReturnDetail; readonly code: string }) {
  const { t } = useTranslation("returns");
  const year = useYear();
  const may = useMay();
  const { school, rows } = detail;
  const [drafts, setDrafts, forget] = useDraft(`comments.${year}.${code}`, noComments, isCommentDraft);
  const [asked, setAsked] = useState<NewComment | null>(null);
  const canComment =
    may("return.verify") && returnMoves.some((move) => move.from === school.state && move.to === "returned");
  const [edits, setEdits, forgetEdits] = useDraft(`edits.${year}.${code}`, noEdits, isEditDraft);
  const [edited, setEdited] = useState<AskedCell | null>(null);
  const canEdit = may("return.fill") && openStates.includes(school.state);
  const errors = detail.problems.filter((problem) => problem.severity === "error").length;
  const open = detail.comments.filter((comment) => !comment.isResolved);
  return (
    <>
      <div className="row gap-m">
        <StateMark state={school.state} />
        {school.isLate ? <span className="verdict attention">{t("states.isLate")}</span> : null}
        <span className="soft">
          {labelOf("schoolTypes", school.type)}
          {school.groupName === null ? null : ` · ${school.groupName}`}
        </span>
        {school.moved === null ? null : (
          <span className="soft">
            {t("school.moved", { name: school.moved.name ?? "", at: moment(school.moved.at) })}
          </span>
        )}
      </div>
      <p className="answer">
        {rows === null
          ? t("school.noData")
          : t(`school.answer.${school.state}`, {
              comments: open.length === 0 ? t("school.noComments") : t("school.openComments", { count: open.length }),
              errors: errors === 0 ? t("school.noErrors") : t("school.errors", { count: errors }),
            })}
      </p>
      <NextStep detail={detail} code={code} drafts={drafts} onSent={forget} />
      {drafts.length === 0 ? null : (
        <Sheet title={t("school.unsent", { count: drafts.length })} aside={t("school.unsentHint")}>
          <ul className="stack tight">
            {drafts.map((draft, at) => (
              <li key={at} className="comment row apart">
                <span>
                  <strong>{placeWords(draft, t)}</strong> {draft.text}
                </span>
                <Button size="small" type="text" onClick={() => setDrafts(drafts.filter((_, other) => other !== at))}>
                  {t("common:action.delete")}
                </Button>
              </li>
            ))}
          </ul>
        </Sheet>
      )}
      <Comments comments={detail.comments} />
      {canEdit ? (
        <UnsavedEdits detail={detail} code={code} edits={edits} onChange={setEdits} onSaved={forgetEdits} />
      ) : null}
      {rows === null ? (
        <Empty
          title={t("school.empty")}
          action={may("return.fill") ? <Link to="/data/import">{t("school.toImport")}</Link> : null}
        >
          {t("school.emptyHint")}
        </Empty>
      ) : (
        <Rows
          detail={detail}
          drafts={drafts}
          edits={canEdit ? edits : noEdits}
          onComment={canComment ? setAsked : null}
          onEdit={canEdit ? setEdited : null}
        />
      )}
      <Moves detail={detail} />
      {asked === null ? null : (
        <CommentDialog
          asked={asked}
          onClose={() => setAsked(null)}
          onAdd={(comment) => {
            setDrafts([...drafts, comment]);
            setAsked(null);
          }}
        />
      )}
      {edited === null ? null : (
        <EditDialog
          asked={edited}
          draft={edits.find((edit) => isSameCell(edit, edited))}
          onClose={() => setEdited(null)}
          onChange={(edit) => {
            setEdits([...edits.filter((other) => !isSameCell(other, edit)), edit]);
            setEdited(null);
          }}
        />
      )}
    </>
  );
}

type CellPlace = Pick<CellEdit, "section" | "rowKey" | "column">;

function isSameCell(one: CellPlace, other: CellPlace): boolean {
  return one.section === other.section && one.rowKey === other.rowKey && one.column === other.column;
}

function NextStep({
  detail,
  code,
  drafts,
  onSent,
}: {
  readonly detail: SchoolReturnDetail;
  readonly code: string;
  readonly drafts: readonly NewComment[];
  readonly onSent: () => void;
}) {
  const { t } = useTranslation("returns");
  const year = useYear();
  const may = useMay();
  const tell = useTell();
  const [asked, setAsked] = useState<ReturnState | null>(null);
  const [note, setNote] = useState("");
  const [isBusy, setBusy] = useState(false);
  const from = detail.school.state;
  const moves = returnMoves.filter((move) => move.from === from && may(move.action));
  if (moves.length === 0 || detail.rows === null) return null;
  const submit = async (to: ReturnState): Promise<void> => {
    setBusy(true);
    try {
      await api.moveReturn({
        params: { year, code },
        body: {
          to,
          note: note.trim(),
          ...(to === "returned" && drafts.length > 0 ? { comments: drafts.map((draft) => ({ ...draft })) } : {}),
        },
      });
      tell.done(t("school.done", { state: t(`common:returnState.${to}`) }));
      if (to === "returned") onSent();
      setAsked(null);
      setNote("");
      await forgetReturns();
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="row no-print">
      {moves.map((move) => (
        <Button
          key={move.to}
          type={move.to === "submitted" || move.to === "verified" ? "primary" : "default"}
          onClick={() => setAsked(move.to)}
        >
          {t(`school.move.${move.from}-${move.to}`)}
        </Button>
      ))}
      <Modal
        open={asked !== null}
        title={asked === null ? "" : t(`school.move.${from}-${asked}`)}
        okText={t("common:action.confirm")}
        confirmLoading={isBusy}
        onOk={() => {
          if (asked !== null) void submit(asked);
        }}
        onCancel={() => setAsked(null)}
      >
        <div className="stack tight">
          {asked === "submitted" ? <p>{t("school.submitHint")}</p> : null}
          {asked === "returned" ? <p>{t("school.returnHint", { count: drafts.length })}</p> : null}
          {asked === "locked" ? <p>{t("school.lockHint")}</p> : null}
          <Input.TextArea
            value={note}
            onChange={(event) => setNote(event.target.value)}
            placeholder={t(asked === "returned" ? "states.noteReturn" : "states.note")}
            aria-label={t("states.note")}
            autoSize={{ minRows: 2, maxRows: 8 }}
            maxLength={2000}
          />
        </div>
      </Modal>
    </div>
  );
}

function Comments({ comments }: { readonly comments: readonly CellComment[] }) {
  const { t } = useTranslation("returns");
  const tell = useTell();
  const may = useMay();
  const [isAll, setAll] = useState(false);
  const shown = isAll ? comments : comments.filter((comment) => !comment.isResolved);
  if (comments.length === 0) return null;
  const resolve = async (id: number): Promise<void> => {
    try {
      await api.resolveComment({ params: { id } });
      await forgetReturns();
    } catch (error) {
      tell.failure(error);
    }
  };
  return (
    <Sheet
      title={t("school.comments", { count: comments.filter((comment) => !comment.isResolved).length })}
      aside={
        <button type="button" className="link-button" onClick={() => setAll(!isAll)}>
          {t(isAll ? "school.openOnly" : "school.allComments", { count: comments.length })}
        </button>
      }
    >
      {shown.length === 0 ? <p className="soft">{t("school.allDone")}</p> : null}
      <ul className="stack tight">
        {shown.map((comment) => (
          <li key={comment.id} className={`comment${comment.isResolved ? " resolved" : ""}`}>
            <div className="row apart">
              {comment.section === null ? (
                <strong>{placeWords(comment, t)}</strong>
              ) : (
                <Link
                  to="."
                  search={(before) => ({ ...before, section: comment.section ?? "schools" })}
                  resetScroll={false}
                >
                  {placeWords(comment, t)}
                </Link>
              )}
              <span className="small faint">
                {comment.by.name} · {moment(comment.by.at)}
              </span>
            </div>
            <div className="row apart">
              <span>{comment.text}</span>
              {comment.isResolved ? (
                <span className="small soft">{t("school.resolved")}</span>
              ) : may("return.fill") || may("return.verify") ? (
                <Button size="small" onClick={() => void resolve(comment.id)}>
                  {t("school.resolve")}
                </Button>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

interface Line {
  readonly key: string;
  readonly row: RawRow;
  readonly index: number;
}

function Rows({
  detail,
  drafts,
  edits,
  onComment,
  onEdit,
}: {
  readonly detail: SchoolReturnDetail;
  readonly drafts: readonly NewComment[];
  readonly edits: readonly CellEdit[];
  readonly onComment: ((comment: NewComment) => void) | null;
  readonly onEdit: ((cell: AskedCell) => void) | null;
}) {
  const { t } = useTranslation("returns");
  const navigate = useNavigate();
  const { section: asked } = useSearch({ from: "/inside/work/data/states/$code" });
  const year = detail.rows;
  const section: SchoolSection = schoolSections.find((entry) => entry === asked) ?? "schools";
  const lines = useMemo((): Line[] => {
    const rows = (year?.[section] ?? []) as readonly object[];
    return rows.map((entry, index) => {
      const row = Object.fromEntries(Object.entries(entry)) as RawRow;
      return { key: rowKey(section, row), row, index };
    });
  }, [year, section]);
  const problems = detail.problems.filter((problem) => problem.section === section);
  const columns = useMemo(() => {
    const names = Object.keys(lines[0]?.row ?? {}).filter((name) => name !== "schoolCode");
    return names.map((name): Column<Line> => {
      const isNumber = lines.some((line) => typeof line.row[name] === "number");
      const isYesNo = /^(is|has)[A-Z]/.test(name); // how the rows name their flags
      return {
        key: name,
        header: itemWords(name, t),
        width: name === "groupName" ? 210 : name === "name" || name === "className" ? 150 : isNumber ? 116 : 128,
        ...(isNumber ? { align: "end" as const, kind: "number" as const } : {}),
        value: (line) => {
          const value: RawCell = line.row[name] ?? null;
          return typeof value === "number" ? value : cellWords(value, t, name);
        },
        render: (line) => {
          const place = { section, rowKey: line.key, column: name };
          const value = line.row[name] ?? null;
          const edit = edits.find((entry) => isSameCell(entry, place));
          const comment = detail.comments.find(
            (entry) =>
              !entry.isResolved && entry.section === section && entry.rowKey === line.key && entry.column === name,
          );
          const ask =
            onComment !== null
              ? () => onComment({ ...place, text: "" })
              : onEdit === null || namesRow(section, name)
                ? null
                : () => onEdit({ ...place, value, isYesNo, comment: comment?.text ?? null });
          return (
            <CellButton
              words={edit?.words ?? cellWords(value, t, name)}
              comment={comment}
              hasDraft={
                edit !== undefined ||
                drafts.some((draft) => draft.section === section && draft.rowKey === line.key && draft.column === name)
              }
              problem={problems.find((entry) => entry.index === line.index && entry.column === name)}
              label={`${placeWords(place, t)}${t("common:list.colon")}`}
              onAsk={ask}
            />
          );
        },
      };
    });
  }, [lines, t, detail.comments, drafts, edits, problems, section, onComment, onEdit]);
  const hint = onComment !== null ? "school.commentHint" : onEdit !== null ? "edit.cellHint" : null;
  const count = (entry: SchoolSection): number => year?.[entry].length ?? 0;
  const loose = problems.filter((problem) => problem.index === null || problem.column === null);
  return (
    <Sheet title={t("school.rows")} aside={hint === null ? null : t(hint)} isFlush>
      <div style={{ padding: "0 20px", overflowX: "auto" }} className="no-print">
        <Segmented<SchoolSection>
          value={section}
          onChange={(value) =>
            void navigate({
              to: ".",
              search: (before) => ({ ...before, section: value }),
              replace: true,
              resetScroll: false,
            })
          }
          options={schoolSections.map((entry) => ({
            value: entry,
            label: `${t(`common:section.${entry}`)} ${count(entry)}`,
            disabled: count(entry) === 0,
          }))}
        />
      </div>
      {loose.length === 0 ? null : (
        <ul className="stack tight" style={{ padding: "12px 20px 0" }}>
          {loose.map((problem, at) => (
            <li key={at} className={`note${problem.severity === "error" ? " blocking" : ""}`}>
              {t(`problem.${problem.code}`, { defaultValue: problem.code })}
              {problem.expected === null ? null : `${t("common:list.colon")}${problem.expected}`}
            </li>
          ))}
        </ul>
      )}
      {lines.length === 0 ? (
        <p className="table-none">{t("school.noRows")}</p>
      ) : (
        <DataTable
          key={section}
          title={`${detail.school.school} ${t(`common:section.${section}`)}`}
          rows={lines}
          columns={columns}
          rowKey={(line) => line.key + String(line.index)}
          maxHeight="520px"
        />
      )}
    </Sheet>
  );
}

function CellButton({
  words,
  comment,
  hasDraft,
  problem,
  label,
  onAsk,
}: {
  readonly words: string | null;
  readonly comment: CellComment | undefined;
  readonly hasDraft: boolean;
  readonly problem: SchoolReturnDetail["problems"][number] | undefined;
  /** place of the cell, said before its value where the cell is a button */
  readonly label: string;
  readonly onAsk: (() => void) | null;
}) {
  const { t } = useTranslation("returns");
  const text = words ?? t("common:gap.blank");
  const hints = [
    comment === undefined ? null : t("school.commentOf", { text: comment.text }),
    problem === undefined
      ? null
      : `${t(`problem.${problem.code}`, { defaultValue: problem.code })}${problem.expected === null ? "" : `${t("common:list.colon")}${problem.expected}`}`,
  ].filter((hint) => hint !== null);
  const classes = `cell-comment${comment !== undefined || hasDraft ? " has-comment" : ""}${problem?.severity === "error" ? " has-problem" : ""}`;
  if (onAsk === null) {
    return (
      <span className={words === null ? "faint" : classes} title={hints.join("\n")}>
        {text}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={`${classes}${words === null ? " faint" : ""}`}
      title={hints.join("\n")}
      aria-label={`${label}${text}`}
      onClick={onAsk}
    >
      {text}
    </button>
  );
}

function CommentDialog({
  asked,
  onClose,
  onAdd,
}: {
  readonly asked: NewComment;
  readonly onClose: () => void;
  readonly onAdd: (comment: NewComment) => void;
}) {
  const { t } = useTranslation("returns");
  const [text, setText] = useState("");
  return (
    <Modal
      open
      title={placeWords(asked, t)}
      okText={t("school.addComment")}
      okButtonProps={{ disabled: text.trim() === "" }}
      onOk={() => onAdd({ ...asked, text: text.trim() })}
      onCancel={onClose}
    >
      <Input.TextArea
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={t("school.commentPlaceholder")}
        aria-label={t("school.addComment")}
        autoSize={{ minRows: 2, maxRows: 6 }}
        maxLength={1000}
        autoFocus
      />
    </Modal>
  );
}

function Moves({ detail }: { readonly detail: SchoolReturnDetail }) {
  const { t } = useTranslation("returns");
  if (detail.moves.length === 0) return null;
  return (
    <Sheet title={t("school.history")}>
      <ul className="stack tight">
        {detail.moves.map((move, at) => (
          <li key={at}>
            <span className="soft">{moment(move.by.at)}</span> {move.by.name}
            {t("common:list.colon")}
            {t(`common:returnState.${move.from}`)} → {t(`common:returnState.${move.to}`)}
            {move.note === "" ? null : <span className="soft">（{move.note}）</span>}
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
