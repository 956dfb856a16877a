// Every architecture that the converter knows.
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";
import type { Architecture } from "./architecture.js";
import { llama, mixtral } from "./llama.js";

export const ARCHITECTURES: readonly Architecture[] = [llama, mixtral];

/** @throws OslmError unsupported-checkpoint with the classes that are known */
export function architectureOf(config: Config): Architecture {
  const name = config.className;
  const found = ARCHITECTURES.find(({ classes }) => classes.includes(name));
  if (found) return found;
  throw new OslmError("unsupported-checkpoint", {
    what: `the architecture ${JSON.stringify(name.slice(0, 80))}`,
    known: ARCHITECTURES.map(({ classes }) => classes[0] as string),
  });
}
