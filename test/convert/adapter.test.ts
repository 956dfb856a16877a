// The proof of adapters: the engine with a converted adapter, the engine with the merged file, and the forward pass of W + scale B A agree.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addLora } from "../../src/convert/adapter/add-lora.js";
import { checkLora, type Lora } from "../../src/convert/adapter/lora.js";
import { planAdapter } from "../../src/convert/adapter/plan-adapter.js";
import { readGgufLora } from "../../src/convert/adapter/read-gguf-lora.js";
import { readPeft } from "../../src/convert/adapter/read-peft.js";
import { architectureOf } from "../../src/convert/architectures/all.js";
import { Config } from "../../src/convert/config.js";
import { convert } from "../../src/convert/convert.js";
import { openFolder } from "../../src/convert/folder.js";
import { mergeGguf } from "../../src/convert/merge-gguf.js";
import { writeFile } from "../../src/convert/write-file.js";
import { readHeader } from "../../src/gguf/header.js";
import { writeHeader } from "../../src/gguf/write-header.js";
import { fileSource } from "../../src/store/file-source.js";
import {
  convertFolder,
  engineLogits,
  PROMPTS,
  relativeError,
  vocabularyOf,
  writeCheckpoint,
} from "../support/checkpoints/compare.js";
import { type Family, makeModel } from "../support/checkpoints/family.js";
import { GPTS } from "../support/checkpoints/gpt.js";
import { LLAMAS } from "../support/checkpoints/llama.js";
import { ALPHA, makePeft, type PeftSpec, withPeft, writePeft } from "../support/checkpoints/peft.js";

const signal = new AbortController().signal;
const folders: string[] = [];
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true });
});

interface Case extends PeftSpec {
  readonly name: string;
  readonly family: Family;
  /** What PEFT multiplies B A with; `scaling` of peft/tuners/lora/layer.py. */
  readonly scaleOf: (module: string, rank: number) => number;
}

const found = (families: readonly Family[], start: string): Family => {
  const family = families.find(({ name }) => name.startsWith(start));
  if (family === undefined) throw new Error(`no family ${start}`);
  return family;
};
const inLayers = (prefix: string, names: readonly string[]): string[] =>
  [0, 1].flatMap((layer) => names.map((name) => `${prefix}${layer}.${name}`));

const LLAMA = found(LLAMAS, "llama, groups");
const ATTENTION = ["q", "k", "v", "o"].map((name) => `self_attn.${name}_proj`);
const FEED_FORWARD = ["gate", "up", "down"].map((name) => `mlp.${name}_proj`);
const EVERY = [...inLayers("model.layers.", [...ATTENTION, ...FEED_FORWARD]), "lm_head"];
const rankOf = (module: string) => (module.endsWith("q_proj") ? 2 : module === "model.layers.1.mlp.up_proj" ? 8 : 4);

const CASES: readonly Case[] = [
  { name: "every matrix of a llama", family: LLAMA, modules: EVERY, scaleOf: (_, rank) => ALPHA / rank },
  {
    name: "rslora",
    family: LLAMA,
    modules: EVERY,
    config: { use_rslora: true },
    scaleOf: (_, rank) => ALPHA / Math.sqrt(rank),
  },
  {
    name: "ranks and alphas by patterns",
    family: LLAMA,
    modules: EVERY,
    rankOf,
    config: {
      use_rslora: true,
      rank_pattern: { q_proj: 2, "^model.layers.1.mlp.up_proj": 8, up_proj: 4 },
      alpha_pattern: { "self_attn.v_proj": 32, "^lm_head": 1 },
    },
    scaleOf: (module, rank) => (module.endsWith("v_proj") ? 32 : module === "lm_head" ? 1 : ALPHA) / Math.sqrt(rank),
  },
  {
    name: "GPT-2's turned and joined matrices",
    family: found(GPTS, "gpt2"),
    modules: inLayers("h.", ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"]),
    config: { fan_in_fan_out: true },
    turned: true,
    scaleOf: (_, rank) => ALPHA / rank,
  },
  {
    name: "BLOOM's queries, keys and values by heads",
    family: found(GPTS, "bloom"),
    modules: inLayers("h.", ["self_attention.query_key_value", "mlp.dense_h_to_4h"]),
    scaleOf: (_, rank) => ALPHA / rank,
  },
];

async function drain(steps: AsyncGenerator<unknown>): Promise<void> {
  for await (const _ of steps) {
    // To the end.
  }
}

async function ggufOf(lora: Lora, target: string): Promise<string> {
  const { metadata, tensors } = planAdapter(lora, [], "F32");
  await drain(writeFile(writeHeader(metadata, tensors), tensors, { target, signal }));
  return target;
}

/** Base with the adapter; merged from the checkpoint; merged from the GGUF files. */
async function filesOf({ family, ...spec }: Case): Promise<readonly string[]> {
  const model = makeModel(family);
  const path = writeCheckpoint(family, model);
  folders.push(path);
  const peft = writePeft(join(path, "adapter"), makePeft(model, spec));
  const config = new Config({ ...family.config });
  const lora = await readPeft(await openFolder(peft), "adapter", architectureOf(config), config);
  const adapter = await ggufOf(lora, join(path, "adapter.gguf"));
  const base = await convertFolder(path);
  const [fromCheckpoint, fromGguf] = [join(path, "merged-1.gguf"), join(path, "merged-2.gguf")];
  await drain(
    convert(await openFolder(path), {
      ...{ target: fromCheckpoint, type: "F32", general: [], signal },
      vocabulary: async () => vocabularyOf(),
      change: (planned) => addLora(planned, lora, 1),
    }),
  );
  const source = await fileSource(base);
  const header = await readHeader(source, { name: "base" });
  const again = await readGgufLora(await fileSource(adapter), "adapter.gguf", [header]);
  const change = (planned: Parameters<typeof addLora>[0]) => addLora(planned, again, 1);
  const options = { target: fromGguf, signal, change, metadata: [], without: /^$/, reserve: async () => {} };
  await drain(mergeGguf([{ header, source }], options));
  await lora.close();
  return [base, `${base}+${adapter}`, fromCheckpoint, fromGguf];
}

const logits = new Map<string, readonly Float32Array[]>();
beforeAll(async () => {
  for (const one of CASES) logits.set(one.name, await engineLogits(await filesOf(one)));
}, 60_000);

it.each(CASES)("has the logits of the forward pass with W + scale B A: $name", ({ name, family, ...spec }) => {
  const model = makeModel(family);
  const changed = withPeft(model, makePeft(model, spec), spec.scaleOf, spec.turned);
  const reference = PROMPTS.flatMap((tokens) => family.forward(changed, tokens).flatMap((row) => [...row]));
  const [base, ...others] = logits.get(name) as readonly [Float32Array, ...Float32Array[]];
  expect(others).toHaveLength(3);
  for (const one of others) expect(relativeError(one, reference)).toBeLessThan(1e-3);
  // Or it would prove nothing.
  expect(relativeError(base, reference)).toBeGreaterThan(0.1);
});

it("is held against the model", () => {
  const weights = (shape: readonly number[]) => ({
    name: "x",
    type: "F32" as const,
    shape,
    read: async () => new Uint8Array(),
  });
  const pair = { target: "w", a: weights([2, 8]), b: weights([6, 2]), scale: 1 };
  const lora: Lora = { file: "adapter", architecture: "llama", pairs: [pair], close: async () => {} };
  const base = { name: "base", architecture: "llama", shapes: new Map([["w", [6, 8]]]) };
  expect(() => checkLora(lora, base)).not.toThrow();
  expect(() => checkLora(lora, { ...base, architecture: "qwen2" })).toThrow(
    expect.objectContaining({ code: "wrong-adapter" }),
  );
  expect(() => checkLora(lora, { ...base, shapes: new Map([["w", [8, 6]]]) })).toThrow(
    expect.objectContaining({ facts: expect.objectContaining({ reason: expect.stringContaining("6 x 8") }) }),
  );
  expect(() => checkLora(lora, { ...base, shapes: new Map() })).toThrow(
    expect.objectContaining({ code: "wrong-adapter" }),
  );
});
