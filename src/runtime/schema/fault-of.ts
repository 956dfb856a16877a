// A document held against a schema of our own. Schemas of strangers go to the checker's thread: their patterns may take for ever.
import { Ajv } from "ajv";

export interface Fault {
  /** JSON pointer; empty for the whole. */
  readonly at: string;
  /** Reads like `must be integer`. */
  readonly problem: string;
}

/** The first thing that is wrong; undefined where nothing is. @param schema of draft 7 */
export function faultOf(schema: object, value: unknown): Fault | undefined {
  const validate = new Ajv({ strict: false }).compile(schema);
  if (validate(value)) return undefined;
  const [fault] = validate.errors ?? [];
  const extra: unknown = fault?.params.additionalProperty;
  const which = typeof extra === "string" ? `: ${JSON.stringify(extra.slice(0, 60))}` : "";
  return { at: fault?.instancePath ?? "", problem: `${fault?.message ?? "does not satisfy the schema"}${which}` };
}
