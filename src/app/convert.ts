// From the folder of a checkpoint to a GGUF file.
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ConvertEvent, convert } from "../convert/convert.js";
import { type GeneralFacts, generalPairs } from "../convert/general.js";
import { type JsonObject, readJson } from "../convert/read-json.js";
import { readVocabulary } from "../convert/vocabulary/read-vocabulary.js";
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";
import { freeBytes } from "../store/check-free.js";
import { type FoundCheckpoint, findCheckpoint } from "./find-checkpoint.js";
import { absolutePath } from "./local-model.js";
import type { World } from "./world.js";

export interface ConvertRequest {
  /** A folder, or a repository of the Hugging Face cache. */
  readonly from: string;
  /** Of matrices: one of those that `encodeFloats` knows. */
  readonly type: string;
  /** A file or a folder; by default into the working directory. */
  readonly output?: string;
  readonly force: boolean;
}

export interface Converted {
  readonly path: string;
  readonly quant: string;
  readonly architecture: string;
  readonly tensors: number;
  readonly size: Bytes;
  readonly name: string;
  readonly license: string | null;
  readonly source: { readonly repo: string; readonly commit: string } | null;
}

/**
 * @throws OslmError malformed-checkpoint, unsupported-checkpoint, file-not-found, not-stored, disk-full, cannot-do for values beyond
 * the type, usage where the result would overwrite something
 */
export async function* convertCheckpoint(
  world: World,
  request: ConvertRequest,
): AsyncGenerator<ConvertEvent, Converted> {
  const found = await findCheckpoint(world, request.from);
  const target = await targetOf(world, request, found.name);
  const facts = await factsOf(world, found);
  const generation = await found.folder.read(GENERATION);
  const steps = convert(found.folder, {
    target,
    type: request.type,
    general: generalPairs(facts, generation === null ? {} : readJson(GENERATION, generation)),
    vocabulary: (folder) => readVocabulary((name) => folder.read(name)),
    signal: world.signal,
    reserve: async (need) => {
      const have = await freeBytes(dirname(target));
      if (need > have) throw new OslmError("disk-full", { path: dirname(target), need, have });
    },
  });
  let planned: Extract<ConvertEvent, { kind: "planned" }> | undefined;
  for await (const event of steps) {
    if (event.kind === "planned") planned = event;
    yield event;
  }
  if (planned === undefined) throw new Error("nothing was planned");
  const { architecture, tensors, bytes: size } = planned;
  const source = found.source ?? null;
  return {
    path: target,
    quant: request.type,
    architecture,
    tensors,
    size,
    name: facts.name,
    license: facts.license ?? null,
    source,
  };
}

const GENERATION = "generation_config.json";

/** What the model card in the folder says; a card that cannot be read says nothing. */
async function factsOf(world: World, { folder, name, source }: FoundCheckpoint): Promise<GeneralFacts> {
  const { readFrontMatter } = await import("../config/front-matter.js");
  const { decodeCard } = await import("../hub/decode.js");
  const card = await folder.read("README.md");
  const matter = card === null ? undefined : readFrontMatter(new TextDecoder().decode(card));
  const said = isObject(matter) ? decodeCard("README.md", matter) : { license: [], baseModels: [] };
  return {
    name,
    ...(said.license[0] !== undefined && { license: said.license[0] }),
    ...("licenseName" in said && said.licenseName !== undefined && { licenseName: said.licenseName }),
    ...("licenseLink" in said && said.licenseLink !== undefined && { licenseLink: said.licenseLink }),
    baseModels: said.baseModels,
    ...(source && { source: { url: `${world.endpoint}/${source.repo}`, commit: source.commit } }),
  };
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** @throws OslmError usage for a file that is there */
async function targetOf(world: World, { from, type, output, force }: ConvertRequest, name: string): Promise<string> {
  const own = `${name}-${type}.gguf`;
  const path = absolutePath(world, output ?? own);
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  const target = isFolder ? join(path, own) : path;
  if ((await stat(dirname(target)).catch(() => undefined))?.isDirectory() !== true) {
    throw new OslmError("file-not-found", { path: dirname(target) });
  }
  const there = await realpath(target).catch(() => undefined);
  if (there !== undefined && !force) {
    throw new OslmError("usage", {
      problem: `${target} is there already`,
      detail: "Nothing was written.",
      help: `oslm convert ${from} -o ${basename(target)} --force   (writes over it)`,
    });
  }
  return target;
}
