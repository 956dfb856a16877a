// From the folder of a checkpoint to a GGUF file.
import { realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type ConvertEvent, convert } from "../convert/convert.js";
import { isOwnType } from "../convert/encode.js";
import type { Prepared, TypesOf } from "../convert/prepare.js";
import { OslmError } from "../errors.js";
import { quoted } from "../model/quoted.js";
import type { Bytes } from "../model/types.js";
import type { FileType } from "../quantize/file-types.js";
import { checkFree } from "../store/check-free.js";
import { aboutCheckpoint, generalFacts } from "./about-checkpoint.js";
import { openEncoder } from "./checkpoint-encode.js";
import { findCheckpoint } from "./find-checkpoint.js";
import { absolutePath } from "./local-model.js";
import { mixtures } from "./mixtures.js";
import type { World } from "./world.js";

export interface ConvertRequest {
  /** A folder, or a repository of the Hugging Face cache. */
  readonly from: string;
  readonly type: FileType;
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
 * @throws OslmError malformed-checkpoint, unsupported-checkpoint, file-not-found, not-stored, disk-full, no-quantizer, needs-imatrix,
 * cannot-do and quantize-failed for values that the type cannot hold, usage where the result would overwrite something
 */
export async function* convertCheckpoint(
  world: World,
  request: ConvertRequest,
): AsyncGenerator<ConvertEvent, Converted> {
  const found = await findCheckpoint(world, request.from);
  const target = await targetOf(world, request, found.name);
  const facts = await generalFacts(world, found);
  const { label } = request.type;
  const encoder = openEncoder();
  const steps = convert(found.folder, {
    target,
    type: label,
    ...(!isOwnType(label) && { types: (prepared) => typesFor(world, prepared, request) }),
    encode: encoder.encode,
    ...(await aboutCheckpoint(found.folder, facts)),
    signal: world.signal,
    reserve: (need) => checkFree(dirname(target), need),
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
    quant: request.type.label,
    architecture,
    tensors,
    size,
    name: facts.name,
    license: facts.license ?? null,
    source,
  };
}

async function typesFor({ signal }: World, prepared: Prepared, { from, type }: ConvertRequest): Promise<TypesOf> {
  const instead = `oslm convert ${quoted(from)}, and of its file   oslm quantize FILE ${type.label} --imatrix MATRIX`;
  const types = (await mixtures(prepared, [type], { asking: { signal }, instead })).get(type.label);
  if (types === undefined) throw new Error(`nothing was planned for ${type.label}`);
  return types;
}

/** @throws OslmError usage for a file that is there */
async function targetOf(world: World, { from, type, output, force }: ConvertRequest, name: string): Promise<string> {
  const own = `${name}-${type.label}.gguf`;
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
