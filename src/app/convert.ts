// From the folder of a checkpoint to a GGUF file.
import { isPeftFolder } from "../convert/adapter/read-peft.js";
import { type ConvertEvent, convert } from "../convert/convert.js";
import { OWN_TYPES } from "../convert/encode.js";
import { OslmError } from "../errors.js";
import { quoted } from "../model/quoted.js";
import type { Bytes } from "../model/types.js";
import { type FileType, fileType } from "../quantize/file-types.js";
import { aboutCheckpoint, generalFacts } from "./about-checkpoint.js";
import { convertAdapter } from "./convert-adapter.js";
import { findCheckpoint } from "./find-checkpoint.js";
import { ggufTarget } from "./gguf-target.js";
import { quantizeMeanwhile } from "./quantize-meanwhile.js";
import { roomFor } from "./room-for.js";
import type { World } from "./world.js";

export interface ConvertRequest {
  /** A folder, or a repository of the Hugging Face cache. */
  readonly from: string;
  /** Default: F16, and F32 for an adapter. */
  readonly type?: FileType;
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
 * @throws OslmError malformed-checkpoint, unsupported-checkpoint, file-not-found, not-stored, disk-full, no-quantizer, needs-imatrix,
 * cannot-do and quantize-failed for values that the type cannot hold, usage where the result would overwrite something
 */
export async function* convertCheckpoint(
  world: World,
  request: ConvertRequest,
): AsyncGenerator<ConvertEvent, Converted> {
  const found = await findCheckpoint(world, request.from);
  const isAdapter = isPeftFolder(found.folder);
  const { from, output, force } = request;
  if (request.base !== undefined && !isAdapter) {
    throw new OslmError("usage", {
      problem: "--base goes with an adapter",
      detail: `${from} is a model of its own.`,
      help: `oslm convert ${quoted(from)}`,
    });
  }
  const type = request.type ?? plainType(isAdapter ? "F32" : "F16");
  const own = `${found.name}-${type.label}.gguf`;
  const target = await ggufTarget(world, { output, force, own, command: `oslm convert ${quoted(from)}` });
  if (isAdapter) return yield* convertAdapter(world, found, target, { ...request, type });
  const facts = await generalFacts(world, found);
  const quantizing = OWN_TYPES.some((one) => one === type.label)
    ? undefined
    : quantizeMeanwhile(world, { ...request, type });
  const steps = convert(found.folder, {
    target,
    type: type.label,
    fileType: type.id,
    ...(quantizing && { mixture: quantizing.mixture, encode: quantizing.encode }),
    ...(await aboutCheckpoint(found.folder, facts)),
    signal: world.signal,
    reserve: (need) => roomFor(target, need),
  });
  let planned: Extract<ConvertEvent, { kind: "planned" }> | undefined;
  try {
    for await (const event of steps) {
      if (event.kind === "planned") planned = event;
      yield event;
    }
  } finally {
    await quantizing?.close();
  }
  if (planned === undefined) throw new Error("nothing was planned");
  const { architecture, tensors, bytes: size } = planned;
  const source = found.source ?? null;
  return {
    path: target,
    kind: "model",
    quant: type.label,
    architecture,
    tensors,
    size,
    name: facts.name,
    license: facts.license ?? null,
    source,
  };
}

function plainType(label: string): FileType {
  const type = fileType(label);
  if (type === undefined) throw new Error(`no type ${label}`);
  return type;
}
