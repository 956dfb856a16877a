// The patterns of --tensor-type: what matches nothing, and what JavaScript reads and llama.cpp's std::regex does not.
import { isOslmError, OslmError } from "../../errors.js";
import type { QuantizeCall } from "../../quantize/job.js";
import type { QuantizePlan } from "../../quantize/plan.js";
import type { QuantizeRequest } from "./quantize.js";
import type { QuantizeSource } from "./quantize-source.js";

/** @throws OslmError usage for a pattern that no tensor's name matches */
export function checkPatterns({ tensorTypes }: QuantizeRequest, { headers }: QuantizeSource): void {
  const names = headers.flatMap(({ tensors }) => tensors.map(({ name }) => name));
  const idle = tensorTypes.find(([pattern]) => !names.some((name) => new RegExp(pattern).test(name)));
  if (idle === undefined) return;
  throw new OslmError("usage", {
    problem: `--tensor-type: ${JSON.stringify(idle[0])} matches none of the model's tensors`,
    detail: `They are called ${names.slice(0, SHOWN).join(", ")} and so on.`,
    help: "--tensor-type ffn_down=q6_k   (a part of the name, or a regular expression)",
  });
}

const SHOWN = 4;

/** What to throw in place of the error of a plan: it lies in the patterns where there is none without them. */
export async function blamePatterns(
  error: unknown,
  { tensorTypes }: QuantizeRequest,
  calls: readonly QuantizeCall[],
  plans: (calls: readonly QuantizeCall[]) => Promise<QuantizePlan[]>,
): Promise<never> {
  if (tensorTypes.length === 0 || !isOslmError(error, "quantize-failed")) throw error;
  await plans(calls.map((call) => ({ ...call, tensorTypes: [] })));
  throw new OslmError("usage", {
    problem: `llama.cpp cannot read ${tensorTypes.map(([pattern]) => JSON.stringify(pattern)).join(" or ")} as a pattern`,
    detail: `It says: ${error.facts.reason}`,
    help: "--tensor-type with a simpler regular expression, such as   ffn_(up|down)=q6_k",
  });
}
