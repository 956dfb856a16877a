// The GGUF file of an adapter. Names and layout: llama-adapter.cpp, which reads them.
import type { MetadataPair } from "../../gguf/write-header.js";
import { type PlannedTensor, typeFor } from "../plan.js";
import { finite } from "./finite.js";
import type { Lora } from "./lora.js";

/**
 * The engine has one alpha for all and divides it by the rank of each pair; where pairs differ beyond that, B is multiplied.
 * @param type of the matrices
 */
export function planAdapter(
  { architecture, pairs }: Lora,
  general: readonly MetadataPair[],
  type: string,
): { readonly metadata: readonly MetadataPair[]; readonly tensors: readonly PlannedTensor[] } {
  const alphas = pairs.map(({ scale, a }) => scale * (a.shape[0] as number));
  const alpha = Math.fround(alphas[0] as number);
  const tensors = pairs.flatMap(({ target, a, b }, i) => {
    const factor = (alphas[i] as number) / alpha;
    return [
      { name: `${target}.lora_a`, weights: finite(a) },
      // What float32 makes of the alpha is no other alpha.
      { name: `${target}.lora_b`, weights: finite(b, Math.abs(factor - 1) < 1e-6 ? 1 : factor) },
    ].map(({ name, weights }): PlannedTensor => {
      const dims = [...weights.shape].reverse();
      return { name, dims, weights, type: typeFor(`${name}.weight`, dims, type) };
    });
  });
  return {
    metadata: [
      ["general.architecture", { type: "string", value: architecture }],
      ["general.type", { type: "string", value: "adapter" }],
      ["adapter.type", { type: "string", value: "lora" }],
      ["adapter.lora.alpha", { type: "float32", value: alpha }],
      ...general,
    ],
    tensors,
  };
}
