// Memory.
import type { FitFacts } from "../../errors/fit.js";
import { formatBytes } from "../../ui/format.js";
import { countTokens } from "../../ui/format-tokens.js";
import type { Entries } from "./entry.js";

export const fitReports: Entries<FitFacts> = {
  "does-not-fit": (f) => [
    6,
    f.engine === undefined
      ? `${f.ref} does not fit: ${f.quant} with a context of ${countTokens(f.ctx)} needs ${formatBytes(f.need)}`
      : `the memory ran out while ${f.ref} was loaded: ${f.quant} with a context of ${countTokens(f.ctx)} takes about ${formatBytes(f.need)}`,
    `Usable for it are ${formatBytes(f.have)} of ${f.device}.${f.engine === undefined ? "" : ` The engine says: ${f.engine}`}`,
    f.ways.length > 0 ? f.ways.join("   or   ") : "oslm recommend   (what fits here)",
  ],
  "out-of-memory": (f) => [
    6,
    `the memory ran out while ${f.file} was loaded`,
    f.reason,
    "close other programs, or run again with a smaller --ctx",
  ],
};
