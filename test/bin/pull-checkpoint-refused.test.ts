// Checkpoints that are not pulled, and what has been asked for by then.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkpointFiles, type Files, wideFiles } from "../support/checkpoint-repo.js";
import { type CheckpointRoom, FILES, openCheckpointRoom } from "../support/checkpoint-room.js";
import { hollowConfig, hollowShapes } from "../support/checkpoints/folder.js";
import { float32, writeSafetensors } from "../support/safetensors-writer.js";

let room: CheckpointRoom;
beforeEach(async () => {
  room = await openCheckpointRoom();
});
afterEach(() => room.close());
async function reopen(...repo: Parameters<typeof openCheckpointRoom>): Promise<void> {
  await room.close();
  room = await openCheckpointRoom(...repo);
}

const without = (files: Files, ...names: string[]): Files =>
  Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));

it("asks for nothing of the weights when its license is denied", async () => {
  const policy = join(room.home.path, "oslm.yaml");
  writeFileSync(policy, "license:\n  deny: [apache-2.0]\n");
  const { code } = await room.home.run(["pull", "org/Tiny", "--policy", policy]);
  expect({ code, weights: room.weights(), cache: room.inCache() }).toEqual({ code: 5, weights: [], cache: [] });
  expect((await room.home.run(["pull", "org/Tiny"])).code).toBe(0);
  // What is here is judged by the policy of today, by its repository's evidence.
  expect((await room.home.run(["run", "org/Tiny", "hi", "-n", "1", "--policy", policy])).code).toBe(5);
});

it.each([
  ["an architecture that is not known", { "config.json": Buffer.from('{"architectures":["UnheardOfModel"]}') }, 9],
  ["a configuration that makes no sense", { "config.json": Buffer.from("{") }, 8],
  ["no tokenizer", undefined, 9],
])("is refused before any weight for %s", async (_, change, expected) => {
  await reopen(change === undefined ? without(FILES, "tokenizer.json") : { ...FILES, ...change });
  const { code, stderr } = await room.home.run(["pull", "org/Tiny"]);
  expect({ code, weights: room.weights(), cache: room.inCache() }).toEqual({ code: expected, weights: [], cache: [] });
  if (expected === 9) expect(stderr).toMatch(/UnheardOfModel.*\n.*LlamaForCausalLM|tokenizer\.model/);
});

it("is refused before its weights come where llama.cpp would not load what they become", async () => {
  await reopen(checkpointFiles({ intermediate_size: 512 }));
  const { code, stderr } = await room.home.run(["pull", "org/Tiny"]);
  expect({ code, cache: room.inCache() }).toEqual({ code: 8, cache: [] });
  expect(stderr).toMatch(/blk\.0\.ffn_\w+\.weight'.*wrong shape/);
  // Nothing but the header of the weights was asked for.
  expect(room.weights().every(({ headers }) => headers.range !== undefined)).toBe(true);
  expect(room.left(/oslm\/checkpoints\/|\.gguf$/)).toEqual([]);
});

it("needs access where the repository is gated", async () => {
  await reopen(FILES, { gated: "manual", access: "none" });
  const refused = await room.home.run(["pull", "org/Tiny"]);
  expect({ code: refused.code, cache: room.inCache() }).toEqual({ code: 4, cache: [] });
  await reopen(FILES, { gated: "manual", access: "granted" });
  expect((await room.home.run(["pull", "org/Tiny"], { env: { HF_TOKEN: "hf_right" } })).code).toBe(0);
});

it("needs room for the download and the result together", async () => {
  const width = 2 ** 18;
  const head: Record<string, unknown> = {};
  let at = 0;
  for (const [name, shape] of Object.entries(hollowShapes(width))) {
    const bytes = shape.reduce((product, dim) => product * dim, 2);
    head[name] = { dtype: "F16", shape, data_offsets: [at, at + bytes] };
    at += bytes;
  }
  const text = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const vast = { head: Buffer.concat([length, text]), size: 8 + text.length + at };
  await reopen({ ...checkpointFiles(hollowConfig(width)), "model.safetensors": vast });
  const { code, stderr } = await room.home.run(["pull", "org/Tiny:Q4_K_M", "--force"]);
  expect({ code, cache: room.inCache() }).toEqual({ code: 6, cache: [] });
  expect(stderr).toMatch(/not enough free disk: [\d.]+ TB needed, [\d.]+ [GT]B free/);
  expect((await room.home.run(["pull", "org/Tiny:Q4_K_M"])).stderr).toMatch(/does not fit|RAM/);
});

it.each([
  ["IQ2_XXS", 2, /importance matrix/],
  ["UD-Q4_K_XL", 3, /It offers F16, Q8_0/],
])("says what is wrong with %s", async (quant, expected, says) => {
  await reopen(wideFiles());
  const { code, stderr } = await room.home.run(["pull", "org/Tiny", "--quant", quant]);
  expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringMatching(says) });
  expect(room.inCache()).toEqual([]);
});

it("says what stays of it when it cannot be converted, and what removes that", async () => {
  const tensors = Object.entries(hollowShapes(256)).map(([name, shape]) => {
    const values = new Float32Array(shape.reduce((product, dim) => product * dim, 1));
    // More than F16 holds.
    return [name, float32(values.fill(1e6), shape)] as const;
  });
  await reopen({ ...wideFiles(), "model.safetensors": writeSafetensors(Object.fromEntries(tensors)) });
  const { code, stderr } = await room.home.run(["pull", "org/Tiny:F16"]);
  expect([code, stderr]).toEqual([9, expect.stringMatching(/checkpoint stays for another try, .*: oslm rm org\/Tiny/)]);
  expect((await room.home.run(["rm", "org/Tiny", "--yes"])).code).toBe(0);
  expect(room.inCache()).toEqual([]);
});

it("is not said to be an unknown format where it is an adapter", async () => {
  const model = { "adapter_config.json": Buffer.from("{}"), "adapter_model.safetensors": Buffer.from("") };
  await reopen(model);
  const { code, stderr } = await room.home.run(["pull", "org/Tiny"]);
  expect([code, stderr]).toEqual([3, expect.stringMatching(/holds a LoRA adapter[\s\S]*oslm convert/)]);
});
