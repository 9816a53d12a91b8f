/** A report as it would be printed: an official document with title, facts, numbered parts and tables. */

import type { ReportBlock, ReportCell, ReportModel, ReportPart, ReportTable } from "@xingfu/domain/report";
import "./paper.css";

export function PrintedPaper({ model }: { readonly model: ReportModel }) {
  return (
    <article className="paper" lang="zh-CN">
      {model.marks.length === 0 ? null : <style>{everyPage(model.marks)}</style>}
      {model.marks.length === 0 ? null : (
        <p className="paper-marks">
          {model.marks.map((mark) => (
            <span key={mark}>{mark}</span>
          ))}
        </p>
      )}
      <header>
        <h2 className="paper-title">{model.title}</h2>
        {model.subtitle === "" ? null : <p className="paper-subtitle">{model.subtitle}</p>}
        <p className="paper-number">{model.documentNumber}</p>
      </header>
      <dl className="paper-facts">
        {model.facts.map((fact) => (
          <div key={fact.label}>
            <dt>{fact.label}</dt>
            <dd>{fact.text}</dd>
          </div>
        ))}
      </dl>
      {model.parts.map((part, at) => (
        <Part key={at} part={part} />
      ))}
      <footer>
        <p>{model.issuer}</p>
      </footer>
    </article>
  );
}

/** The marks in the margin of every printed page. */
function everyPage(marks: readonly string[]): string {
  return `@page { @top-right { content: ${JSON.stringify(marks.join(" "))}; font-size: 10pt; } }`;
}

function Part({ part }: { readonly part: ReportPart }) {
  const Heading = part.level === 1 ? "h3" : "h4";
  return (
    <section className={part.isAnnex ? "annex" : undefined}>
      {part.heading === "" ? null : <Heading>{part.heading}</Heading>}
      {part.blocks.map((block, at) => (
        <Block key={at} block={block} heading={part.heading} />
      ))}
    </section>
  );
}

function Block({ block, heading }: { readonly block: ReportBlock; readonly heading: string }) {
  switch (block.kind) {
    case "paragraph":
      return <p className={`paper-${block.style}`}>{block.text}</p>;
    case "note":
      return <p className="paper-note">{block.text}</p>;
    case "table":
      return <PaperTable table={block} heading={heading} />;
  }
}

function PaperTable({ table, heading }: { readonly table: ReportTable; readonly heading: string }) {
  const weights = table.columns.reduce((sum, column) => sum + column.weight, 0);
  return (
    <figure className="paper-table">
      {table.caption === "" ? null : <figcaption>{table.caption}</figcaption>}
      <div className="paper-scroll" tabIndex={0} role="region" aria-label={`${heading} ${table.caption}`.trim()}>
        <table style={{ minWidth: table.columns.length * 58 }}>
          <colgroup>
            {table.columns.map((column, at) => (
              <col key={at} style={{ width: `${(100 * column.weight) / weights}%` }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              {table.columns.map((column, at) => (
                <th key={at} scope="col">
                  {column.header}
                  {column.unit === null ? null : <small>（{column.unit}）</small>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, column) => (
                  <td
                    key={column}
                    style={{ textAlign: table.columns[column]?.align ?? "left" }}
                    className={toneOf(cell)}
                  >
                    {cell.text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.notes.map((note) => (
        <p key={note} className="paper-note">
          {note}
        </p>
      ))}
    </figure>
  );
}

const toneOf = (cell: ReportCell): string | undefined => (cell.tone === null ? undefined : `tone-${cell.tone}`);
