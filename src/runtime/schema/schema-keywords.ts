// What the keywords of a JSON Schema say of a value, where the grammar has to know.
import type { SchemaObject } from "./read-schema.js";

/** What says nothing of the value; `$defs` and `definitions` only hold what is referred to. */
export const ANNOTATIONS = new Set(
  "$schema $id $comment $defs definitions title description default examples deprecated readOnly writeOnly".split(" "),
);

/** The reference of a schema that says nothing else. */
export function pureRef(schema: SchemaObject): string | undefined {
  const { $ref, ...rest } = schema;
  return typeof $ref === "string" && Object.keys(rest).every((key) => ANNOTATIONS.has(key)) ? $ref : undefined;
}

/** People leave the type out where a keyword tells it. */
export function impliedType(schema: SchemaObject): string | undefined {
  const has = (...keywords: string[]): boolean => keywords.some((keyword) => keyword in schema);
  if (has("properties", "required", "additionalProperties", "patternProperties")) return "object";
  if (has("items", "prefixItems", "minItems", "maxItems")) return "array";
  if (has("minLength", "maxLength", "pattern", "format")) return "string";
  if (has("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")) return "number";
  return undefined;
}

/** Whether its bounds leave out all that is below 0. */
export function isNatural({ minimum, exclusiveMinimum }: SchemaObject): boolean {
  const [least, above] = [minimum, exclusiveMinimum].map((value) => (typeof value === "number" ? value : -1));
  return Math.max(least ?? -1, above ?? -1) >= 0;
}

/** The outermost integer that both bounds allow. @param inward 1 for lower bounds, -1 for upper ones */
export function bound(inclusive: unknown, exclusive: unknown, inward: 1 | -1): number | undefined {
  const round = inward === 1 ? Math.ceil : Math.floor;
  const ends = [
    ...(typeof inclusive === "number" ? [round(inclusive)] : []),
    ...(typeof exclusive === "number" ? [round(exclusive) === exclusive ? exclusive + inward : round(exclusive)] : []),
  ];
  if (ends.length === 0) return undefined;
  return inward === 1 ? Math.max(...ends) : Math.min(...ends);
}

/** A length or a number of members, where it is one. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? Math.floor(value) : undefined;
}
