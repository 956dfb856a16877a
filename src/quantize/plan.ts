// What quantizing would make of each tensor: the library itself says it, in a few milliseconds and without reading weights.
import { OslmError } from "../errors.js";
import type { GgufHeader } from "../gguf/values.js";
import { type Asking, askQuantizer, type Ended } from "./ask-quantizer.js";
import { failureOf } from "./failure.js";
import type { QuantizeCall } from "./job.js";
import { QuantizeLog, type TensorLine } from "./log.js";
import { type AddedKey, type QuantizedHeader, quantizedHeader } from "./quantized-header.js";

export interface QuantizePlan {
  readonly call: QuantizeCall;
  /** In the order of the result. */
  readonly tensors: readonly TensorLine[];
  /** The result, as it will be read; its size is exact. */
  readonly result: QuantizedHeader;
  /** Tensors that get another type for their shape. */
  readonly fallbacks: number;
}

export interface Source {
  /** Of all files, in order. */
  readonly headers: readonly [GgufHeader, ...GgufHeader[]];
  /** Where the metadata of the first file ends. */
  readonly keysEnd: number;
}

/**
 * Plans of all calls, in one process.
 * @throws OslmError no-quantizer, bad-imatrix, malformed-gguf, quantize-failed, out-of-memory; the signal's reason
 */
export async function planQuantize(
  source: Source,
  request: { readonly library: string; readonly imatrix?: string; readonly calls: readonly QuantizeCall[] },
  asking: Asking,
): Promise<QuantizePlan[]> {
  // Without a name nothing can be written, whatever the library takes the flag for.
  const calls = request.calls.map((call) => ({ ...call, dryRun: true, output: "" }));
  const replies = askQuantizer({ ...request, calls }, asking);
  const [{ name }] = source.headers;
  const plans: QuantizePlan[] = [];
  let keys: readonly AddedKey[] = [];
  let log = new QuantizeLog();
  let tensors: TensorLine[] = [];
  let ended: Ended | undefined;
  while (ended === undefined) {
    const step = await replies.next();
    if (step.done) ended = step.value;
    else if (step.value.is === "keys") keys = step.value.pairs;
    else if (step.value.is === "log") tensors.push(...log.add(step.value.text));
    else if (step.value.is === "ended") {
      const call = request.calls[plans.length];
      if (call === undefined || step.value.code !== 0) throw failureOf(name, log.reason);
      checkWhole(source, tensors);
      const types = new Map(tensors.map(({ name, to }) => [name, to]));
      const result = quantizedHeader(source, types, [...keys, ...call.metadata]);
      plans.push({ call, tensors, result, fallbacks: log.fallbacks });
      log = new QuantizeLog();
      tensors = [];
    }
  }
  if (plans.length < calls.length) throw failureOf(name, log.reason, ended);
  return plans;
}

/** A name with line breaks, say, makes lines that nobody can read. */
function checkWhole({ headers: [first, ...others] }: Source, tensors: readonly TensorLine[]): void {
  const told = new Set(tensors.map(({ name }) => name));
  const silent = [first, ...others].flatMap((header) => header.tensors).find(({ name }) => !told.has(name));
  if (silent === undefined) return;
  const reason = `what llama.cpp would make of tensor ${JSON.stringify(silent.name)} cannot be known`;
  throw new OslmError("malformed-gguf", { file: first.name, reason });
}
