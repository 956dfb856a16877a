// A JSON Schema as a person's file holds it, within bounds: what is deep or huge would exhaust whoever walks it.
import { OslmError } from "../../errors.js";

/** A schema that is no boolean. */
export type SchemaObject = Readonly<Record<string, unknown>>;

const MAX_CHARS = 1_000_000;
const MAX_DEPTH = 100;
const MAX_VALUES = 20_000;

export function isObject(value: unknown): value is SchemaObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** @param file for messages @throws OslmError bad-schema */
export function readSchema(text: string, file: string): SchemaObject | boolean {
  const bad = (problem: string): OslmError => new OslmError("bad-schema", { file, at: "", problem });
  if (text.length > MAX_CHARS) throw bad("it is longer than a million characters");
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (error) {
    throw bad(error instanceof SyntaxError ? `it is no JSON: ${error.message}` : "it is nested too deeply");
  }
  if (typeof schema !== "boolean" && !isObject(schema)) throw bad("a schema is an object, true or false");
  let level: unknown[] = [schema];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    count += level.length;
    if (depth > MAX_DEPTH) throw bad(`it is nested more than ${MAX_DEPTH} levels deep`);
    if (count > MAX_VALUES) throw bad(`it holds more than ${MAX_VALUES} values`);
    level = level.flatMap((value) => (typeof value === "object" && value !== null ? Object.values(value) : []));
  }
  return schema;
}
