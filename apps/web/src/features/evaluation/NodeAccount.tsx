/** How the points of one node came about: parts with weights and shares, parties side by side, what is missing and what it did. */

import type { Scorecard } from "@xingfu/domain/scheme";
import { explainNode } from "@xingfu/domain/scheme";
import type { Scheme } from "@xingfu/standards";
import { useTranslation } from "react-i18next";
import { percent, plain } from "../../lib/format.ts";
import { partyLabel, schemeGapWords } from "./scheme-words.ts";

export function NodeAccount({
  scheme,
  card,
  id,
  onOpen,
}: {
  readonly scheme: Scheme;
  readonly card: Scorecard;
  readonly id: string;
  readonly onOpen: (id: string) => void;
}) {
  const { t } = useTranslation("evaluation");
  const trail = explainNode(scheme, card, id);
  const node = scheme.nodes.find((candidate) => candidate.id === id);
  const score = card.nodes.find((candidate) => candidate.id === id);
  if (trail === undefined || node === undefined || score === undefined) return null;
  const labels = new Map<string, string>([
    ...scheme.parties.map((party): [string, string] => [party.id, party.label]),
    ...scheme.nodes.map((entry): [string, string] => [entry.id, `${entry.id} ${entry.label}`]),
  ]);
  const weights = partWeights(scheme, id);
  const isBranch = node.leaf === null;
  return (
    <div className="stack">
      <p>
        <strong className="big-points">{score.points === null ? t("band.open") : plain(score.points)}</strong>{" "}
        <span className="soft">
          / {plain(score.maximum)} {t("account.points")}
          {score.points === null
            ? ` · ${t("account.between", { low: plain(score.low), high: plain(score.high) })}`
            : ""}
        </span>
      </p>
      {score.isApplicable ? null : <p className="note plain">{t("account.notApplicable")}</p>}
      {trail.substituted === "" ? null : (
        <section className="stack tight">
          <h3>{t("account.how")}</h3>
          <p className="mono formula">
            {trail.substituted}
            {trail.value === null ? "" : ` = ${plain(trail.value, 4)}`}
          </p>
        </section>
      )}
      <table className="data-table plain-table">
        <thead>
          <tr>
            <th scope="col">{t(isBranch ? "account.children" : "account.parts")}</th>
            <th scope="col" className="end">
              {t("account.weight")}
            </th>
            <th scope="col" className="end">
              {t("account.share")}
            </th>
          </tr>
        </thead>
        <tbody>
          {trail.inputs.map((input) => (
            <tr key={input.item}>
              <td className="wraps">
                {isBranch ? (
                  <button type="button" className="link-button" onClick={() => onOpen(input.item)}>
                    {labels.get(input.item) ?? input.item}
                  </button>
                ) : (
                  (labels.get(input.item) ?? figureLabel(scheme, id, input.item))
                )}
                {input.note === undefined ? null : <div className="small faint">{noteWords(input.note, t)}</div>}
              </td>
              <td className="end">{plain(weights.get(input.item) ?? 1, 4)}</td>
              <td className="end">
                {input.value === null
                  ? t("band.open")
                  : input.unit === ""
                    ? percent(input.value, 1)
                    : `${plain(input.value, 4)} ${input.unit}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {score.parties.length === 0 ? null : (
        <section className="stack tight">
          <h3>{t("account.parties")}</h3>
          <ul className="party-bars">
            {score.parties.map((party) => (
              <li key={party.party}>
                <span>{partyLabel(scheme.parties, party.party)}</span>
                <span className="party-bar" aria-hidden="true">
                  {party.points === null || party.outOf === 0 ? null : (
                    <span style={{ width: `${(100 * party.points) / party.outOf}%` }} />
                  )}
                </span>
                <span className="end">
                  {party.points === null || party.outOf === 0 ? "–" : percent(party.points / party.outOf, 0)}
                  {party.outOf < party.asked ? (
                    <span className="small faint">
                      {" "}
                      {t("account.of", { rated: plain(party.outOf), asked: plain(party.asked) })}
                    </span>
                  ) : null}
                </span>
              </li>
            ))}
          </ul>
          <p className="small soft">{t("account.partiesHint")}</p>
        </section>
      )}
      {score.gaps.length === 0 ? null : (
        <section className="stack tight">
          <h3>{t("account.gaps")}</h3>
          <ul className="stack tight small">
            {score.gaps.map((gap, at) => (
              <li key={at}>
                {labels.get(gap.node) ?? gap.node}
                {gap.party === null ? "" : ` · ${partyLabel(scheme.parties, gap.party)}`}
                {t("common:list.colon")}
                {schemeGapWords(gap.gap, scheme, t)} <span className="soft">{t(`gapEffect.${gap.effect}`)}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p className="small soft">
        {t("account.evidence", { present: score.evidence.present, asked: score.evidence.asked })} ·{" "}
        <span className="mono">{trail.rulesVersion}</span>
      </p>
    </div>
  );
}

/** Declared weights of the parts of a node: points of children, or weights of parties. */
function partWeights(scheme: Scheme, id: string): ReadonlyMap<string, number> {
  const node = scheme.nodes.find((candidate) => candidate.id === id);
  if (node?.leaf) return new Map(node.leaf.raters.map((rater): [string, number] => [rater.party, rater.weight]));
  return new Map(
    scheme.nodes.filter((child) => child.parent === id).map((child): [string, number] => [child.id, child.points]),
  );
}

function figureLabel(scheme: Scheme, id: string, key: string): string {
  const rule = scheme.nodes.find((node) => node.id === id)?.leaf?.rule;
  return rule !== undefined && "figure" in rule && rule.figure.key === key ? rule.figure.label : key;
}

function noteWords(note: string, t: ReturnType<typeof useTranslation>["t"]): string {
  const raters = /^mean of (\d+) raters$/.exec(note)?.[1];
  if (raters !== undefined) return t("evaluation:account.meanOf", { count: Number(raters) });
  return note === "mean of the others" ? t("evaluation:account.meanOfOthers") : note;
}
