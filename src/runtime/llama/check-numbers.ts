// Does a model compute numbers at all? Of logits that are none (NaN) the library's samplers always draw the same token, and say nothing; under
// a grammar it ends the process.
import { basename } from "node:path";
import type { Token } from "node-llama-cpp";
import { OslmError } from "../../errors.js";
import type { Lane } from "./lane.js";
import { NO_SHIFT } from "./sampling-options.js";

/**
 * Evaluates one token in a sequence that holds none, and leaves it so. For answers of a grammar or of guesses, whose tokens
 * come without their probabilities.
 * @param path of the model, for errors
 * @throws OslmError no-numbers
 */
export async function tryNumbers(
  lane: Lane,
  token: Token,
  path: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const how = { ...NO_SHIFT, temperature: 0, yieldEogToken: true };
  const tokens = lane.sequence.evaluateWithMetadata([token], { confidence: true }, how);
  const step = await lane.step(tokens, undefined, signal);
  if (step === undefined) return;
  await tokens.return();
  await lane.sequence.clearHistory();
  if (!step.done) checkProbability(step.value.confidence, path);
}

/** @param path of the model, for errors @throws OslmError no-numbers */
export function checkProbability(probability: number, path: string): void {
  if (Number.isNaN(probability)) throw new OslmError("no-numbers", { file: basename(path) });
}
