// What a small checkpoint could make us do: refused before it is done.
import { expect, it } from "vitest";
import { fusedExperts } from "../../src/convert/architectures/experts.js";
import { llama } from "../../src/convert/architectures/llama.js";
import type { CheckpointTensor } from "../../src/convert/checkpoint.js";
import { Config } from "../../src/convert/config.js";
import { readJson } from "../../src/convert/read-json.js";
import { transposed } from "../../src/convert/reshape.js";
import { readSafetensorsHeader } from "../../src/convert/safetensors/header.js";
import { readSentencePiece } from "../../src/convert/vocabulary/sentencepiece.js";
import { memorySource } from "../../src/gguf/source.js";
import { failureOf } from "../support/failure-of.js";
import { writeSafetensors } from "../support/safetensors-writer.js";

const BASE = {
  ...{ architectures: ["LlamaForCausalLM"], hidden_act: "silu", hidden_size: 64, num_attention_heads: 4 },
  ...{ num_hidden_layers: 1, vocab_size: 300, intermediate_size: 96, max_position_embeddings: 128 },
};

it("takes no head as wide as a config claims", async () => {
  const rope = { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  const config = new Config({
    ...{ ...BASE, head_dim: 2 ** 31 - 2 },
    rope_scaling: { ...rope, original_max_position_embeddings: 64 },
  });
  const failure = await failureOf(() => llama.tensors(config));
  expect(failure).toMatchObject({ code: "malformed-checkpoint" });
});

it("refuses ramps of yarn that the engine would not compute", async () => {
  for (const change of [{ beta_fast: 16 }, { beta_slow: 2 }, { truncate: false }]) {
    const rope_scaling = { rope_type: "yarn", factor: 4, ...change };
    const failure = await failureOf(() => llama.keys(new Config({ ...BASE, rope_scaling })));
    expect(failure).toMatchObject({ code: "unsupported-checkpoint" });
  }
  expect(
    llama.keys(new Config({ ...BASE, rope_scaling: { rope_type: "yarn", factor: 4, beta_fast: 32 } })),
  ).toBeDefined();
});

it("reads no JSON of more parts than any file has", async () => {
  const text = `{"a":[${Array(2_000_001).fill("{}").join(",")}]}`;
  const failure = await failureOf(() => readJson("config.json", Buffer.from(text)));
  expect(failure.facts).toMatchObject({ reason: expect.stringContaining("objects and lists") });
});

it("stops at the first piece of a vocabulary that is too many", async () => {
  // A field of its own for each: number 1, of no bytes.
  const bytes = Buffer.alloc(2 * 1024 * 1024 + 4, Buffer.from([0x0a, 0x00]));
  const failure = await failureOf(() => readSentencePiece("tokenizer.model", bytes));
  expect(failure.facts).toMatchObject({ reason: expect.stringContaining("more than 1048576 pieces") });
});

it("takes no file's word for blocks that only the converter makes", async () => {
  const bytes = writeSafetensors({ a: { dtype: "MXFP4", shape: [32], data: new Uint8Array(17) } });
  const failure = await failureOf(readSafetensorsHeader(memorySource(bytes), "a.safetensors"));
  expect(failure.facts).toMatchObject({
    what: expect.stringContaining("MXFP4"),
    known: expect.not.arrayContaining(["MXFP4"]),
  });
});

it("takes no joined experts of another number or of half a row", async () => {
  const joined = (shape: readonly number[]): CheckpointTensor => ({
    ...{ name: "gate_up_proj", type: "F32", shape },
    read: async () => new Uint8Array(0),
  });
  const { make } = fusedExperts("blk.0.ffn_up_exps", "layers.0.mlp.experts.", 2, "up");
  for (const shape of [
    [3, 4, 8],
    [2, 4],
    [2, 5, 8],
  ]) {
    expect((await failureOf(() => make?.(joined(shape)))).code).toBe("malformed-checkpoint");
  }
  expect(make?.(joined([2, 4, 8])).shape).toEqual([2, 2, 8]);
});

it("keeps no turned matrix once it is read", async () => {
  let reads = 0;
  const tensor: CheckpointTensor = {
    ...{ name: "a", type: "F32", shape: [2, 3] },
    read: async () => {
      reads++;
      return new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);
    },
  };
  const made = transposed(tensor);
  for (let from = 0; from < 6; from += 2) await made.read(from, 2);
  expect(reads).toBe(1);
  await made.read(0, 2);
  expect(reads).toBe(2);
});
