/** Tag, source and date of a value as written in YAML, checked. Shared by tables, documents and schemes. */

import type { Provenance } from "./table.ts";

/** A record as YAML or JSON gives it. */
export type Loose = Readonly<Record<string, unknown>>;

const generalKnowledge = "一般知识，未见官方原文，待核实";

export function isLoose(value: unknown): value is Loose {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether `value` is an ISO date of a day that exists. */
export function isDay(value: unknown): value is string {
  return (
    typeof value === "string" &&
    /^\d{4}-\d{2}-\d{2}$/.test(value) &&
    (new Date(`${value}T00:00:00Z`).toJSON()?.startsWith(value) ?? false)
  );
}

/**
 * The provenance a record states, with everything that is wrong about it.
 *
 * @param sources    the document's sources by name; the tag "F:S1,S2" stands for those
 * @param checkedOn  day of the last look where the record has none of its own
 */
export function readProvenance(
  raw: Loose,
  sources: Loose,
  checkedOn?: unknown,
): { readonly provenance: Provenance; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const tag = typeof raw.tag === "string" ? raw.tag : "";
  if (!/^(F:[A-Z]\d+(,[A-Z]\d+)*|M-certain|M-likely|M-unsure|D)$/.test(tag))
    problems.push(`has no source (tag ${JSON.stringify(raw.tag)})`);
  let source = typeof raw.source === "string" ? raw.source : "";
  if (source === "" && tag.startsWith("F:")) {
    const named = tag
      .slice(2)
      .split(",")
      .map((name) => {
        if (typeof sources[name] !== "string") problems.push(`source ${name} is not listed in the document`);
        return `${name} ${String(sources[name])}`;
      });
    source = named.join("；");
  }
  if (source === "" && tag.startsWith("M-")) source = generalKnowledge;
  if (source === "") problems.push("has no source");
  const isVerified = raw.verified === true;
  if (isVerified && tag.startsWith("M-")) problems.push("general knowledge cannot be verified");
  if (isVerified && !/https?:\/\//.test(source))
    problems.push("a verified value needs the address of the official page");
  const day = raw.checkedOn ?? checkedOn;
  if (!isDay(day)) problems.push(`checkedOn: is not a date (${JSON.stringify(day)})`);
  return { provenance: { tag, isVerified, source, checkedOn: isDay(day) ? day : "" }, problems };
}
