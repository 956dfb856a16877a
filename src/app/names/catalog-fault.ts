// What is wrong with the form of a catalog.
import { validateCatalog } from "./validate-catalog.js";

export interface Fault {
  /** JSON pointer; empty for the whole. */
  readonly at: string;
  /** Reads like `must be integer`. */
  readonly problem: string;
}

/** In place of ajv's own words, which repeat a pattern or say that something "must NOT be valid". */
const IN_WORDS: readonly (readonly [schemaPath: RegExp, problem: string])[] = [
  [
    /\/repository\/(pattern|not)$/,
    'must be a repository of the Hub, owner/name, in letters, digits, ".", "_" and "-", and with neither ".." nor "--"',
  ],
  [/\/name\/pattern$/, 'must be a name in lower case letters, digits, ".", "_" and "-"'],
];

/** The first thing that is wrong; undefined where nothing is. */
export function catalogFault(value: unknown): Fault | undefined {
  if (validateCatalog(value)) return undefined;
  const [fault] = validateCatalog.errors ?? [];
  const extra: unknown = fault?.params.additionalProperty;
  const which = typeof extra === "string" ? `: ${JSON.stringify(extra.slice(0, 60))}` : "";
  const words = IN_WORDS.find(([path]) => path.test(fault?.schemaPath ?? ""))?.[1];
  return {
    at: fault?.instancePath ?? "",
    problem: words ?? `${fault?.message ?? "does not satisfy the schema"}${which}`,
  };
}
