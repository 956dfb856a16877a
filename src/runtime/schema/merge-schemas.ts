// Two JSON Schemas that both hold, in one.
import { isObject, type SchemaObject } from "./read-schema.js";

/** Where both say something of the same keyword and it cannot be joined, the second counts: the check of the result catches the first. */
export function mergeSchemas(a: SchemaObject, b: SchemaObject): SchemaObject {
  const result: Record<string, unknown> = { ...a, ...b };
  if (isObject(a.properties) && isObject(b.properties)) {
    const [first, second] = [a.properties, b.properties];
    const both = Object.keys(second).filter((name) => Object.hasOwn(first, name));
    const joined = both.map((name) => [name, { allOf: [first[name], second[name]] }]);
    result.properties = { ...first, ...second, ...Object.fromEntries(joined) };
  }
  if (Array.isArray(a.required) && Array.isArray(b.required)) result.required = [...a.required, ...b.required];
  if (Array.isArray(a.enum) && Array.isArray(b.enum)) {
    const texts = new Set(b.enum.map((value) => JSON.stringify(value)));
    result.enum = a.enum.filter((value) => texts.has(JSON.stringify(value)));
  }
  return result;
}
