// From the folder of a checkpoint to a GGUF file.
import { isPeftFolder } from "../convert/adapter/read-peft.js";
import { type ConvertEvent, convert } from "../convert/convert.js";
import { generalPairs } from "../convert/general.js";
import { readJson } from "../convert/read-json.js";
import { readVocabulary } from "../convert/vocabulary/read-vocabulary.js";
import { OslmError } from "../errors.js";
import { quoted } from "../model/quoted.js";
import type { Bytes } from "../model/types.js";
import { factsOf } from "./checkpoint-facts.js";
import { convertAdapter } from "./convert-adapter.js";
import { findCheckpoint } from "./find-checkpoint.js";
import { ggufTarget } from "./gguf-target.js";
import { roomFor } from "./room-for.js";
import type { World } from "./world.js";

export interface ConvertRequest {
  /** A folder, or a repository of the Hugging Face cache. */
  readonly from: string;
  /** Of matrices: one of those that `encodeFloats` knows; by default F16, and F32 for an adapter. */
  readonly type?: string;
  /** Of an adapter: the model that it is for. */
  readonly base?: string;
  /** A file or a folder; by default into the working directory. */
  readonly output?: string;
  readonly force: boolean;
}

export interface Converted {
  readonly path: string;
  readonly kind: "model" | "adapter";
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
  const isAdapter = isPeftFolder(found.folder);
  if (request.base !== undefined && !isAdapter) {
    throw new OslmError("usage", {
      problem: "--base goes with an adapter",
      detail: `${request.from} is a model of its own.`,
      help: `oslm convert ${quoted(request.from)}`,
    });
  }
  const { from, output, force, type = isAdapter ? "F32" : "F16" } = request;
  const command = `oslm convert ${quoted(from)}`;
  const target = await ggufTarget(world, { output, force, own: `${found.name}-${type}.gguf`, command });
  if (isAdapter) return yield* convertAdapter(world, found, target, request);
  const facts = await factsOf(world, found);
  const generation = await found.folder.read(GENERATION);
  const steps = convert(found.folder, {
    target,
    type,
    general: generalPairs(facts, generation === null ? {} : readJson(GENERATION, generation)),
    vocabulary: (folder) => readVocabulary((name) => folder.read(name)),
    signal: world.signal,
    reserve: (need) => roomFor(target, need),
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
    kind: "model",
    quant: type,
    architecture,
    tensors,
    size,
    name: facts.name,
    license: facts.license ?? null,
    source,
  };
}

const GENERATION = "generation_config.json";
