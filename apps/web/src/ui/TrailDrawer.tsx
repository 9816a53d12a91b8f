/** How one figure came about: numbers, formula, clause, rule version, and who reported what when. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Drawer } from "antd";
import { useTranslation } from "react-i18next";
import { documentOf, entryAt } from "@xingfu/standards";
import { gapSection, gapWords, itemWords } from "../lib/gap.ts";
import { moment, number, plain } from "../lib/format.ts";
import { provenanceQuery } from "../lib/query.ts";
import { useIsSample } from "../lib/session.ts";
import { formulaWords, noteWords, substitutedWords } from "../lib/trail.ts";
import type { TrailAsked } from "./trail.ts";
import { Verdict } from "./Verdict.tsx";
import "./trail.css";

interface Props {
  readonly asked: TrailAsked;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function TrailDrawer({ asked, isOpen, onClose }: Props) {
  const { t } = useTranslation();
  const isSample = useIsSample();
  const { trail } = asked;
  const entry = entryAt(trail.reference);
  const document = documentOf(trail.reference);
  const decimals = asked.decimals ?? 2;
  const hasRatio = trail.numerator !== null && trail.denominator !== null;
  return (
    <Drawer
      open={isOpen}
      onClose={onClose}
      size={560}
      title={asked.title}
      destroyOnHidden
      extra={isSample ? <span className="sample-mark">{t("sample.mark")}</span> : null}
    >
      <div className="stack">
        <div>
          {asked.subtitle === undefined ? null : <div className="soft">{asked.subtitle}</div>}
          {asked.isWhatIf === true ? <div className="note">{t("trail.whatIf")}</div> : null}
          <div className="trail-value">
            {trail.value === null ? (
              <span>{trail.gap === null ? t("gap.unknown") : gapWords(trail.gap, t)}</span>
            ) : (
              <>
                <strong>{number(trail.value, decimals)}</strong> <span className="soft">{asked.unit}</span>
              </>
            )}
            {asked.verdict === undefined ? null : <Verdict verdict={asked.verdict} isPlate />}
          </div>
          {asked.limit === undefined ? null : (
            <div className="soft">
              {t("trail.limit")} {asked.limit}
            </div>
          )}
          {trail.gap === null ? null : <GapPlace asked={asked} />}
        </div>

        {hasRatio ? (
          <dl className="trail-ratio">
            <div>
              <dt>{t("trail.numerator")}</dt>
              <dd>
                {plain(trail.numerator ?? 0, 4)} <small>{asked.numeratorUnit}</small>
              </dd>
            </div>
            <div aria-hidden="true" className="over">
              ÷
            </div>
            <div>
              <dt>{t("trail.denominator")}</dt>
              <dd>{plain(trail.denominator ?? 0, 4)}</dd>
            </div>
            {trail.value === null ? null : (
              <>
                <div aria-hidden="true" className="over">
                  →
                </div>
                <div>
                  <dt>{t("trail.unrounded")}</dt>
                  <dd className="mono">{String(trail.value)}</dd>
                </div>
              </>
            )}
          </dl>
        ) : null}

        <section className="stack tight">
          <h3>{t("trail.formula")}</h3>
          <p className="mono formula">{formulaWords(trail.formula, t)}</p>
          <p className="mono formula soft">{substitutedWords(trail.substituted, t)}</p>
        </section>

        {trail.inputs.length === 0 ? null : (
          <section className="stack tight">
            <h3>{t("trail.inputs", { count: trail.inputs.length })}</h3>
            <div
              className="table-scroll"
              style={{ maxHeight: 320 }}
              tabIndex={0}
              role="region"
              aria-label={t("trail.inputsTitle")}
            >
              <table className="data-table" style={{ width: "100%" }}>
                <thead>
                  <tr>
                    <th scope="col">{t("trail.item")}</th>
                    <th scope="col" className="end" style={{ width: 130 }}>
                      {t("trail.reported")}
                    </th>
                    <th scope="col" style={{ width: 190 }}>
                      {t("trail.place")}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {trail.inputs.map((input, at) => (
                    <tr key={at} style={{ height: 36 }}>
                      <td className="wraps">
                        {itemWords(input.item, t)}
                        {input.note === undefined ? null : (
                          <div className="small faint">{noteWords(input.note, t)}</div>
                        )}
                      </td>
                      <td className="end">
                        {input.value === null ? (
                          <span className="soft">{t("gap.blank")}</span>
                        ) : (
                          <>
                            {plain(input.value, 4)} <span className="faint">{input.unit}</span>
                          </>
                        )}
                      </td>
                      <td className="wraps small">
                        {input.section === undefined
                          ? null
                          : t(`section.${input.section}`, { defaultValue: input.section })}
                        {input.schoolCode === undefined ? null : <div className="faint">{input.schoolCode}</div>}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </section>
        )}

        <section className="stack tight">
          <h3>{t("trail.clause")}</h3>
          <dl className="facts">
            <dt>{t("trail.document")}</dt>
            <dd>{document === undefined ? trail.reference : `${document.title}（${document.number}）`}</dd>
            {entry === undefined ? null : (
              <>
                <dt>{t("trail.wording")}</dt>
                <dd>
                  {entry.label}{" "}
                  {entry.provenance.isVerified ? null : <span className="unverified">{t("standard.unverified")}</span>}
                </dd>
              </>
            )}
            <dt>{t("trail.reference")}</dt>
            <dd>
              <Link to="/data/standards" search={{ at: trail.reference }} className="mono">
                {trail.reference}
              </Link>
            </dd>
            <dt>{t("trail.rules")}</dt>
            <dd className="mono">
              {trail.rulesVersion}
              {asked.rulesHash === undefined ? null : (
                <div className="faint" title={asked.rulesHash}>
                  sha256 {asked.rulesHash}
                </div>
              )}
            </dd>
            {asked.inputsHash === undefined || asked.inputsHash === null ? null : (
              <>
                <dt>{t("trail.inputsHash")}</dt>
                <dd className="mono faint">sha256 {asked.inputsHash}</dd>
              </>
            )}
          </dl>
        </section>
        {asked.isWhatIf === true ? null : asked.sources === undefined ? (
          <Reporters asked={asked} />
        ) : (
          <Sources lines={asked.sources} />
        )}
      </div>
    </Drawer>
  );
}

function GapPlace({ asked }: { readonly asked: TrailAsked }) {
  const { t } = useTranslation();
  const { gap } = asked.trail;
  if (gap === null) return null;
  const section = gapSection(gap) ?? asked.sections[0] ?? null;
  return (
    <div className="note">
      {gapWords(gap, t)}
      {section === null || asked.schoolCode === undefined ? null : (
        <>
          {" "}
          {t("gap.who")}{" "}
          <Link to="/data/states/$code" params={{ code: asked.schoolCode }} search={{ section }}>
            {t("gap.toPlace", { section: t(`section.${section}`) })}
          </Link>
        </>
      )}
    </div>
  );
}

function Sources({ lines }: { readonly lines: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <section className="stack tight">
      <h3>{t("trail.reporters")}</h3>
      <ul className="stack tight">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

function Reporters({ asked }: { readonly asked: TrailAsked }) {
  const { t } = useTranslation();
  const query = useQuery(provenanceQuery(asked.year, asked.schoolCode));
  const entries = (query.data?.entries ?? []).filter((entry) => asked.sections.includes(entry.section));
  return (
    <section className="stack tight">
      <h3>{t("trail.reporters")}</h3>
      {entries.length === 0 ? (
        <p className="soft">{query.isPending ? t("state.waiting") : t("trail.noReporter")}</p>
      ) : (
        <ul className="stack tight">
          {latest(entries).map((entry) => (
            <li key={`${entry.section}|${entry.schoolCode ?? ""}`}>
              {t(`section.${entry.section}`)}
              {t("list.colon")}
              {t("trail.reportedBy", {
                name: entry.by.name ?? t("trail.system"),
                at: moment(entry.by.at),
                batch: entry.batchId,
              })}
              {entry.fileName === null ? null : <span className="faint"> {entry.fileName}</span>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The newest report of each section. */
function latest<E extends { readonly section: string; readonly by: { readonly at: string } }>(
  entries: readonly E[],
): E[] {
  const bySection = new Map<string, E>();
  for (const entry of entries) {
    const known = bySection.get(entry.section);
    if (known === undefined || known.by.at < entry.by.at) bySection.set(entry.section, entry);
  }
  return [...bySection.values()];
}
