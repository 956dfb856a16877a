// An adapter in a GGUF file.
import { OslmError } from "../../errors.js";
import { checkAdapter } from "../../gguf/adapter.js";
import { readHeader } from "../../gguf/header.js";
import type { ByteSource } from "../../gguf/source.js";
import type { GgufHeader } from "../../gguf/values.js";
import { weightsIn } from "../gguf-weights.js";
import type { Lora, LoraPair } from "./lora.js";

/**
 * @param model the headers of the model that it is for
 * @throws OslmError malformed-gguf, wrong-adapter, unsupported-checkpoint, cannot-do for a quantized one
 */
export async function readGgufLora(source: ByteSource, file: string, model: readonly GgufHeader[]): Promise<Lora> {
  const header = await readHeader(source, { name: file });
  checkAdapter(header, model);
  const { metadata, tensors } = header;
  const byName = new Map(tensors.map((tensor) => [tensor.name, weightsIn(source, header, tensor)]));
  const alpha = metadata.get("adapter.lora.alpha") as number;
  const targets = [...byName.keys()].filter((name) => name.endsWith(".lora_a")).map((name) => name.slice(0, -7));
  const pairs = targets.map((target): LoraPair => {
    const [a, b] = [byName.get(`${target}.lora_a`), byName.get(`${target}.lora_b`)];
    if (a === undefined || b === undefined) throw new Error("an unchecked adapter");
    if (target === "token_embd.weight" || a.shape.length !== 2 || b.shape.length !== 2) {
      throw new OslmError("unsupported-checkpoint", {
        what: `an adapter for ${JSON.stringify(target)} into the model`,
        known: ["pairs of matrices for single matrices of the model"],
      });
    }
    // The engine takes an alpha of 0 for none.
    return { target, a, b, scale: alpha === 0 ? 1 : alpha / (a.shape[0] as number) };
  });
  return { file, architecture: String(metadata.get("general.architecture")), pairs, close: async () => {} };
}
