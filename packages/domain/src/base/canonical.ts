/** One text for one value, so that equal inputs have equal hashes wherever they came from. */

/**
 * JSON with object keys sorted and no white space. Numbers print as JavaScript prints them (shortest text
 * that reads back to the same double), so the text is the same in a browser and on a server.
 * `undefined` members are left out; NaN and infinities throw, because no figure may be either.
 */
export function canonicalText(value: unknown): string {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new RangeError(`a figure must be finite, not ${value}`);
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  if (typeof value === "object") {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalText(member)}`).join(",")}}`;
  }
  throw new TypeError(`no canonical text for ${typeof value}`);
}
