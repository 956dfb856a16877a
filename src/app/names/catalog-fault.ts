// What is wrong with the form of a catalog.
import { validateCatalog } from "./validate-catalog.js";

export interface Fault {
  /** JSON pointer; empty for the whole. */
  readonly at: string;
  /** Reads like `must be integer`. */
  readonly problem: string;
}

/** The first thing that is wrong; undefined where nothing is. */
export function catalogFault(value: unknown): Fault | undefined {
  if (validateCatalog(value)) return undefined;
  const [fault] = validateCatalog.errors ?? [];
  const extra: unknown = fault?.params.additionalProperty;
  const which = typeof extra === "string" ? `: ${JSON.stringify(extra.slice(0, 60))}` : "";
  return { at: fault?.instancePath ?? "", problem: `${fault?.message ?? "does not satisfy the schema"}${which}` };
}
