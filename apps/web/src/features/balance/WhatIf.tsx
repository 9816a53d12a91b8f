/** What-if: change any raw number of any school; the same engine judges again at once. Nothing touches reported data. */

import { useQuery } from "@tanstack/react-query";
import { useBlocker, useNavigate, useSearch } from "@tanstack/react-router";
import type { AssessmentReply, Scenario } from "@xingfu/contract";
import { applyChanges, assessBalance } from "@xingfu/domain/balance";
import type { BalanceAssessment, Change } from "@xingfu/domain/balance";
import { Fault, schoolYear } from "@xingfu/domain/base";
import { App, Button, Checkbox, Form, Input, Modal, Segmented } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { dropDraft, readDraft, writeDraft } from "../../lib/draft.ts";
import { moment } from "../../lib/format.ts";
import { factsQuery, queryClient, scenariosQuery } from "../../lib/query.ts";
import { Loaded } from "../../ui/States.tsx";
import { useTell } from "../../ui/tell.ts";
import { Outcome } from "./Outcome.tsx";
import { RawGrid } from "./RawGrid.tsx";
import { ScenarioCompare } from "./ScenarioCompare.tsx";
import { ChangeList } from "./ChangeList.tsx";
import { useBalance, useEngine } from "./source.ts";
import type { Engine } from "./source.ts";
import {
  changesOf,
  emptyHistory,
  fieldGroups,
  redone,
  stepped,
  undone,
  withChanges,
  withoutChange,
} from "./what-if.ts";
import type { Cell, FieldGroup, History } from "./what-if.ts";

export function WhatIf() {
  const reply = useBalance();
  const engine = useEngine();
  return (
    <Loaded query={engine} lines={10}>
      {(loaded) => <Workbench reply={reply} engine={loaded} />}
    </Loaded>
  );
}

const noScenarios: readonly Scenario[] = [];

function isChangeList(value: unknown): value is Change[] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry: unknown) =>
        typeof entry === "object" &&
        entry !== null &&
        "schoolCode" in entry &&
        "field" in entry &&
        "value" in entry &&
        typeof entry.value === "number",
    )
  );
}

/** The changes that the facts of today still accept; a school may have gone since the draft was kept. */
function acceptable(engine: Engine, changes: readonly Change[]): readonly Change[] {
  try {
    applyChanges(engine.facts, changes);
    return changes;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return changes.filter((change) => {
      try {
        applyChanges(engine.facts, [change]);
        return true;
      } catch {
        return false;
      }
    });
  }
}

function Workbench({ reply, engine }: { readonly reply: AssessmentReply; readonly engine: Engine }) {
  const { t } = useTranslation("balance");
  const year = reply.assessment.schoolYear;
  const draftKey = `whatIf.${year}`;
  const { scenario: scenarioAsked, find } = useSearch({ from: "/inside/work/balance/what-if" });
  const { modal } = App.useApp();
  const tell = useTell();
  const navigate = useNavigate();
  const [history, setHistory] = useState<History>(() => {
    const kept = readDraft(sessionStorage, draftKey, isChangeList);
    return kept === null ? emptyHistory : { states: [acceptable(engine, kept)], at: 0 };
  });
  const [saved, setSaved] = useState<readonly Change[]>([]);
  const [current, setCurrent] = useState<Scenario | null>(null);
  const [isSaving, setSaving] = useState(false);
  const [group, setGroup] = useState<FieldGroup>("teachers");
  const scenarios = useQuery(scenariosQuery(year));
  const lastYear = useQuery({ ...factsQuery(schoolYear(year - 1)), retry: false });

  const changes = changesOf(history);
  const isDirty = JSON.stringify(changes) !== JSON.stringify(saved);
  const before = useMemo(() => assessBalance(engine.facts, engine.rules), [engine]);
  const after = useMemo(() => (changes.length === 0 ? null : whatIf(engine, changes)), [engine, changes]);

  useEffect(() => {
    if (isDirty) writeDraft(sessionStorage, draftKey, changes);
    else dropDraft(sessionStorage, draftKey);
  }, [changes, isDirty, draftKey]);

  useBlocker({
    shouldBlockFn: async ({ next, current: here }) => {
      if (!isDirty || next.pathname === here.pathname) return false;
      const leave = await modal.confirm({
        title: t("whatIf.leave"),
        content: t("whatIf.leaveHint"),
        okText: t("whatIf.leaveOk"),
        cancelText: t("whatIf.leaveStay"),
      });
      return !leave;
    },
    enableBeforeUnload: () => isDirty,
  });

  const add = (added: readonly Change[]): void => {
    const next = withChanges(engine.facts, changes, added);
    try {
      applyChanges(engine.facts, next);
      setHistory(stepped(history, next));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      tell.warn(t("whatIf.refused"));
    }
  };
  const reset = (cell: Cell): void => setHistory(stepped(history, withoutChange(changes, cell)));

  const load = (scenario: Scenario): void => {
    const taken = acceptable(engine, scenario.changes);
    if (taken.length < scenario.changes.length)
      tell.warn(t("whatIf.partly", { count: scenario.changes.length - taken.length }));
    setHistory(stepped(history, taken));
    setSaved(taken);
    setCurrent(scenario);
    void navigate({ to: ".", search: (former) => ({ ...former, scenario: String(scenario.id) }), replace: true });
  };
  const list = scenarios.data?.scenarios;
  useEffect(() => {
    const asked = list?.find((scenario) => String(scenario.id) === scenarioAsked);
    if (asked !== undefined && current?.id !== asked.id) load(asked);
    // only when the address or the list changes: loading again would undo what was typed since
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [list, scenarioAsked]);

  const latestLoad = useRef(load);
  useEffect(() => {
    latestLoad.current = load;
  });
  const onLoad = useCallback((scenario: Scenario) => latestLoad.current(scenario), []);
  const latestId = useRef<number | null>(null);
  useEffect(() => {
    latestId.current = current?.id ?? null;
  }, [current]);
  const onDeleted = useCallback((id: number) => {
    if (latestId.current !== id) return;
    setCurrent(null);
    setSaved([]); // what stood in it is now unsaved
  }, []);

  const startOver = (): void => {
    setHistory(stepped(history, []));
    setSaved([]);
    setCurrent(null);
    void navigate({ to: ".", search: ({ scenario: _, ...rest }) => rest, replace: true });
  };

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.target instanceof HTMLInputElement) return;
      if (event.key === "z") setHistory(event.shiftKey ? redone : undone);
      else if (event.key === "y") setHistory(redone);
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (
    <>
      <Outcome
        before={before}
        after={after?.assessment ?? null}
        reply={reply}
        engine={after === null ? null : after.engine}
      />
      <div className="row apart no-print">
        <div className="scroll-x">
          <Segmented<FieldGroup>
            value={group}
            onChange={setGroup}
            options={(Object.keys(fieldGroups) as FieldGroup[]).map((value) => ({
              value,
              label: t(`whatIf.group.${value}`),
            }))}
          />
        </div>
        <div className="row">
          <Button onClick={() => setHistory(undone(history))} disabled={history.at === 0}>
            {t("whatIf.undo")}
          </Button>
          <Button onClick={() => setHistory(redone(history))} disabled={history.at >= history.states.length - 1}>
            {t("whatIf.redo")}
          </Button>
          <Button onClick={startOver} disabled={changes.length === 0}>
            {t("whatIf.startOver")}
          </Button>
          <Button type="primary" onClick={() => setSaving(true)} disabled={changes.length === 0 || !isDirty}>
            {t("whatIf.save")}
          </Button>
        </div>
      </div>
      <RawGrid
        key={group}
        group={group}
        facts={engine.facts}
        lastYear={lastYear.data?.facts ?? null}
        changes={changes}
        before={before}
        after={after?.assessment ?? before}
        onAdd={add}
        onReset={reset}
        {...(find === undefined ? {} : { firstSearch: find })}
      />
      <ChangeList facts={engine.facts} changes={changes} onReset={reset} />
      <ScenarioCompare
        engine={engine}
        reported={before}
        scenarios={list ?? noScenarios}
        currentId={current?.id ?? null}
        onLoad={onLoad}
        onDeleted={onDeleted}
      />
      {isSaving ? (
        <SaveDialog
          year={year}
          current={current}
          changes={changes}
          onClose={() => setSaving(false)}
          onSaved={(scenario) => {
            setCurrent(scenario);
            setSaved(changes);
            setSaving(false);
            dropDraft(sessionStorage, draftKey);
            void queryClient.invalidateQueries({ queryKey: ["scenarios"] });
            void navigate({
              to: ".",
              search: (former) => ({ ...former, scenario: String(scenario.id) }),
              replace: true,
            });
          }}
        />
      ) : null}
    </>
  );
}

function whatIf(
  engine: Engine,
  changes: readonly Change[],
): { readonly assessment: BalanceAssessment; readonly engine: Engine } {
  const facts = applyChanges(engine.facts, changes);
  return { assessment: assessBalance(facts, engine.rules), engine: { ...engine, facts, inputsHash: null } };
}

interface SaveFields {
  readonly name: string;
  readonly note?: string;
  readonly isShared?: boolean;
}

function SaveDialog({
  year,
  current,
  changes,
  onClose,
  onSaved,
}: {
  readonly year: AssessmentReply["assessment"]["schoolYear"];
  readonly current: Scenario | null;
  readonly changes: readonly Change[];
  readonly onClose: () => void;
  readonly onSaved: (scenario: Scenario) => void;
}) {
  const { t } = useTranslation("balance");
  const tell = useTell();
  const [form] = Form.useForm<SaveFields>();
  const [isBusy, setBusy] = useState(false);
  const isOwn = current?.isOwn === true;
  const submit = async (asNew: boolean): Promise<void> => {
    const fields = await form.validateFields();
    const body = {
      name: fields.name.trim(),
      note: fields.note?.trim() ?? "",
      isShared: fields.isShared ?? false,
      changes: [...changes],
    };
    setBusy(true);
    try {
      const scenario =
        !asNew && current !== null
          ? await api.updateScenario({ params: { id: current.id }, body })
          : await api.createScenario({ params: { year }, body });
      tell.done(t("whatIf.saved", { name: scenario.name }));
      onSaved(scenario);
    } catch (error) {
      tell.failure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t("whatIf.saveTitle", { count: changes.length })}
      onCancel={onClose}
      footer={[
        <Button key="cancel" onClick={onClose}>
          {t("common:action.cancel")}
        </Button>,
        isOwn ? (
          <Button key="over" loading={isBusy} onClick={() => void submit(false).catch(() => undefined)}>
            {t("whatIf.overwrite")}
          </Button>
        ) : null,
        <Button key="new" type="primary" loading={isBusy} onClick={() => void submit(true).catch(() => undefined)}>
          {t("whatIf.saveNew")}
        </Button>,
      ]}
    >
      <Form<SaveFields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ name: current?.name ?? "", note: current?.note ?? "", isShared: current?.isShared ?? false }}
      >
        <Form.Item
          name="name"
          label={t("whatIf.name")}
          rules={[{ required: true, whitespace: true, message: t("whatIf.needName") }]}
        >
          <Input maxLength={100} autoFocus />
        </Form.Item>
        <Form.Item name="note" label={t("whatIf.note")}>
          <Input.TextArea maxLength={2000} autoSize={{ minRows: 2, maxRows: 6 }} />
        </Form.Item>
        <Form.Item name="isShared" valuePropName="checked" extra={t("whatIf.shareHint")}>
          <Checkbox>{t("whatIf.share")}</Checkbox>
        </Form.Item>
        {current === null ? null : (
          <p className="small soft">{t("whatIf.basedOn", { name: current.name, at: moment(current.updatedAt) })}</p>
        )}
      </Form>
    </Modal>
  );
}
