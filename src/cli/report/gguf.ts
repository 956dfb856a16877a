// GGUF files, by their headers.
import type { GgufFacts } from "../../errors/gguf.js";
import type { Entries } from "./entry.js";

export const ggufReports: Entries<GgufFacts> = {
  "malformed-gguf": (f) => [
    8,
    `${f.file} is not a usable GGUF file`,
    f.reason,
    f.instead ?? "check where the file comes from, or pull it again",
  ],
  "unknown-architecture": (f) => [
    9,
    `${f.file} has an architecture that the engine does not know: ${JSON.stringify(f.architecture.slice(0, 60))}`,
    `${f.engine} was built before it, or has left it out; a newer oslm may bring one that knows it. Nothing of the weights was read.`,
    `oslm recommend   (models that it knows)${f.force === null ? "" : `   or   ${f.force}`}`,
  ],
  "bad-template": (f) => [
    9,
    `the chat template of ${f.file} cannot be used`,
    f.reason,
    "choose another conversion of this model",
  ],
};
