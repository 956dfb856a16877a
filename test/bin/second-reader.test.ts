// Every kind of file that we write, read by a reader that nobody here wrote: what we write and read alike may be wrong alike.
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gguf } from "@huggingface/gguf";
import { afterAll, beforeAll, expect, it } from "vitest";
import { convertFolder, vocabularyOf, writeCheckpoint } from "../support/checkpoints/compare.js";
import { DEEPSEEKS } from "../support/checkpoints/deepseek.js";
import { type Family, makeModel } from "../support/checkpoints/family.js";
import { hollowConfig, hollowShapes, TEMPLATE, writeFolder } from "../support/checkpoints/folder.js";
import { GEMMAS } from "../support/checkpoints/gemma.js";
import { GPTS } from "../support/checkpoints/gpt.js";
import { LLAMAS } from "../support/checkpoints/llama.js";
import { makePeft, writePeft } from "../support/checkpoints/peft.js";
import { PHIS } from "../support/checkpoints/phi.js";
import { QWENS } from "../support/checkpoints/qwen.js";
import { Home } from "../support/oslm.js";
import { float32, writeSafetensors } from "../support/safetensors-writer.js";
import { readTwice } from "../support/second-reader.js";

const home = new Home();
const at = (name: string) => join(home.path, name);
const made = async (...args: string[]) => {
  const { code, stderr } = await home.run(args, { cwd: home.path });
  if (code !== 0) throw new Error(stderr);
};
const wide = makeModel({ config: {}, shapes: hollowShapes(256, 2) });

beforeAll(async () => {
  writeFolder(at("wide"), { ...hollowConfig(256), num_hidden_layers: 2 });
  const stored = [...wide.tensors].map(([name, { shape, data }]) => [name, float32(data, shape)] as const);
  writeFileSync(join(at("wide"), "model.safetensors"), writeSafetensors(Object.fromEntries(stored)));
  writePeft(at("adapter"), makePeft(wide, { modules: ["model.layers.0.self_attn.q_proj"] }));
  await made("convert", "wide", "--type", "F32", "-o", "wide.gguf");
});
afterAll(() => home.remove());

async function agree(path: string, types: readonly string[]): Promise<void> {
  const { ours, theirs } = await readTwice(path);
  expect(theirs).toEqual(ours);
  expect(new Set(theirs.tensors.map(({ type }) => type))).toEqual(new Set(types));
}

const FAMILIES: readonly Family[] = [...LLAMAS, ...QWENS, ...GEMMAS, ...PHIS, ...GPTS, ...DEEPSEEKS];
it.each(FAMILIES)("agrees on a converted checkpoint: $name", async (family) => {
  const file = await convertFolder(writeCheckpoint(family, makeModel(family)));
  await agree(file, ["F32"]);
  rmSync(dirname(file), { recursive: true });
});

it("finds the vocabulary that went in", async () => {
  const [family] = LLAMAS;
  if (family === undefined) throw new Error("no family");
  const file = await convertFolder(writeCheckpoint(family, makeModel(family)));
  const { metadata } = await gguf(file, { allowLocalFile: true });
  for (const [key, { value }] of vocabularyOf()) expect((metadata as Record<string, unknown>)[key]).toEqual(value);
  rmSync(dirname(file), { recursive: true });
});

it.each([
  ["BF16", ["BF16", "F32"]],
  ["Q8_0", ["Q8_0", "F32"]],
  ["Q4_K_M", ["Q4_K", "Q6_K", "F32"]],
])("agrees on a checkpoint that becomes %s at once", async (type, types) => {
  await made("convert", "wide", "--type", type, "-o", `direct-${type}.gguf`);
  await agree(at(`direct-${type}.gguf`), types);
  const { metadata } = await gguf(at(`direct-${type}.gguf`), { allowLocalFile: true });
  expect(metadata).toMatchObject({
    "general.name": "wide",
    "general.license": "apache-2.0",
    "llama.embedding_length": 256,
    "tokenizer.chat_template": TEMPLATE,
  });
});

it.skipIf(process.platform !== "linux").each([
  ["Q5_K_M", ["Q5_K", "Q6_K", "F32"]],
  ["IQ4_XS", ["IQ4_XS", "Q6_K", "F32"]],
  ["Q5_1", ["Q5_1", "Q6_K", "F32"]],
])("agrees on a quantized file: %s", async (type, types) => {
  await made("quantize", "wide.gguf", type, "-o", `${type}.gguf`);
  await agree(at(`${type}.gguf`), types);
});

it("agrees on an adapter and on what is merged of it", async () => {
  await made("convert", "adapter", "--base", "wide", "-o", "adapter.gguf");
  await agree(at("adapter.gguf"), ["F32"]);
  await made("merge", "wide", "adapter", "-o", "merged.gguf");
  await agree(at("merged.gguf"), ["F16", "F32"]);
  await made("merge", "wide.gguf", "adapter.gguf", "-o", "again.gguf");
  await agree(at("again.gguf"), ["F32"]);
});

it("agrees on the demo model", async () => {
  await agree(join(import.meta.dirname, "..", "..", "assets", "oslm-demo-q8_0.gguf"), ["Q8_0", "F32"]);
});
