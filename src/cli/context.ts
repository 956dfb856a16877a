// What a command gets: the world, the output, and the flags that every command has.
import type { World } from "../app/world.js";
import type { Output } from "../ui/output.js";
import type { GlobalFlags } from "./flags.js";

export interface Context {
  readonly world: World;
  readonly out: Output;
  readonly flags: GlobalFlags;
  readonly env: NodeJS.ProcessEnv;
}

/** Commands are built before the flags are parsed, so they get a way to the context, not the context. */
export type ContextOf = () => Context;
