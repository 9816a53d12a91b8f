/** A scheme as its tree: points, who rates, by which rule, and where each wording comes from. */

import { Link } from "@tanstack/react-router";
import type { Scheme, SchemeNode } from "@xingfu/standards";
import { documentOf } from "@xingfu/standards";
import { Button, Drawer } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { percent, plain } from "../../lib/format.ts";
import { partyLabel, ratersWords, ruleWords } from "./scheme-words.ts";

export function SchemeTree({ scheme }: { readonly scheme: Scheme }) {
  const { t } = useTranslation("evaluation");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = useState<SchemeNode | null>(null);
  const parents = new Map(scheme.nodes.map((node) => [node.id, node.parent]));
  const isHidden = (node: SchemeNode): boolean => {
    for (let at = node.parent; at !== null; at = parents.get(at) ?? null) if (closed.has(at)) return true;
    return false;
  };
  const branches = scheme.nodes.filter((node) => node.leaf === null);
  const isAllClosed = branches.every((node) => closed.has(node.id));
  return (
    <>
      <div className="row apart scheme-tools no-print">
        <span className="soft small">{t("scheme.openHint")}</span>
        <Button
          size="small"
          onClick={() => setClosed(isAllClosed ? new Set() : new Set(branches.map((node) => node.id)))}
        >
          {isAllClosed ? t("scheme.expandAll") : t("scheme.collapseAll")}
        </Button>
      </div>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={scheme.title}>
        <table className="data-table scheme-table">
          <colgroup>
            <col style={{ width: "34%" }} />
            <col style={{ width: 76 }} />
            <col style={{ width: "24%" }} />
            <col style={{ width: "24%" }} />
            <col style={{ width: "18%" }} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col" className="frozen">
                {t("scheme.node")}
              </th>
              <th scope="col" className="end">
                {t("scheme.points")}
              </th>
              <th scope="col">{t("scheme.raters")}</th>
              <th scope="col">{t("scheme.rule")}</th>
              <th scope="col">{t("scheme.evidence")}</th>
            </tr>
          </thead>
          <tbody>
            {scheme.nodes
              .filter((node) => !isHidden(node))
              .map((node) => (
                <tr key={node.id} className={`level-${node.level}`}>
                  <th scope="row" className="frozen wraps">
                    <span className={`tree-name depth-${depthOf(node, parents)}`}>
                      {node.leaf === null ? (
                        <button
                          type="button"
                          className="twist"
                          aria-expanded={!closed.has(node.id)}
                          aria-label={t(closed.has(node.id) ? "scheme.expand" : "scheme.collapse", {
                            name: node.label,
                          })}
                          onClick={() => setClosed(toggled(closed, node.id))}
                        />
                      ) : (
                        <span className="twist-none" aria-hidden="true" />
                      )}
                      <span className="node-id">{node.id}</span>
                      <button type="button" className="link-button" onClick={() => setOpened(node)}>
                        {node.label}
                      </button>
                    </span>
                  </th>
                  <td className="end">
                    <strong>{plain(node.points)}</strong>
                  </td>
                  <td className="wraps small">
                    {node.leaf === null ? null : ratersWords(node.leaf.raters, scheme.parties, t)}
                  </td>
                  <td className="wraps small">{node.leaf === null ? null : ruleWords(node.leaf.rule, t)}</td>
                  <td className="wraps small">
                    {node.leaf?.evidence.map((item) => item.label).join(t("common:list.comma"))}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
      <Drawer
        open={opened !== null}
        onClose={() => setOpened(null)}
        size={560}
        destroyOnHidden
        title={opened === null ? "" : `${opened.id} ${opened.label}`}
      >
        {opened === null ? null : <NodeFacts scheme={scheme} node={opened} />}
      </Drawer>
    </>
  );
}

function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}

function depthOf(node: SchemeNode, parents: ReadonlyMap<string, string | null>): number {
  let depth = 0;
  for (let at = node.parent; at !== null; at = parents.get(at) ?? null) depth++;
  return depth;
}

/** Everything a scheme says about one node. */
export function NodeFacts({ scheme, node }: { readonly scheme: Scheme; readonly node: SchemeNode }) {
  const { t } = useTranslation("evaluation");
  const { leaf } = node;
  return (
    <div className="stack">
      <dl className="facts">
        <dt>{t("scheme.level")}</dt>
        <dd>{t(`level.${node.level}`)}</dd>
        <dt>{t("scheme.points")}</dt>
        <dd>
          {plain(node.points)}{" "}
          {scheme.isDistrictRule ? <span className="rule-mark">{t("scheme.districtRule")}</span> : null}
        </dd>
        {leaf === null ? null : (
          <>
            <dt>{t("scheme.methods")}</dt>
            <dd>{leaf.methods.map((method) => t(`method.${method}`)).join(t("common:list.comma")) || "–"}</dd>
            <dt>{t("scheme.evidence")}</dt>
            <dd>{leaf.evidence.map((item) => item.label).join(t("common:list.comma")) || t("scheme.noEvidence")}</dd>
          </>
        )}
        {node.mayNotApply === null ? null : (
          <>
            <dt>{t("scheme.mayNotApply")}</dt>
            <dd>{node.mayNotApply}</dd>
          </>
        )}
        <dt>{t("scheme.ifMissing")}</dt>
        <dd>
          {t(`missing.rater.${node.missing.rater}`)}
          {t("common:list.semicolon")}
          {t(`missing.child.${node.missing.child}`)}
        </dd>
        {node.note === "" ? null : (
          <>
            <dt>{t("scheme.note")}</dt>
            <dd>{node.note}</dd>
          </>
        )}
        <dt>{t("scheme.wording")}</dt>
        <dd>
          {node.reference === null ? (
            t("scheme.ownWording")
          ) : (
            <Link to="/data/standards" search={{ at: node.reference }}>
              {documentOf(node.reference)?.title ?? node.reference}
            </Link>
          )}{" "}
          {node.provenance.isVerified ? (
            <span className="small soft">{t("common:standard.verified")}</span>
          ) : (
            <span className="unverified">{t("common:standard.unverified")}</span>
          )}
          <div className="small soft">{node.provenance.source}</div>
        </dd>
      </dl>
      {leaf === null ? null : (
        <>
          {"figure" in leaf.rule ? <p>{ruleWords(leaf.rule, t)}</p> : null}
          {leaf.raters.map((rater) => (
            <section key={rater.party} className="stack tight">
              <h3>
                {partyLabel(scheme.parties, rater.party)} {rater.weight === 0 ? null : percent(rater.weight, 0)}
              </h3>
              {rater.weight === 0 ? <p className="small soft">{t("scheme.besideHint")}</p> : null}
              {rater.rule.kind === "rubric" ? (
                <dl className="rubric">
                  {rater.rule.levels.map((level) => (
                    <div key={level.id}>
                      <dt>
                        {level.label} <span className="soft">{percent(level.share, 0)}</span>
                      </dt>
                      <dd>{level.descriptor || t("scheme.noDescriptor")}</dd>
                    </div>
                  ))}
                </dl>
              ) : (
                <p>{ruleWords(rater.rule, t)}</p>
              )}
            </section>
          ))}
        </>
      )}
    </div>
  );
}
