// From a model and LoRA adapters to one file: W + scale B A in every matrix that an adapter changes.
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { addLora } from "../convert/adapter/add-lora.js";
import { checkLora, type Lora, type LoraBase } from "../convert/adapter/lora.js";
import { readGgufLora } from "../convert/adapter/read-gguf-lora.js";
import { isPeftFolder, readPeft } from "../convert/adapter/read-peft.js";
import { type ConvertEvent, convert } from "../convert/convert.js";
import { type GeneralFacts, generalPairs } from "../convert/general.js";
import { mergeGguf } from "../convert/merge-gguf.js";
import { OslmError } from "../errors.js";
import { readHeader } from "../gguf/header.js";
import type { GgufHeader } from "../gguf/values.js";
import type { Bytes } from "../model/types.js";
import type { AdapterFile } from "../runtime/engine.js";
import { fileSource } from "../store/file-source.js";
import { aboutCheckpoint, generalFacts } from "./about-checkpoint.js";
import { checkNotRead } from "./check-not-read.js";
import { findCheckpoint } from "./find-checkpoint.js";
import { ggufTarget } from "./gguf-target.js";
import { judgeGguf } from "./judge-gguf.js";
import { absolutePath } from "./local-model.js";
import { type JudgedLocal, judgeLocal, type LocalGate } from "./local-policy.js";
import { type FoundBase, findBase, namedBy, pathsOf, shapesOf } from "./lora-base.js";
import { judgeFolder, passAll } from "./merge-licenses.js";
import { roomFor } from "./room-for.js";
import type { World } from "./world.js";

export interface MergeRequest {
  readonly base: string;
  /** A folder of PEFT, a repository of the cache with one, or a GGUF adapter; each with how much of it. */
  readonly adapters: readonly AdapterFile[];
  readonly output: string;
  /** Of matrices; default: F16 of a checkpoint, and what a GGUF file has. */
  readonly type?: string;
  /** A file that is there may be replaced. */
  readonly force: boolean;
  /** The same command without `-o` and --force, for advice. */
  readonly command: string;
  readonly gate: LocalGate;
}

export interface Merged {
  readonly path: string;
  readonly architecture: string;
  readonly tensors: number;
  readonly size: Bytes;
  readonly adapters: readonly { readonly name: string; readonly scale: number; readonly matrices: number }[];
  /** Of base and adapters together. */
  readonly license: string;
}

interface Adapter {
  readonly lora: Lora;
  readonly scale: number;
  readonly judged: JudgedLocal;
}

/**
 * @throws OslmError wrong-adapter, malformed-checkpoint, unsupported-checkpoint, malformed-gguf, cannot-do for a quantized base,
 * license-denied, license-not-accepted, disk-full, usage where something would be written over
 */
export async function* merge(world: World, request: MergeRequest): AsyncGenerator<ConvertEvent, Merged> {
  const { output, adapters: asked, type, force } = request;
  const reads = asked.map(({ path }) => absolutePath(world, path));
  const target = await ggufTarget(world, { output, own: "merged.gguf", force, command: request.command, reads });
  const base = await findBase(world, request.base);
  await checkNotRead(target, pathsOf(base));
  const adapters: Adapter[] = [];
  try {
    const shapes = await shapesOf(base);
    if (shapes === undefined) throw noWeights(request.base);
    for (const one of asked) {
      const adapter = await openAdapter(world, one, { base, shapes, target });
      adapters.push(adapter);
      checkLora(adapter.lora, shapes);
    }
    const judged = await judgeBase(world, base, request.base);
    const ids = await passAll(world, [judged, ...adapters.map((one) => one.judged)], request.gate);
    const steps = write(world, base, adapters, { target, fresh: !force, license: ids.join(","), type });
    let planned: Extract<ConvertEvent, { kind: "planned" }> | undefined;
    for await (const event of steps) {
      if (event.kind === "planned") planned = event;
      yield event;
    }
    if (planned === undefined) throw new Error("nothing was planned");
    const { architecture, tensors, bytes: size } = planned;
    return {
      ...{ path: target, architecture, tensors, size },
      adapters: adapters.map(({ lora, scale }) => ({ name: lora.file, scale, matrices: lora.pairs.length })),
      license: ids.join(" AND "),
    };
  } finally {
    for (const { lora } of adapters) await lora.close();
  }
}

async function openAdapter(
  world: World,
  { path: given, scale }: AdapterFile,
  { base, shapes, target }: { readonly base: FoundBase; readonly shapes: LoraBase; readonly target: string },
): Promise<Adapter> {
  const path = absolutePath(world, given);
  if ((await stat(path).catch(() => undefined))?.isFile()) {
    const source = await fileSource(path);
    const model = base.kind === "gguf" ? base.read.headers : [headerLike(shapes)];
    const lora = await readGgufLora(source, basename(path), model);
    const judged = await judgeGguf(world, await readHeader(source, { name: lora.file }), path);
    return { lora, scale, judged };
  }
  const found = await findCheckpoint(world, given);
  if (!isPeftFolder(found.folder)) {
    throw new OslmError("usage", {
      problem: `${given} is no adapter`,
      detail: "It has no adapter_config.json with adapter_model.safetensors or adapter_model.bin.",
      help: `oslm merge MODEL ADAPTER -o merged.gguf`,
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

async function judgeBase(world: World, base: FoundBase, given: string): Promise<JudgedLocal> {
  return base.kind === "gguf"
    ? judgeLocal(world, base.model)
    : judgeFolder(world, base.found, absolutePath(world, given));
}

interface Writing {
  readonly target: string;
  readonly fresh: boolean;
  readonly license: string;
  readonly type: string | undefined;
}

async function* write(
  world: World,
  base: FoundBase,
  adapters: readonly Adapter[],
  { target, fresh, license, type }: Writing,
): AsyncGenerator<ConvertEvent> {
  const change = (planned: Parameters<typeof addLora>[0]) =>
    adapters.reduce((tensors, { lora, scale }) => addLora(tensors, lora, scale), planned);
  const reserve = (need: Bytes) => roomFor(target, need);
  const writing = { target, fresh, signal: world.signal, reserve };
  const name = basename(target).replace(/\.gguf$/i, "");
  if (base.kind === "gguf") {
    const parts = await Promise.all(
      base.model.paths.map(async (path, i) => {
        const header = base.read.headers[i];
        if (header === undefined) throw new Error(`${path} was not read`);
        return { header, source: await fileSource(path) };
      }),
    );
    const origin = base.model.stored?.repo ?? String(base.read.header.metadata.get("general.name") ?? "");
    const metadata = generalPairs({ name, license, baseModels: basesOf([origin], adapters) }, {});
    const options = { ...writing, change, metadata, without: ANOTHER, ...(type !== undefined && { type }) };
    yield* mergeGguf(parts, options);
    return;
  }
  const { folder, source, name: origin } = base.found;
  const { licenseLink } = await generalFacts(world, base.found);
  const facts: GeneralFacts = {
    ...{ name, license, baseModels: basesOf([source?.repo ?? origin], adapters) },
    ...(licenseLink !== undefined && { licenseLink }),
  };
  yield* convert(folder, {
    ...{ ...writing, type: type ?? "F16" },
    ...(await aboutCheckpoint(folder, facts)),
    change,
  });
}

/** What is said of the base, and not of what comes of it. */
const ANOTHER = /^general\.(license|base_model|source|url|repo_url|doi|uuid|version|finetune|quantized_by)(\.|$)/;

const basesOf = (origins: readonly string[], adapters: readonly Adapter[]): readonly string[] =>
  [
    ...new Set([
      ...origins,
      ...adapters.map(({ judged, lora }) => (judged.ref.startsWith("/") ? lora.file : judged.ref)),
    ]),
  ].filter((name) => name !== "");

function noWeights(given: string): OslmError {
  return new OslmError("file-not-found", { path: `${given} (its weights)` });
}
