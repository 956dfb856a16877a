// A repository of the fake Hub that holds a small checkpoint and no GGUF file.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeModel } from "./checkpoints/family.js";
import { hollowConfig, hollowShapes, writeFolder } from "./checkpoints/folder.js";
import { LLAMAS } from "./checkpoints/llama.js";
import { float32, writeSafetensors } from "./safetensors-writer.js";
import { writeTorch } from "./torch-writer.js";

export type Files = Record<string, Buffer>;

/** Of a Llama 64 wide. @param change of its configuration */
export function checkpointFiles(change: object = {}): Files {
  const folder = mkdtempSync(join(tmpdir(), "oslm-checkpoint-"));
  try {
    writeFolder(folder, change);
    return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Wide enough for blocks of 256; random weights. */
export function wideFiles(width = 256): Files {
  const config = { ...hollowConfig(width), rms_norm_eps: 1e-6 };
  const { tensors } = makeModel({ config, shapes: hollowShapes(width) });
  const stored = [...tensors].map(([name, { shape, data }]) => [name, float32(data, shape)] as const);
  return { ...checkpointFiles(config), "model.safetensors": writeSafetensors(Object.fromEntries(stored)) };
}

const tensorsOf = () => {
  const [family] = LLAMAS;
  if (family === undefined) throw new Error("no family");
  return [...makeModel(family).tensors];
};

/** The weights of `checkpointFiles` as torch.save writes them. */
export function torchWeights(): Buffer {
  return writeTorch(Object.fromEntries(tensorsOf()));
}

/** The same in two files with an index. */
export function shardedWeights(): Files {
  const all = tensorsOf().map(([name, { shape, data }]) => [name, float32(data, shape)] as const);
  const parts = [all.slice(0, 5), all.slice(5)];
  const nameOf = (part: number) => `model-0000${part + 1}-of-00002.safetensors`;
  const map = Object.fromEntries(parts.flatMap((part, at) => part.map(([name]) => [name, nameOf(at)])));
  return {
    "model.safetensors.index.json": Buffer.from(JSON.stringify({ metadata: {}, weight_map: map })),
    ...Object.fromEntries(parts.map((part, at) => [nameOf(at), writeSafetensors(Object.fromEntries(part))])),
  };
}
