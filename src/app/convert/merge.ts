// From a model and LoRA adapters to one file: W + scale B A in every matrix that an adapter changes.
import { checkLora } from "../../convert/adapter/lora.js";
import type { ConvertEvent } from "../../convert/convert.js";
import { OslmError } from "../../errors.js";
import type { Bytes } from "../../model/types.js";
import type { AdapterFile } from "../../runtime/engine.js";
import { type Judged, judgeLocal, type LocalGate } from "../license/local-policy.js";
import { judgeFolder, passAll } from "../license/merge-licenses.js";
import { checkNotRead } from "../quantize/check-not-read.js";
import { ggufTarget } from "../quantize/gguf-target.js";
import { absolutePath } from "../run/local-model.js";
import type { World } from "../world.js";
import { type FoundBase, findBase, pathsOf, shapesOf } from "./lora-base.js";
import { type OpenAdapter, openAdapter } from "./open-adapter.js";
import { writeMerged } from "./write-merged.js";

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
  const adapters: OpenAdapter[] = [];
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
    const steps = writeMerged(world, base, adapters, { target, fresh: !force, license: ids.join(","), type });
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

async function judgeBase(world: World, base: FoundBase, given: string): Promise<Judged> {
  return base.kind === "gguf"
    ? judgeLocal(world, base.model)
    : judgeFolder(world, base.found, absolutePath(world, given));
}

function noWeights(given: string): OslmError {
  return new OslmError("file-not-found", { path: `${given} (its weights)` });
}
