// Does a model compute numbers at all? Of logits that are none (NaN) the library's samplers always draw the same token, and say nothing; under
// a grammar it ends the process.
import { basename } from "node:path";
import type { Token } from "node-llama-cpp";
import { OslmError } from "../../errors.js";
import type { Lane } from "./lane.js";
import { NO_SHIFT } from "./sampling-options.js";

/**
 * Evaluates one token, and leaves the sequence empty. For answers of a grammar or of guesses, whose tokens come without their
 * probabilities.
 * @param path of the model, for errors
 * @returns false where nobody knows yet: no token, or broken off by the signal
 * @throws OslmError no-numbers
 */
export async function tryNumbers(
  lane: Lane,
  token: Token | undefined,
  path: string,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  if (token === undefined) return false;
  const how = { ...NO_SHIFT, temperature: 0, yieldEogToken: true };
  const tokens = lane.sequence.evaluateWithMetadata([token], { confidence: true }, how);
  const step = await lane.step(tokens, undefined, signal);
  if (step === undefined) return false;
  await tokens.return();
  await lane.sequence.clearHistory();
  if (step.done) return false;
  checkProbability(step.value.confidence, path);
  return true;
}

/** @param path of the model, for errors @throws OslmError no-numbers */
export function checkProbability(probability: number, path: string): void {
  if (Number.isNaN(probability)) throw new OslmError("no-numbers", { file: basename(path) });
}
