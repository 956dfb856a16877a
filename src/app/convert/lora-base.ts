// The model that an adapter is for: the folder of its checkpoint, a repository of the Hugging Face cache, or a GGUF file.
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { describeGguf } from "../../convert/adapter/gguf-config.js";
import type { LoraBase } from "../../convert/adapter/lora.js";
import { architectureOf } from "../../convert/architectures/all.js";
import type { Architecture } from "../../convert/architectures/architecture.js";
import { CONFIG_FILE, type Config, readConfig } from "../../convert/config.js";
import { openCheckpoint } from "../../convert/open-checkpoint.js";
import { type PlannedTensor, planTensors } from "../../convert/plan.js";
import { isOslmError, OslmError } from "../../errors.js";
import { parseRef } from "../../model/ref.js";
import { absolutePath, findLocal, type LocalModel } from "../run/local-model.js";
import { type ReadModel, readModel } from "../run/read-model.js";
import { notStored } from "../stored/find-stored.js";
import type { World } from "../world.js";
import { type FoundCheckpoint, findCheckpoint } from "./find-checkpoint.js";

export type FoundBase =
  | { readonly kind: "checkpoint"; readonly found: FoundCheckpoint }
  | { readonly kind: "gguf"; readonly model: LocalModel; readonly read: ReadModel };

/** What an adapter's modules are called in the engine. */
export interface Named {
  readonly architecture: Architecture;
  readonly config: Config;
}

/** @throws OslmError file-not-found, not-stored, invalid-reference, linked-folder, malformed-gguf */
export async function findBase(world: World, given: string): Promise<FoundBase> {
  const path = absolutePath(world, given);
  const seen = await stat(path).catch(() => undefined);
  if (seen?.isDirectory()) return { kind: "checkpoint", found: await findCheckpoint(world, given) };
  const ref = seen?.isFile() === true ? ({ kind: "file", path } as const) : parseRef(given, { hub: world.endpoint });
  const model = await findLocal(world, ref);
  if (model !== undefined) return { kind: "gguf", model, read: await readModel(model) };
  try {
    return { kind: "checkpoint", found: await findCheckpoint(world, given) };
  } catch (error) {
    if (isOslmError(error, "usage") || isOslmError(error, "file-not-found")) throw await notStored(world, given);
    throw error;
  }
}

/** Where it lies: its files or its folder. */
export function pathsOf(base: FoundBase): readonly string[] {
  return base.kind === "gguf" ? base.model.paths : [base.found.path];
}

export async function namedBy(base: FoundBase): Promise<Named> {
  if (base.kind === "gguf") return describeGguf(base.read.header);
  const config = readConfig(await base.found.folder.read(CONFIG_FILE));
  return { architecture: architectureOf(config), config };
}

/** Undefined where only the configuration is there. */
export async function shapesOf(base: FoundBase): Promise<LoraBase | undefined> {
  if (base.kind === "gguf") return baseOfGguf(base.read, basename(base.model.paths[0]));
  const { folder, name } = base.found;
  if (!folder.names.some((one) => /^(model|pytorch_model).*\.(safetensors|bin|index\.json)$/.test(one)))
    return undefined;
  const { architecture, config } = await namedBy(base);
  const checkpoint = await openCheckpoint(folder);
  try {
    return baseOfPlan(planTensors(architecture, config, checkpoint, "F16"), architecture.name, name);
  } finally {
    await checkpoint.close();
  }
}

const baseOfPlan = (planned: readonly PlannedTensor[], architecture: string, name: string): LoraBase => ({
  ...{ name, architecture },
  shapes: new Map(planned.map((tensor) => [tensor.name, tensor.weights.shape])),
});

function baseOfGguf({ header, headers }: Pick<ReadModel, "header" | "headers">, name: string): LoraBase {
  const tensors = headers.flatMap((one) => one.tensors);
  return {
    ...{ name, architecture: String(header.metadata.get("general.architecture")) },
    shapes: new Map(tensors.map((tensor) => [tensor.name, [...tensor.dims].reverse()])),
  };
}

/** The base that an adapter's own configuration names: a repository only, since a path in it is one of a stranger's disk. */
export function baseNamed(given: string | undefined, base: string | undefined, command: string): string {
  if (given !== undefined) return given;
  if (base !== undefined && /^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(base)) return base;
  throw new OslmError("usage", {
    problem: "which model is the adapter for?",
    detail: `Its adapter_config.json names ${base === undefined ? "none" : `${JSON.stringify(base.slice(0, 100))}, which is no repository`}.`,
    help: `${command} --base FOLDER   (with the base model's config.json; or a model that is stored)`,
  });
}
