// What a small checkpoint could make us do: refused before it is done.
import { expect, it } from "vitest";
import { llama } from "../../src/convert/architectures/llama.js";
import type { CheckpointTensor } from "../../src/convert/checkpoint.js";
import { Config } from "../../src/convert/config.js";
import { readJson } from "../../src/convert/read-json.js";
import { transposed } from "../../src/convert/reshape.js";
import { readSentencePiece } from "../../src/convert/vocabulary/sentencepiece.js";
import { failureOf } from "../support/failure-of.js";

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
