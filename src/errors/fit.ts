// Memory.
import type { Bytes } from "../model/types.js";

export interface FitFacts {
  "does-not-fit": {
    ref: string;
    need: Bytes;
    have: Bytes;
    device: string;
    ctx: number;
    quant: string;
    /** The lever that would make it fit, as a command. */
    instead: string | null;
    /** The nearest ways out, that one first, three at most; then `--force` where it may succeed. */
    ways: readonly string[];
    /** What the engine said when it could not get its memory; not given where the load was not begun. */
    engine?: string;
  };
  /** The engine could not get the memory that the plan promised it. */
  "out-of-memory": { file: string; reason: string };
}
