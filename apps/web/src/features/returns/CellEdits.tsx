/** Cells of a return changed by hand: the dialog for one cell, and what was changed but not saved yet. */

import type { ImportIssue, SchoolReturnDetail } from "@xingfu/contract";
import { canonicalText } from "@xingfu/domain/base";
import type { SchoolSection } from "@xingfu/domain/base";
import { codeList } from "@xingfu/standards";
import { Button, Input, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiError, api } from "../../lib/api.ts";
import { forgetReturns } from "../../lib/query.ts";
import { useYear } from "../../lib/session.ts";
import { Sheet } from "../../ui/Page.tsx";
import { useTell } from "../../ui/tell.ts";
import { cellWords, codeListOf, placeWords, rowKey } from "./rows.ts";
import type { RawCell, RawRow } from "./rows.ts";

/** A cell and what it shall hold. */
export interface CellEdit {
  readonly section: SchoolSection;
  readonly rowKey: string;
  readonly column: string;
  /** as it was reported then, in words */
  readonly before: string;
  /** the same as canonical text, by which the server knows whether somebody changed it since */
  readonly seen: string;
  /** as typed, or the code that was chosen; "" = not reported */
  readonly text: string;
  /** the same in words */
  readonly words: string;
}

export function isEditDraft(value: unknown): value is readonly CellEdit[] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry: unknown) =>
        typeof entry === "object" &&
        entry !== null &&
        "rowKey" in entry &&
        "text" in entry &&
        "words" in entry &&
        "seen" in entry,
    )
  );
}

/** The cell one asked to change. */
export interface AskedCell {
  readonly section: SchoolSection;
  readonly rowKey: string;
  readonly column: string;
  readonly value: RawCell;
  /** whether the column holds yes and no */
  readonly isYesNo: boolean;
  /** what the commission says about it */
  readonly comment: string | null;
}

export function EditDialog({
  asked,
  draft,
  onClose,
  onChange,
}: {
  readonly asked: AskedCell;
  readonly draft: CellEdit | undefined;
  readonly onClose: () => void;
  readonly onChange: (edit: CellEdit) => void;
}) {
  const { t } = useTranslation("returns");
  const list = codeListOf(asked.column);
  const before = cellWords(asked.value, t, asked.column) ?? t("common:gap.blank");
  const [text, setText] = useState(draft?.text ?? typedText(asked.value, t));
  const choices =
    list !== null
      ? codeList(list).map(({ code, label }) => ({ value: code, label }))
      : asked.isYesNo
        ? [true, false].map((value) => ({
            value: String(value),
            label: t(value ? "common:table.yes" : "common:table.no"),
          }))
        : null;
  const words =
    text.trim() === ""
      ? t("common:gap.blank")
      : (choices?.find((choice) => choice.value === text)?.label ?? text.trim());
  const label = t("edit.value");
  const take = (): void => {
    const { section, rowKey, column, value } = asked;
    onChange({ section, rowKey, column, before, seen: canonicalText(value), text: text.trim(), words });
  };
  return (
    <Modal open title={placeWords(asked, t)} okText={t("edit.take")} onOk={take} onCancel={onClose}>
      <div className="stack tight">
        {asked.comment === null ? null : <p className="comment">{asked.comment}</p>}
        <p className="soft">{t("edit.before", { value: before })}</p>
        {choices === null ? (
          <Input
            value={text}
            onChange={(event) => setText(event.target.value)}
            onPressEnter={(event) => {
              // Enter that ends the choice of a Chinese word is not meant for the form
              if (!event.nativeEvent.isComposing) take();
            }}
            aria-label={label}
            placeholder={t("edit.blankHint")}
            maxLength={1000}
            autoFocus
          />
        ) : (
          <Select
            value={text === "" ? null : text}
            onChange={(value: string | undefined) => setText(value ?? "")}
            options={choices}
            allowClear
            showSearch={{ optionFilterProp: "label" }}
            aria-label={label}
            placeholder={t("edit.blankHint")}
            autoFocus
          />
        )}
        <p className="small soft">{t("edit.hint")}</p>
      </div>
    </Modal>
  );
}

/** What stands in the box at first: the reported value as a person would type it. */
function typedText(value: RawCell, t: ReturnType<typeof useTranslation>["t"]): string {
  if (value === null) return "";
  if (typeof value === "object") return cellWords(value, t) ?? "";
  return String(value);
}

/** What a cell holds by now, when somebody changed it since it was typed over; null when nobody did. */
function changedMeanwhile(detail: SchoolReturnDetail, edit: CellEdit): { readonly value: RawCell } | null {
  const rows = (detail.rows?.[edit.section] ?? []) as readonly object[];
  const row = rows
    .map((each) => Object.fromEntries(Object.entries(each)) as RawRow)
    .find((each) => rowKey(edit.section, each) === edit.rowKey);
  if (row === undefined) return null;
  const value = row[edit.column] ?? null;
  const held = canonicalText(value);
  return held === edit.seen ? null : { value };
}

/** Changes that wait to be saved; all of them go in, or none. */
export function UnsavedEdits({
  detail,
  code,
  edits,
  onChange,
  onSaved,
}: {
  readonly detail: SchoolReturnDetail;
  readonly code: string;
  readonly edits: readonly CellEdit[];
  readonly onChange: (edits: readonly CellEdit[]) => void;
  readonly onSaved: () => void;
}) {
  const { t } = useTranslation("returns");
  const year = useYear();
  const tell = useTell();
  const [isBusy, setBusy] = useState(false);
  const [issues, setIssues] = useState<readonly ImportIssue[]>([]);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setIssues([]);
    try {
      const cells = edits.map(({ section, rowKey, column, text, seen }) => ({ section, rowKey, column, text, seen }));
      const { batch, issues: found } = await api.editReturn({ params: { year, code }, body: { cells } });
      setIssues(found);
      if (batch === null && found.some((issue) => issue.severity === "error")) return;
      if (batch === null) tell.done(t("edit.same"));
      else tell.done(t("edit.saved", { id: batch.id }));
      onSaved();
      await forgetReturns();
    } catch (error) {
      if (error instanceof ApiError && error.code === "CHANGED_MEANWHILE") {
        tell.warn(t("edit.changed"));
        await forgetReturns();
      } else tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  const errors = issues.filter((issue) => issue.severity === "error").length;
  if (edits.length === 0 && issues.length === 0) return null;
  return (
    <Sheet title={t("edit.unsaved", { count: edits.length })} aside={t("edit.unsavedHint")}>
      <div className="stack">
        <ul className="stack tight">
          {edits.map((edit, at) => {
            const now = changedMeanwhile(detail, edit);
            const words = now === null ? "" : (cellWords(now.value, t, edit.column) ?? t("common:gap.blank"));
            return (
              <li key={`${edit.section}|${edit.rowKey}|${edit.column}`} className="comment row apart">
                <span>
                  <strong>{placeWords(edit, t)}</strong> {edit.before} → {edit.words}
                  {now === null ? null : <span className="soft"> {t("edit.meanwhile", { value: words })}</span>}
                </span>
                <span className="row tight">
                  {now === null ? null : (
                    <Button
                      size="small"
                      onClick={() =>
                        onChange(edits.with(at, { ...edit, before: words, seen: canonicalText(now.value) }))
                      }
                    >
                      {t("edit.still")}
                    </Button>
                  )}
                  <Button size="small" type="text" onClick={() => onChange(edits.filter((_, other) => other !== at))}>
                    {t("edit.drop")}
                  </Button>
                </span>
              </li>
            );
          })}
        </ul>
        {issues.length === 0 ? null : (
          <div className={`note${errors > 0 ? " blocking" : ""}`} role="alert">
            {t(errors > 0 ? "edit.refused" : "edit.warned", { count: errors > 0 ? errors : issues.length })}
            <ul>
              {issues.map((issue, at) => (
                <li key={at}>{issue.message}</li>
              ))}
            </ul>
          </div>
        )}
        {edits.length === 0 ? null : (
          <div>
            <Button type="primary" loading={isBusy} disabled={detail.rows === null} onClick={() => void submit()}>
              {t("edit.save")}
            </Button>
          </div>
        )}
      </div>
    </Sheet>
  );
}
