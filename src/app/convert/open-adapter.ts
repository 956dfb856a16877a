// An adapter as a merge reads it: its matrices, and what its license asks.
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Lora, LoraBase } from "../../convert/adapter/lora.js";
import { readGgufLora } from "../../convert/adapter/read-gguf-lora.js";
import { isPeftFolder, readPeft } from "../../convert/adapter/read-peft.js";
import { OslmError } from "../../errors.js";
import type { GgufHeader } from "../../gguf/values.js";
import type { AdapterFile } from "../../runtime/engine.js";
import { fileSource } from "../../store/file-source.js";
import { type Judged, judgeLocal } from "../license/local-policy.js";
import { judgeFolder } from "../license/merge-licenses.js";
import { checkNotRead } from "../quantize/check-not-read.js";
import { absolutePath } from "../run/local-model.js";
import type { World } from "../world.js";
import { findCheckpoint } from "./find-checkpoint.js";
import { type FoundBase, namedBy } from "./lora-base.js";

/** An adapter whose files are open, and how much of it is wanted. */
export interface OpenAdapter {
  readonly lora: Lora;
  readonly scale: number;
  readonly judged: Judged;
}

const MERGE = "oslm merge MODEL ./adapter -o merged.gguf   (a folder of PEFT's, or a GGUF file)";

/**
 * A folder of PEFT, a repository of the cache with one, or a GGUF adapter. Whoever opens it closes its `lora`.
 * @throws OslmError usage for what is none, wrong-adapter, malformed-checkpoint, malformed-gguf
 */
export async function openAdapter(
  world: World,
  { path: given, scale }: AdapterFile,
  { base, shapes, target }: { readonly base: FoundBase; readonly shapes: LoraBase; readonly target: string },
): Promise<OpenAdapter> {
  const path = absolutePath(world, given);
  if ((await stat(path).catch(() => undefined))?.isFile()) {
    const source = await fileSource(path);
    const model = base.kind === "gguf" ? base.read.headers : [headerLike(shapes)];
    const lora = await readGgufLora(source, basename(path), model);
    const judged = await judgeLocal(world, { ref: lora.file, paths: [path], stored: null });
    return { lora, scale, judged };
  }
  const found = await findCheckpoint(world, given, MERGE);
  if (!isPeftFolder(found.folder)) {
    throw new OslmError("usage", {
      problem: `${given} is no adapter`,
      detail: "It has no adapter_config.json with adapter_model.safetensors or adapter_model.bin.",
      help: MERGE,
    });
  }
  await checkNotRead(target, [found.path]);
  const { architecture, config } = await namedBy(base);
  const judged = await judgeFolder(world, found, path);
  return { lora: await readPeft(found.folder, found.name, architecture, config), scale, judged };
}

/** As much of a header as an adapter is held against. */
function headerLike({ name, architecture, shapes }: LoraBase): GgufHeader {
  const tensors = [...shapes].map(([tensor, shape]) => ({
    ...{ name: tensor, type: "F32", offset: 0, bytes: 0 },
    dims: [...shape].reverse(),
  }));
  const metadata = new Map([["general.architecture", architecture]]);
  const sizes = { fileSize: 0, version: 3, tensorCount: tensors.length, alignment: 32, dataOffset: 0 };
  return { name, metadata, tensors, ...sizes };
}
