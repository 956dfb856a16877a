// LoRA adapters for a model file.
import { basename } from "node:path";
import { readHeader } from "../../src/gguf/header.js";
import { fileSource } from "../../src/store/file-source.js";
import { type GgufSpec, typed, type WritableTensor, type WritableValue } from "./gguf-writer.js";
import { random } from "./random.js";

const RANK = 2;

export interface AdapterSpec extends GgufSpec {
  readonly metadata: Readonly<Record<string, WritableValue>>;
  readonly tensors: readonly WritableTensor[];
}

/** Random matrices for the queries of each layer, large enough to change what the model says. What `writeGguf` takes. */
export async function adapterFor(path: string): Promise<AdapterSpec> {
  const { tensors, metadata } = await readHeader(await fileSource(path), { name: basename(path) });
  const chance = random(3);
  const matrix = (name: string, dims: readonly number[]): WritableTensor => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const values = Float32Array.from({ length: size }, () => (chance.next() - 0.5) * 2);
    return { name, dims, data: new Uint8Array(values.buffer) };
  };
  const targets = tensors.filter(({ name }) => name.endsWith("attn_q.weight"));
  return {
    metadata: {
      "general.architecture": String(metadata.get("general.architecture")),
      "general.type": "adapter",
      "adapter.type": "lora",
      "adapter.lora.alpha": typed("float32", 4),
    },
    tensors: targets.flatMap(({ name, dims: [input = 0, output = 0] }) => [
      matrix(`${name}.lora_a`, [input, RANK]),
      matrix(`${name}.lora_b`, [RANK, output]),
    ]),
  };
}
