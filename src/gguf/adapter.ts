// LoRA adapters: small matrices that are added to those of one base model.
import { OslmError } from "../errors.js";
import type { GgufHeader, TensorInfo } from "./values.js";

/** Ends of names: `blk.0.attn_q.weight.lora_a` and `.lora_b` belong to `blk.0.attn_q.weight` (llama-adapter.cpp). */
const PART = /^(.+)\.lora_([ab])$/;
/** What the engine multiplies with. */
const WEIGHTS = /^(F32|F16|BF16|Q\d|IQ\d|TQ\d|MXFP4|NVFP4)/;

/**
 * That the file is a LoRA adapter for the model which these headers are of, as the engine wants it: it would refuse the same, and says so in
 * its log alone.
 * @throws OslmError malformed-gguf for what is no sound adapter, wrong-adapter for one of another model
 */
export function checkAdapter(adapter: GgufHeader, model: readonly GgufHeader[]): void {
  const { name, metadata } = adapter;
  const malformed: (reason: string) => never = (reason) => {
    throw new OslmError("malformed-gguf", { file: name, reason });
  };
  const wrong: (reason: string) => never = (reason) => {
    throw new OslmError("wrong-adapter", { file: name, model: model[0]?.name ?? "", reason });
  };
  const type = metadata.get("general.type");
  if (type !== "adapter") malformed(`it is no adapter: its general.type is ${JSON.stringify(type ?? null)}`);
  const kind = metadata.get("adapter.type");
  if (kind !== "lora") malformed(`an adapter of the type ${JSON.stringify(kind ?? null)}, not lora`);
  const alpha = metadata.get("adapter.lora.alpha");
  if (typeof alpha !== "number" || !Number.isFinite(alpha)) malformed("adapter.lora.alpha is no number");
  const architecture = metadata.get("general.architecture");
  const own = model[0]?.metadata.get("general.architecture");
  if (architecture !== own)
    wrong(`It was made for the architecture ${String(architecture)}, the model has ${String(own)}.`);
  const base = new Map(model.flatMap(({ tensors }) => tensors.map((tensor) => [tensor.name, tensor] as const)));
  const pairs = pairsOf(adapter, malformed);
  if (pairs.size === 0) malformed("it holds no matrices");
  for (const [target, { a, b }] of pairs) {
    if (a === undefined || b === undefined) malformed(`one of the two matrices for ${target} is missing`);
    for (const tensor of [a, b]) {
      if (tensor.dims.includes(0)) malformed(`tensor ${tensor.name} is empty`);
      if (!WEIGHTS.test(tensor.type))
        malformed(`tensor ${tensor.name} has the type ${tensor.type}, which no weights have`);
    }
    const weight = base.get(target);
    if (weight === undefined) wrong(`It changes ${target}, which the model does not have.`);
    const reason = mismatch(target, weight, a, b);
    if (reason !== undefined) wrong(reason);
  }
}

interface Pair {
  a?: TensorInfo;
  b?: TensorInfo;
}

function pairsOf({ tensors }: GgufHeader, malformed: (reason: string) => never): Map<string, Pair> {
  const pairs = new Map<string, Pair>();
  for (const tensor of tensors) {
    const [, target = "", part = ""] =
      PART.exec(tensor.name) ?? malformed(`tensor ${JSON.stringify(tensor.name)} is no part of an adapter`);
    const pair = pairs.get(target) ?? {};
    pairs.set(target, { ...pair, [part]: tensor });
  }
  return pairs;
}

/** a: from the input to the rank, b: from there to the output. The table of tokens is looked up, so there it is the other way round. */
function mismatch(target: string, weight: TensorInfo, a: TensorInfo, b: TensorInfo): string | undefined {
  const [[input = 0, output = 0], [a0 = 0, a1 = 1], [b0 = 0, b1 = 1]] = [weight.dims, a.dims, b.dims];
  const fits =
    target === "token_embd.weight"
      ? input === b1 && output === a1 && a0 === b0
      : input === a0 && output === b1 && a1 === b0;
  // One for each expert: the engine looks at no more than two dimensions, and ends where the others do not go together.
  const more = [weight, a, b].map(({ dims }) => String(dims.slice(2)));
  if (fits && new Set(more).size > 1) {
    return `Its matrices for ${target} have the further dimensions [${more[1]}] and [${more[2]}], the model's has [${more[0]}].`;
  }
  if (fits) return undefined;
  return `Its matrices for ${target} are ${a0} x ${a1} and ${b0} x ${b1}, the model's is ${input} x ${output}.`;
}
