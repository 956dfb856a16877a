// Checkpoints, and what converts them.

export interface ConvertFacts {
  /** A checkpoint that cannot be converted as it is; `file` within its folder. */
  "malformed-checkpoint": { file: string; reason: string /** What helps, where that is known. */; instead?: string };
  /** What a checkpoint has that the converter does not know: `what` reads like `the architecture XForCausalLM`. */
  "unsupported-checkpoint": {
    what: string;
    known: readonly string[];
    /** Where more is known: why, and the command for the nearest that runs. */
    why?: string;
    instead?: string;
  };
}
