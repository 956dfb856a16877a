// Where the Hub cannot be asked for what is here already.
import { isOslmError, OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import { formatRef, type ModelRef } from "../../model/ref.js";
import { findStored } from "../stored/find-stored.js";
import type { World } from "../world.js";

/** The error of a request, with the command that needs none where a model of that name is stored. */
export async function whileUnreachable(world: World, error: unknown, ref: ModelRef, verb: string): Promise<unknown> {
  const isUnreachable = isOslmError(error, "network") || isOslmError(error, "hub-failed");
  if (!isUnreachable || (await findStored(world, ref)).length === 0) return error;
  const instead = `oslm ${verb} ${quoted(formatRef(ref))} --offline`;
  return isOslmError(error, "network")
    ? new OslmError("network", { ...error.facts, instead }, { cause: error })
    : new OslmError("hub-failed", { ...error.facts, instead }, { cause: error });
}
