// Checkpoints, and what converts them.
import type { ConvertFacts } from "../../errors/convert.js";
import { capitalized } from "../../model/capitalized.js";
import type { Entries } from "./entry.js";

export const convertReports: Entries<ConvertFacts> = {
  "malformed-checkpoint": (f) => [
    8,
    f.file === "the checkpoint" ? "the checkpoint is not usable" : `${f.file} is not part of a usable checkpoint`,
    `${capitalized(f.reason)}.`,
    f.instead ?? "check where the checkpoint comes from, or download it again",
  ],
  "unsupported-checkpoint": (f) => [
    9,
    `oslm cannot convert ${f.what}`,
    f.why ?? (f.known.length > 0 ? `It knows ${f.known.join(", ")}.` : "Nothing of the weights was read."),
    f.instead ?? "look for a GGUF repository of the same model, often named like it with -GGUF",
  ],
};
