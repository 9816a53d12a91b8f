/** What came out for one school: strengths first, where the parties disagree, progress against itself, what is missing, next steps. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { EvaluationReply, EvaluationResult } from "@xingfu/contract";
import type { Scorecard } from "@xingfu/domain/scheme";
import type { Scheme } from "@xingfu/standards";
import { Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { moment, percent, plain, shortHash, signed } from "../../lib/format.ts";
import { Sheet } from "../../ui/Page.tsx";
import { Empty, Loaded } from "../../ui/States.tsx";
import { Verdict, VerdictShape } from "../../ui/Verdict.tsx";
import { resultQuery } from "./asked.ts";
import { EvaluationFrame, useEvaluationId } from "./EvaluationFrame.tsx";
import { NodeAccount } from "./NodeAccount.tsx";
import { bandLabel, partyLabel, schemeGapWords } from "./scheme-words.ts";
import { resultSentence } from "./sentences.ts";
import { Sides } from "./Sides.tsx";

export function Result() {
  const id = useEvaluationId();
  const query = useQuery(resultQuery(id));
  return (
    <EvaluationFrame>
      {(reply) => (
        <Loaded query={query} lines={10}>
          {(result) => <Outcome reply={reply} result={result} />}
        </Loaded>
      )}
    </EvaluationFrame>
  );
}

function Outcome({ reply, result }: { readonly reply: EvaluationReply; readonly result: EvaluationResult }) {
  const { t } = useTranslation("evaluation");
  const { scheme, evaluation } = reply;
  const { scorecard: card } = result;
  const [opened, setOpened] = useState<string | null>(null);
  if (!result.isVisible || card === null)
    return (
      <Empty title={t("result.hidden")}>{t(`result.hiddenHint`, { state: t(`state.${evaluation.state}`) })}</Empty>
    );
  const label = (id: string): string => scheme.nodes.find((node) => node.id === id)?.label ?? id;
  const openNode = scheme.nodes.find((node) => node.id === opened);
  return (
    <>
      <p className="answer">{resultSentence(result, scheme, t)}</p>
      <BandScale scheme={scheme} card={card} />
      <div className="columns-2">
        <Sheet title={t("result.strengths")}>
          <NodeList
            ids={result.strengths}
            card={card}
            label={label}
            none={t("result.noStrengths")}
            onOpen={setOpened}
          />
          {result.character === "" ? null : (
            <section className="stack tight" style={{ paddingTop: 14 }}>
              <h3>{t("chapter.character")}</h3>
              <p className="prose">{result.character}</p>
            </section>
          )}
        </Sheet>
        <Sheet title={t("result.nextSteps")}>
          {result.feedback === null || result.feedback.nextSteps === "" ? null : (
            <p className="prose">{result.feedback.nextSteps}</p>
          )}
          <NodeList ids={result.concerns} card={card} label={label} none={t("result.noConcerns")} onOpen={setOpened} />
        </Sheet>
      </div>
      <Areas scheme={scheme} card={card} result={result} onOpen={setOpened} />
      <Disagreements result={result} scheme={scheme} label={label} onOpen={setOpened} />
      <Years scheme={scheme} card={card} result={result} />
      <div className="columns-2">
        <Sheet title={t("result.valueAdded")}>
          {"band" in result.valueAdded ? (
            <p>
              <strong>{result.valueAdded.label}</strong> <span className="small soft">{result.valueAdded.source}</span>
            </p>
          ) : (
            <p className="note plain">{schemeGapWords(result.valueAdded, scheme, t)}</p>
          )}
        </Sheet>
        <Sheet title={t("result.limits")}>
          <ul className="stack tight">
            {card.limits.map((limit) => (
              <li key={`${limit.kind} ${limit.id}`} className="row apart">
                <span>
                  {[...scheme.gates, ...scheme.vetoes].find((entry) => entry.id === limit.id)?.label ?? limit.id}
                </span>
                {limit.kind === "gate" ? <Verdict verdict={limit.verdict} /> : <VetoMark verdict={limit.verdict} />}
              </li>
            ))}
            {card.limits.length === 0 ? <li className="soft">{t("result.noLimits")}</li> : null}
          </ul>
        </Sheet>
      </div>
      <Gaps card={card} scheme={scheme} onOpen={setOpened} />
      {result.issues.length === 0 ? null : (
        <Sheet title={t("tab.issues")}>
          <ul className="stack tight">
            {result.issues.map((issue) => (
              <li key={issue.id} className="row apart">
                <Link to="/evaluation/issues" search={{ issue: String(issue.id) }}>
                  {issue.title}
                </Link>
                <span className="soft">
                  {t(`issueState.${issue.state}`)} {issue.dueOn ?? ""}
                </span>
              </li>
            ))}
          </ul>
        </Sheet>
      )}
      {result.hash === null ? null : (
        <p className="small faint">
          {t("result.hash", {
            hash: shortHash(result.hash),
            at: result.decidedAt === null ? "" : moment(result.decidedAt),
          })}
        </p>
      )}
      <Drawer
        open={opened !== null}
        onClose={() => setOpened(null)}
        size={560}
        destroyOnHidden
        title={openNode === undefined ? "" : `${openNode.id} ${openNode.label}`}
      >
        {opened === null ? null : <NodeAccount scheme={scheme} card={card} id={opened} onOpen={setOpened} />}
      </Drawer>
    </>
  );
}

/** Whether a fact that would hold the result down has occurred. */
function VetoMark({ verdict }: { readonly verdict: Scorecard["limits"][number]["verdict"] }) {
  const { t } = useTranslation("evaluation");
  const word = { met: "notOccurred", notMet: "occurred", notComputable: "unchecked" }[verdict];
  return (
    <span className={`verdict ${verdict}`}>
      <VerdictShape verdict={verdict} tone={verdict} size={14} />
      {t(`moderation.${word}`)}
    </span>
  );
}

/** The bands as a scale, with what is certain and what is still possible. */
function BandScale({ scheme, card }: { readonly scheme: Scheme; readonly card: Scorecard }) {
  const { t } = useTranslation("evaluation");
  const low = card.low / card.maximum;
  const high = card.high / card.maximum;
  const isLimited = card.band !== null && card.band !== card.bandByPoints;
  return (
    <Sheet>
      <div
        className="band-scale"
        role="img"
        aria-label={t("result.scale", { low: percent(low, 0), high: percent(high, 0) })}
      >
        {scheme.bands.toReversed().map((band, at, all) => {
          const upTo = all[at + 1]?.atLeast ?? 1;
          return (
            <span
              key={band.id}
              className={band.id === card.band ? "band here" : "band"}
              style={{ flexGrow: Math.max(0.08, upTo - band.atLeast) }}
            >
              <strong>{band.label}</strong>
              <small>{at === 0 ? "" : `≥ ${percent(band.atLeast, 0)}`}</small>
            </span>
          );
        })}
      </div>
      <p className="small soft" style={{ paddingTop: 8 }}>
        {card.points === null
          ? t("result.possible", { low: percent(low, 0), high: percent(high, 0) })
          : t("result.reached", { share: percent(card.points / card.maximum, 1) })}
        {isLimited && card.bandByPoints !== null
          ? t("result.limited", { by: bandLabel(scheme, card.bandByPoints), band: bandLabel(scheme, card.band ?? "") })
          : ""}
      </p>
    </Sheet>
  );
}

function NodeList({
  ids,
  card,
  label,
  none,
  onOpen,
}: {
  readonly ids: readonly string[];
  readonly card: Scorecard;
  readonly label: (id: string) => string;
  readonly none: string;
  readonly onOpen: (id: string) => void;
}) {
  if (ids.length === 0) return <p className="soft">{none}</p>;
  return (
    <ul className="node-list">
      {ids.map((id) => {
        const score = card.nodes.find((entry) => entry.id === id);
        return (
          <li key={id}>
            <button type="button" className="link-button" onClick={() => onOpen(id)}>
              {id} {label(id)}
            </button>
            <span className="soft">
              {score === undefined || score.points === null ? "–" : percent(score.points / score.maximum, 0)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** The areas and, below them, every node: points as a bar, the school's own view beside that of the others. */
function Areas({
  scheme,
  card,
  result,
  onOpen,
}: {
  readonly scheme: Scheme;
  readonly card: Scorecard;
  readonly result: EvaluationResult;
  readonly onOpen: (id: string) => void;
}) {
  const { t } = useTranslation("evaluation");
  const scores = new Map(card.nodes.map((score) => [score.id, score]));
  const [last] = result.years;
  const before = new Map(last?.areas.map((area) => [area.id, area.share]) ?? []);
  return (
    <Sheet title={t("result.nodes")} aside={t("result.nodesHint")}>
      <div className="result-nodes">
        {scheme.nodes.map((node) => {
          const score = scores.get(node.id);
          if (score === undefined) return null;
          const share = score.points === null ? null : score.points / score.maximum;
          const was = node.level === "area" && last?.isSameTree === true ? before.get(node.id) : undefined;
          const compared = score.comparison;
          return (
            <button
              key={node.id}
              type="button"
              className={`result-node level-${node.level}`}
              onClick={() => onOpen(node.id)}
            >
              <span className="name">
                <span className="node-id">{node.id}</span> {node.label}
              </span>
              <span className="bar" aria-hidden="true">
                <span className="possible" style={{ width: `${(100 * score.high) / score.maximum}%` }} />
                <span className="certain" style={{ width: `${(100 * score.low) / score.maximum}%` }} />
              </span>
              <span className="value">
                {!score.isApplicable ? t("account.na") : share === null ? t("band.open") : percent(share, 0)}
                {was === undefined || was === null || share === null ? null : (
                  <span className="small soft"> {signed((share - was) * 100, 0)}</span>
                )}
              </span>
              <span className="both">
                {compared === null || compared.outOf === 0 ? null : (
                  <Sides
                    self={compared.self / compared.outOf}
                    external={compared.external / compared.outOf}
                    isFlagged={compared.isFlagged}
                  />
                )}
              </span>
            </button>
          );
        })}
      </div>
    </Sheet>
  );
}

function Disagreements({
  result,
  scheme,
  label,
  onOpen,
}: {
  readonly result: EvaluationResult;
  readonly scheme: Scheme;
  readonly label: (id: string) => string;
  readonly onOpen: (id: string) => void;
}) {
  const { t } = useTranslation("evaluation");
  return (
    <Sheet title={t("result.disagree")} aside={t("result.disagreeHint")}>
      {result.disagreements.length === 0 ? (
        <p className="soft">{t("result.agree")}</p>
      ) : (
        <ul className="node-list">
          {result.disagreements.map((entry) => (
            <li key={entry.place}>
              <button type="button" className="link-button" onClick={() => onOpen(entry.place)}>
                {entry.place} {label(entry.place)}
              </button>
              <span className="row">
                <Sides self={entry.self} external={entry.external} isFlagged={entry.isFlagged} />
                {entry.parties === null ? null : (
                  <span className="small soft">
                    {t("result.between", {
                      lowest: partyLabel(scheme.parties, entry.parties.lowest),
                      highest: partyLabel(scheme.parties, entry.parties.highest),
                      spread: percent(entry.parties.spread, 0),
                    })}
                  </span>
                )}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Sheet>
  );
}

/** The school against its own last two rounds; never against another school. */
function Years({
  scheme,
  card,
  result,
}: {
  readonly scheme: Scheme;
  readonly card: Scorecard;
  readonly result: EvaluationResult;
}) {
  const { t } = useTranslation("evaluation");
  const { evaluation, years } = result;
  if (years.length === 0)
    return (
      <Sheet title={t("result.progress")}>
        <p className="soft">{t("result.noYears")}</p>
      </Sheet>
    );
  const areas = scheme.nodes.filter((node) => node.level === "area");
  const now = new Map(
    card.nodes.map((score) => [score.id, score.points === null ? null : score.points / score.maximum]),
  );
  const oldest = years.toReversed();
  const shown = (share: number | null | undefined): string =>
    share === null || share === undefined ? "–" : percent(share, 0);
  return (
    <Sheet title={t("result.progress")} aside={t("result.progressHint")}>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={t("result.progress")}>
        <table className="data-table plain-table" style={{ width: "100%", minWidth: 480 }}>
          <thead>
            <tr>
              <th scope="col">{t("level.area")}</th>
              {oldest.map((year) => (
                <th key={year.evaluationId} scope="col" className="end">
                  <Link to="/evaluation/schools/$id/result" params={{ id: String(year.evaluationId) }}>
                    {t("common:year.short", { from: year.year, to: year.year + 1 })}
                  </Link>
                </th>
              ))}
              <th scope="col" className="end">
                {t("common:year.short", { from: evaluation.year, to: evaluation.year + 1 })}
              </th>
              <th scope="col" className="end">
                {t("result.change")}
              </th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">{t("result.whole")}</th>
              {oldest.map((year) => (
                <td key={year.evaluationId} className="end">
                  {year.band?.label ?? "–"}
                </td>
              ))}
              <td className="end">{card.band === null ? t("band.open") : bandLabel(scheme, card.band)}</td>
              <td />
            </tr>
            {areas.map((area) => {
              const is = now.get(area.id) ?? null;
              const was =
                years[0]?.isSameTree === true ? years[0].areas.find((entry) => entry.id === area.id)?.share : null;
              return (
                <tr key={area.id}>
                  <th scope="row">{area.label}</th>
                  {oldest.map((year) => (
                    <td key={year.evaluationId} className="end">
                      {shown(year.areas.find((entry) => entry.id === area.id)?.share)}
                    </td>
                  ))}
                  <td className="end">{shown(is)}</td>
                  <td className="end">
                    {is === null || was === null || was === undefined ? "–" : signed((is - was) * 100, 0)}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {years.every((year) => year.isSameTree) ? null : <p className="small soft">{t("result.otherTree")}</p>}
    </Sheet>
  );
}

/** What is missing, what it did to the points, and where it can be looked at. */
function Gaps({
  card,
  scheme,
  onOpen,
}: {
  readonly card: Scorecard;
  readonly scheme: Scheme;
  readonly onOpen: (id: string) => void;
}) {
  const { t } = useTranslation("evaluation");
  const labels = new Map(scheme.nodes.map((node) => [node.id, node.label]));
  const leaves = new Set(scheme.nodes.filter((node) => node.leaf !== null).map((node) => node.id));
  const gaps = card.nodes.filter((score) => leaves.has(score.id)).flatMap((score) => score.gaps);
  const open = gaps.filter((gap) => gap.effect !== "none").length;
  return (
    <Sheet title={t("result.gaps", { count: gaps.length })} aside={t("result.gapsHint", { open })}>
      {gaps.length === 0 ? (
        <p className="soft">{t("result.noGaps")}</p>
      ) : (
        <details>
          <summary>{t("result.showGaps")}</summary>
          <ul className="gap-list small">
            {gaps.map((gap, at) => (
              <li key={at}>
                <button type="button" className="link-button" onClick={() => onOpen(gap.node)}>
                  {gap.node} {labels.get(gap.node)}
                </button>
                <span>
                  {gap.party === null ? "" : `${partyLabel(scheme.parties, gap.party)}${t("common:list.colon")}`}
                  {schemeGapWords(gap.gap, scheme, t)}
                </span>
                <span className="soft">{t(`gapEffect.${gap.effect}`)}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      <p className="small soft" style={{ paddingTop: 8 }}>
        {t("account.evidence", { present: card.evidence.present, asked: card.evidence.asked })} ·{" "}
        {t("result.ofPoints", { points: plain(card.maximum) })}
      </p>
    </Sheet>
  );
}
