// The real world: this machine, this environment, the Hub that HF_ENDPOINT names.
import type { World } from "../app/world.js";
import type { GlobalFlags } from "./flags.js";

/** Nothing is opened or loaded here; each part is made once, when first asked for. */
export function createWorld(env: NodeJS.ProcessEnv, flags: GlobalFlags, signal: AbortSignal): World {
  void env;
  void flags;
  void signal;
  throw new Error("to be joined with hub and store");
}
