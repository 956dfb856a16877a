// The way out of a name that is wrong is the same command again.
import { isOslmError, OslmError, type Verb } from "../../errors.js";

/** The error as it is to be told to someone who typed `oslm VERB`: whoever asks for a table wants no download. */
export function withVerb(error: unknown, verb: Verb): unknown {
  if (isOslmError(error, "unknown-model")) return new OslmError("unknown-model", { ...error.facts, verb });
  if (isOslmError(error, "unknown-size")) return new OslmError("unknown-size", { ...error.facts, verb });
  if (isOslmError(error, "quant-not-found")) return new OslmError("quant-not-found", { ...error.facts, verb });
  return error;
}
