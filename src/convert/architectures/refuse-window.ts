// Qwen's sliding windows, which its configurations have and switch off.
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";

/** The engine knows no window for these architectures: the answer would differ. */
export function refuseWindow(config: Config): void {
  if (config.flag("use_sliding_window")) {
    throw new OslmError("unsupported-checkpoint", { what: "sliding windows for this architecture", known: [] });
  }
}
