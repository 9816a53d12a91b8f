/** Saved scenarios, and several of them side by side with what is reported. */

import type { Scenario } from "@xingfu/contract";
import { applyChanges, assessBalance } from "@xingfu/domain/balance";
import type { BalanceAssessment } from "@xingfu/domain/balance";
import { Fault } from "@xingfu/domain/base";
import { labelOf } from "@xingfu/standards";
import { Button, Checkbox, Popconfirm } from "antd";
import { memo, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../lib/api.ts";
import { moment, number } from "../../lib/format.ts";
import { queryClient } from "../../lib/query.ts";
import { Sheet } from "../../ui/Page.tsx";
import { Verdict } from "../../ui/Verdict.tsx";
import { useTell } from "../../ui/tell.ts";
import { countVerdicts } from "./sentences.ts";
import type { Engine } from "./source.ts";

interface Props {
  readonly engine: Engine;
  readonly reported: BalanceAssessment;
  readonly scenarios: readonly Scenario[];
  readonly currentId: number | null;
  readonly onLoad: (scenario: Scenario) => void;
  readonly onDeleted: (id: number) => void;
}

export const ScenarioCompare = memo(function ScenarioCompare({
  engine,
  reported,
  scenarios,
  currentId,
  onLoad,
  onDeleted,
}: Props) {
  const { t } = useTranslation("balance");
  const tell = useTell();
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  const remove = async (id: number): Promise<void> => {
    try {
      await api.deleteScenario({ params: { id } });
      onDeleted(id);
      await queryClient.invalidateQueries({ queryKey: ["scenarios"] });
    } catch (error) {
      tell.failure(error);
    }
  };
  const compared = scenarios.filter((scenario) => picked.has(scenario.id));
  return (
    <Sheet title={t("scenario.title")} aside={t("scenario.hint")}>
      {scenarios.length === 0 ? (
        <p className="soft">{t("scenario.none")}</p>
      ) : (
        <ul className="failings">
          {scenarios.map((scenario) => (
            <li key={scenario.id} style={{ gridTemplateColumns: "24px minmax(0,1fr) max-content" }}>
              <Checkbox
                checked={picked.has(scenario.id)}
                aria-label={t("scenario.compare", { name: scenario.name })}
                onChange={(event) => {
                  const next = new Set(picked);
                  if (event.target.checked) next.add(scenario.id);
                  else next.delete(scenario.id);
                  setPicked(next);
                }}
              />
              <span>
                <strong>{scenario.name}</strong>
                {scenario.id === currentId ? <span className="soft"> · {t("scenario.current")}</span> : null}
                {scenario.isShared ? <span className="soft"> · {t("scenario.shared")}</span> : null}
                <span className="small faint">
                  {" "}
                  {t("scenario.by", {
                    name: scenario.isOwn ? t("scenario.me") : scenario.ownerName,
                    at: moment(scenario.updatedAt),
                    count: scenario.changes.length,
                  })}
                </span>
                {scenario.note === "" ? null : (
                  <span className="small soft" style={{ display: "block" }}>
                    {scenario.note}
                  </span>
                )}
              </span>
              <span className="row">
                <Button size="small" onClick={() => onLoad(scenario)}>
                  {t("scenario.load")}
                </Button>
                {scenario.isOwn ? (
                  <Popconfirm
                    title={t("scenario.confirm", { name: scenario.name })}
                    onConfirm={() => void remove(scenario.id)}
                  >
                    <Button size="small" type="text" danger>
                      {t("common:action.delete")}
                    </Button>
                  </Popconfirm>
                ) : null}
              </span>
            </li>
          ))}
        </ul>
      )}
      {compared.length === 0 ? null : <Compared engine={engine} reported={reported} scenarios={compared} />}
    </Sheet>
  );
});

function Compared({
  engine,
  reported,
  scenarios,
}: {
  readonly engine: Engine;
  readonly reported: BalanceAssessment;
  readonly scenarios: readonly Scenario[];
}) {
  const { t } = useTranslation("balance");
  const results = useMemo(
    () => [
      { key: "reported", name: t("scenario.reported"), assessment: reported },
      ...scenarios.map((scenario) => ({
        key: String(scenario.id),
        name: scenario.name,
        assessment: judged(engine, scenario),
      })),
    ],
    [engine, reported, scenarios, t],
  );
  const moved = reported.cv.filter((entry) =>
    results.some(({ assessment }) => cvOf(assessment, entry)?.cv !== entry.cv),
  );
  const lines: readonly CompareLine[] = [
    { kind: "district", key: "district", label: t("whatIf.district") },
    ...(["resources", "government", "quality"] as const).map((part): CompareLine => ({
      kind: "part",
      key: part,
      part,
      label: labelOf("balanceParts", part),
    })),
    { kind: "rows", key: "rows", label: t("whatIf.rows") },
    { kind: "cvs", key: "cvs", label: t("whatIf.cvs") },
    ...moved.map((entry): CompareLine => ({
      kind: "cv",
      key: `${entry.phase}${entry.indicator}`,
      entry,
      label: t("whatIf.cvOf", { phase: t(`common:stage.${entry.phase}`), id: entry.indicator }),
    })),
  ];
  return (
    <div className="table-scroll" style={{ marginTop: 12 }} tabIndex={0} role="region" aria-label={t("scenario.title")}>
      <table className="data-table" style={{ width: 200 + results.length * 170 }}>
        <thead>
          <tr>
            <th scope="col" className="frozen" style={{ width: 200 }}>
              {t("scenario.what")}
            </th>
            {results.map((result) => (
              <th key={result.key} scope="col">
                {result.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.key} style={{ height: 36 }}>
              <th scope="row" className="frozen">
                {line.label}
              </th>
              {results.map((result) => (
                <td key={result.key}>
                  {result.assessment === null ? (
                    t("scenario.stale")
                  ) : (
                    <Cell line={line} assessment={result.assessment} />
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** One line of the comparison. */
type CompareLine = { readonly key: string; readonly label: string } & (
  | { readonly kind: "district" | "rows" | "cvs" }
  | { readonly kind: "part"; readonly part: "resources" | "government" | "quality" }
  | { readonly kind: "cv"; readonly entry: BalanceAssessment["cv"][number] }
);

function Cell({ line, assessment }: { readonly line: CompareLine; readonly assessment: BalanceAssessment }) {
  switch (line.kind) {
    case "district":
      return <Verdict verdict={assessment.verdict} />;
    case "part":
      return <Verdict verdict={assessment.parts[line.part]} />;
    case "rows":
      return countVerdicts(assessment.rows).notMet;
    case "cvs":
      return countVerdicts(assessment.cv).notMet;
    case "cv": {
      const found = cvOf(assessment, line.entry);
      if (found === undefined || found.cv === null) return "–";
      return (
        <span className="row" style={{ gap: 6 }}>
          {number(found.cv, 4)} <Verdict verdict={found.verdict} isBare size={12} />
        </span>
      );
    }
  }
}

const cvOf = (assessment: BalanceAssessment | null, entry: BalanceAssessment["cv"][number]) =>
  assessment?.cv.find((other) => other.phase === entry.phase && other.indicator === entry.indicator);

/** Null when the scenario no longer fits the reported data: a school or stage of it is gone. */
function judged(engine: Engine, scenario: Scenario): BalanceAssessment | null {
  try {
    return assessBalance(applyChanges(engine.facts, scenario.changes), engine.rules);
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}
