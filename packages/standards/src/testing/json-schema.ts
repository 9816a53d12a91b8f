/** A reader of the few JSON Schema keywords that docs/schemas/scheme.schema.json uses; it refuses any other. */

type Schema = Readonly<Record<string, unknown>>;

const annotations = new Set(["$schema", "$id", "$defs", "title", "description"]);

/**
 * Whether a value fits a schema.
 *
 * @param root  the whole schema, in which `$ref`s are looked up
 * @throws RangeError for a keyword that is not implemented, so that no rule of the schema passes unread
 */
export function fits(value: unknown, schema: Schema, root: Schema = schema): boolean {
  return Object.entries(schema).every(
    ([keyword, rule]) => annotations.has(keyword) || keeps(value, keyword, rule, schema, root),
  );
}

function keeps(value: unknown, keyword: string, rule: unknown, schema: Schema, root: Schema): boolean {
  const members = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : null;
  const schemas = (list: unknown) => list as Schema[];
  switch (keyword) {
    case "$ref":
      return fits(value, (root.$defs as Record<string, Schema>)[String(rule).replace("#/$defs/", "")] ?? {}, root);
    case "type":
      if (rule === "object") return members !== null;
      if (rule === "array") return Array.isArray(value);
      return rule === "integer" ? Number.isInteger(value) : typeof value === rule;
    case "const":
      return value === rule;
    case "enum":
      return (rule as unknown[]).includes(value);
    case "anyOf":
      return schemas(rule).some((one) => fits(value, one, root));
    case "oneOf":
      return schemas(rule).filter((one) => fits(value, one, root)).length === 1;
    case "required":
      return members === null || (rule as string[]).every((key) => members.some(([name]) => name === key));
    case "properties":
      return (members ?? []).every(([key, member]) => {
        const own = (rule as Record<string, Schema>)[key];
        return own === undefined || fits(member, own, root);
      });
    case "additionalProperties":
      return (members ?? [])
        .filter(([key]) => !Object.hasOwn(schema.properties ?? {}, key))
        .every(([, member]) => rule !== false && fits(member, rule as Schema, root));
    case "propertyNames":
      return (members ?? []).every(([key]) => fits(key, rule as Schema, root));
    case "items":
      return !Array.isArray(value) || value.every((item) => fits(item, rule as Schema, root));
    case "minItems":
      return !Array.isArray(value) || value.length >= Number(rule);
    case "minProperties":
      return members === null || members.length >= Number(rule);
    case "minLength":
      return typeof value !== "string" || value.length >= Number(rule);
    case "pattern":
      return typeof value !== "string" || new RegExp(String(rule)).test(value);
    case "minimum":
      return typeof value !== "number" || value >= Number(rule);
    case "exclusiveMinimum":
      return typeof value !== "number" || value > Number(rule);
    case "maximum":
      return typeof value !== "number" || value <= Number(rule);
    default:
      throw new RangeError(`keyword ${keyword} is not implemented`);
  }
}
