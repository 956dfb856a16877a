// What a GGUF file says of its model, in the words of config.json: enough to find an adapter's modules in it.
import { OslmError } from "../../errors.js";
import type { GgufHeader } from "../../gguf/values.js";
import { ARCHITECTURES } from "../architectures/all.js";
import type { Architecture } from "../architectures/architecture.js";
import { Config } from "../config.js";

/** Those whose tensors follow from counts that the file holds. */
const KNOWN = ["llama", "qwen2", "qwen3", "gemma", "gemma2", "gemma3", "phi2", "phi3", "olmo2", "granite"];
const ALSO = ["starcoder2", "bloom", "gpt2"];

export interface Described {
  readonly architecture: Architecture;
  readonly config: Config;
}

/** @throws OslmError unsupported-checkpoint, malformed-checkpoint for a file without counts */
export function describeGguf({ metadata, tensors, name: file }: GgufHeader): Described {
  const name = metadata.get("general.architecture");
  const architecture = ARCHITECTURES.find((one) => one.name === name);
  const number = (key: string): number | undefined => {
    const value = metadata.get(`${name}.${key}`);
    return typeof value === "number" && Number.isInteger(value) ? value : undefined;
  };
  const isKnown =
    typeof name === "string" && [...KNOWN, ...ALSO].includes(name) && number("expert_count") === undefined;
  if (!isKnown || architecture === undefined) {
    throw new OslmError("unsupported-checkpoint", {
      what: `an adapter by the GGUF file ${file} of its base, whose architecture is ${String(name).slice(0, 60)}`,
      known: [...KNOWN, ...ALSO, "and of all others the folder of the base's checkpoint"],
    });
  }
  const [layers, heads, wide] = [number("block_count"), number("attention.head_count"), number("embedding_length")];
  const values = {
    architectures: [architecture.classes[0]],
    ...{ num_hidden_layers: layers, n_layer: layers, hidden_size: wide, n_embd: wide },
    ...{ num_attention_heads: heads, n_head: heads, num_key_value_heads: number("attention.head_count_kv") },
    ...(number("attention.key_length") && { head_dim: number("attention.key_length") }),
    tie_word_embeddings: !tensors.some((tensor) => tensor.name === "output.weight"),
  };
  return { architecture, config: new Config(values) };
}
