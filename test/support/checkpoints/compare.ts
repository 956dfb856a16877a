// The proof of a conversion: the engine's logits of the converted file beside those of the forward pass.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { convert } from "../../../src/convert/convert.js";
import { openFolder } from "../../../src/convert/folder.js";
import type { MetadataPair } from "../../../src/gguf/write-header.js";
import { random } from "../random.js";
import { float32, type StoredTensor, writeSafetensors } from "../safetensors-writer.js";
import { type Family, type Model, makeModel, VOCAB } from "./family.js";
import type { Tensor } from "./math.js";

const CHILD = fileURLToPath(new URL("../logits-child.mjs", import.meta.url));

/** Three prompts of 16 tokens. */
export const PROMPTS: readonly (readonly number[])[] = [1, 2, 3].map((seed) => {
  const { next } = random(seed);
  return Array.from({ length: 16 }, () => Math.floor(next() * VOCAB));
});

/** SentencePiece's byte tokens, and made ones to fill the vocabulary. */
export function vocabularyOf(size = VOCAB): MetadataPair[] {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
  const made = Array.from({ length: size - 259 }, (_, i) => `\u2581made${i}`);
  return [
    ["tokenizer.ggml.model", { type: "string", value: "llama" }],
    ["tokenizer.ggml.tokens", { type: "string", value: ["<unk>", "<s>", "</s>", ...bytes, ...made] }],
    ["tokenizer.ggml.scores", { type: "float32", value: new Array<number>(size).fill(0) }],
    ["tokenizer.ggml.token_type", { type: "int32", value: [2, 3, 3, ...bytes.map(() => 6), ...made.map(() => 1)] }],
    ["tokenizer.ggml.bos_token_id", { type: "uint32", value: 1 }],
    ["tokenizer.ggml.eos_token_id", { type: "uint32", value: 2 }],
  ];
}

/** Writes the folder of a checkpoint and gives its path. */
export function writeCheckpoint(
  { config }: Family,
  { tensors }: Model,
  store: (tensor: Tensor) => StoredTensor = ({ data, shape }) => float32(data, shape),
): string {
  const folder = mkdtempSync(join(tmpdir(), "oslm-checkpoint-"));
  writeFileSync(join(folder, "config.json"), JSON.stringify(config));
  const stored = Object.fromEntries([...tensors].map(([name, tensor]) => [name, store(tensor)]));
  writeFileSync(join(folder, "model.safetensors"), writeSafetensors(stored));
  return folder;
}

export async function convertFolder(path: string, type = "F32", size = VOCAB): Promise<string> {
  const target = join(path, `${type}.gguf`);
  const steps = convert(await openFolder(path), {
    target,
    type,
    general: [],
    vocabulary: async () => vocabularyOf(size),
    signal: new AbortController().signal,
  });
  for await (const _ of steps) {
    // To the end.
  }
  return target;
}

/** The engine's, of every position of every prompt of every file. All files need vocabularies of one size. */
export function engineLogits(files: readonly string[], prompts = PROMPTS): Promise<readonly Float32Array[]> {
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [CHILD, JSON.stringify(prompts), ...files],
      { encoding: "buffer", maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error) return reject(new Error(`${error.message}\n${stderr.toString().slice(-3000)}`));
        const all = new Float32Array(new Uint8Array(stdout).buffer);
        const each = all.length / files.length;
        resolve(files.map((_, i) => all.subarray(i * each, (i + 1) * each)));
      },
    );
  });
}

/** For each family: max |a - b| / max |b| over all logits of all prompts. */
export async function relativeErrors(families: readonly Family[]): Promise<ReadonlyMap<string, number>> {
  const models = families.map((family) => ({ family, model: makeModel(family) }));
  const files: string[] = [];
  for (const { family, model } of models) files.push(await convertFolder(writeCheckpoint(family, model)));
  const logits = await engineLogits(files);
  for (const file of files) rmSync(dirname(file), { recursive: true });
  return new Map(
    models.map(({ family, model }, i) => [
      family.name,
      relativeError(logits[i] as Float32Array, referenceOf(family, model)),
    ]),
  );
}

/** The forward pass's, in the order of `engineLogits`. */
export const referenceOf = (family: Family, model: Model): number[] =>
  PROMPTS.flatMap((tokens) => family.forward(model, tokens).flatMap((row) => [...row]));

export function relativeError(engine: Float32Array, reference: readonly number[]): number {
  if (engine.length !== reference.length) throw new Error(`${engine.length} logits, not ${reference.length}`);
  let largest = 0;
  let difference = 0;
  for (const [i, value] of reference.entries()) {
    largest = Math.max(largest, Math.abs(value));
    // Not Math.max alone: a NaN has to count.
    const apart = Math.abs(value - (engine[i] as number));
    difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(difference, apart);
  }
  return difference / largest;
}
