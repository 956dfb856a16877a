// From the folder of a checkpoint to a GGUF file.
import { isPeftFolder } from "../../convert/adapter/read-peft.js";
import { type ConvertEvent, convert } from "../../convert/convert.js";
import { isOwnType } from "../../convert/encode.js";
import type { Prepared, TypesOf } from "../../convert/prepare.js";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import type { Bytes } from "../../model/types.js";
import { type FileType, fileType } from "../../quantize/file-types.js";
import { checkImatrix, type Imatrix, importancePairs } from "../../quantize/imatrix.js";
import { openImatrix } from "../../quantize/imatrix-file.js";
import { mixtures } from "../fit/mixtures.js";
import { ggufTarget } from "../quantize/gguf-target.js";
import { imatrixPath } from "../quantize/imatrix-path.js";
import { roomFor } from "../quantize/room-for.js";
import type { World } from "../world.js";
import { aboutCheckpoint, generalFacts } from "./about-checkpoint.js";
import { openEncoder } from "./checkpoint-encode.js";
import { convertAdapter } from "./convert-adapter.js";
import { findCheckpoint } from "./find-checkpoint.js";
import { rehearseCheckpoint } from "./rehearse-checkpoint.js";

export interface ConvertRequest {
  /** A folder, or a repository of the Hugging Face cache. */
  readonly from: string;
  /** Default: F16, and F32 for an adapter. */
  readonly type?: FileType;
  /** Of an adapter: the model that it is for. */
  readonly base?: string;
  /** The file of an importance matrix. */
  readonly imatrix?: string;
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
 * @throws OslmError malformed-checkpoint, unsupported-checkpoint, file-not-found, not-stored, disk-full, no-quantizer, needs-imatrix, bad-imatrix,
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
  const matrix = await imatrixPath(world, request.imatrix);
  const reads = [found.path, ...(matrix === undefined ? [] : [matrix])];
  const target = await ggufTarget(world, { output, force, own, command: commandOf(request), reads });
  const imatrix = await importance(matrix, request, type);
  if (isAdapter) return yield* convertAdapter(world, found, target, { ...request, type });
  const facts = await generalFacts(world, found);
  const about = await aboutCheckpoint(found.folder, facts);
  const { label } = type;
  const encoder = openEncoder(imatrix);
  const steps = convert(found.folder, {
    target,
    fresh: !force,
    type: label,
    ...(!isOwnType(label) && { types: (prepared) => typesFor(world, prepared, { from, type, imatrix }) }),
    encode: encoder.encode,
    ...about,
    general: [...about.general, ...(imatrix ? importancePairs(imatrix) : [])],
    signal: world.signal,
    check: ({ header }) => rehearseCheckpoint(world, found.name, header),
    reserve: (need) => roomFor(target, need),
  });
  let planned: Extract<ConvertEvent, { kind: "planned" }> | undefined;
  try {
    for await (const event of steps) {
      if (event.kind === "planned") planned = event;
      yield event;
    }
  } finally {
    await encoder.close();
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

/** Without its place. */
function commandOf({ from, type, base, imatrix }: ConvertRequest): string {
  const flags = [
    ...(base === undefined ? [] : ["--base", quoted(base)]),
    ...(type === undefined ? [] : ["--type", type.label]),
    ...(imatrix === undefined ? [] : ["--imatrix", quoted(imatrix)]),
  ];
  return ["oslm convert", quoted(from), ...flags].join(" ");
}

function plainType(label: string): FileType {
  const type = fileType(label);
  if (type === undefined) throw new Error(`no type ${label}`);
  return type;
}

/** @throws OslmError usage for types that need none, bad-imatrix */
async function importance(path: string | undefined, { from, imatrix }: ConvertRequest, type: FileType) {
  if (path === undefined || imatrix === undefined) return undefined;
  if (isOwnType(type.label)) {
    throw new OslmError("usage", {
      problem: "--imatrix goes with a quantized type",
      detail: `Every weight of ${type.label} is kept as well as it can be.`,
      help: `oslm convert ${quoted(from)} --type Q4_K_M --imatrix ${quoted(imatrix)}`,
    });
  }
  return openImatrix(path);
}

interface Wanted {
  readonly from: string;
  readonly type: FileType;
  readonly imatrix: Imatrix | undefined;
}

async function typesFor({ signal }: World, prepared: Prepared, { from, type, imatrix }: Wanted): Promise<TypesOf> {
  if (imatrix !== undefined) checkImatrix(imatrix, prepared.file("F16").tensors);
  const instead = `oslm convert ${quoted(from)} --type ${type.label} --imatrix FILE, or a larger type`;
  const known = imatrix && new Set(imatrix.entries.map(({ name }) => name));
  const wish = { asking: { signal }, instead, ...(known && { known }) };
  const types = (await mixtures(prepared, [type], wish)).get(type.label);
  if (types === undefined) throw new Error(`nothing was planned for ${type.label}`);
  return types;
}
