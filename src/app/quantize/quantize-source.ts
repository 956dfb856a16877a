// A model of this disk as something to quantize: found, its headers read, and tried in the engine.
import { basename } from "node:path";
import { OslmError } from "../../errors.js";
import { readMetadata } from "../../gguf/metadata.js";
import { formatRef, type ModelRef, parseRef } from "../../model/ref.js";
import { type Bytes, originOf } from "../../model/types.js";
import type { QuantizeCall } from "../../quantize/job.js";
import type { Source } from "../../quantize/plan.js";
import { fileSource } from "../../store/file-source.js";
import { judgeLocal, type LocalGate, passLocalPolicy } from "../license/local-policy.js";
import { checkArchitecture } from "../pull/check-architecture.js";
import { findLocal, type LocalModel } from "../run/local-model.js";
import { type ReadModel, readModel } from "../run/read-model.js";
import { failureOf } from "../run/rehearse-load.js";
import { findStored, notStored } from "../stored/find-stored.js";
import { quantOf } from "../stored/import-file.js";
import type { World } from "../world.js";
import { quantizedTerms } from "./quantized-terms.js";

export interface QuantizeSource extends Source {
  readonly model: LocalModel;
  readonly subject: ReadModel;
  /** By its name, else by its header. */
  readonly quant: string;
  /** Of all files. */
  readonly size: Bytes;
  /** What the result says of its license that the source does not. */
  readonly terms: QuantizeCall["metadata"];
}

/** @throws OslmError not-stored, file-not-found, malformed-gguf, unknown-architecture, load-failed, and as `passLocalPolicy` does */
export async function quantizeSource(world: World, ref: ModelRef, gate: LocalGate): Promise<QuantizeSource> {
  const model = (await wholeOf(world, ref)) ?? (await findLocal(world, ref));
  if (model === undefined) throw await notStored(world, formatRef(ref));
  await passLocalPolicy(world, model, gate);
  const [path] = model.paths;
  const subject = await readModel(model);
  checkArchitecture(subject.geometry, { file: basename(path), force: null });
  await rehearse(world, path, subject);
  const { cursor } = await readMetadata(await fileSource(path), basename(path));
  const [first, ...others] = subject.headers;
  if (first === undefined) throw new OslmError("file-not-found", { path });
  return {
    ...{ model, subject, headers: [first, ...others], keysEnd: cursor.position },
    quant: quantOf(path, subject),
    terms: quantizedTerms(await judgeLocal(world, model), first.metadata),
    size: subject.headers.reduce((sum, { fileSize }) => sum + fileSize, 0),
  };
}

/** Of several stored variants the one that was not quantized; undefined where the reference names one, or means no other. */
async function wholeOf(world: World, ref: ModelRef): Promise<LocalModel | undefined> {
  const stored = await findStored(world, ref);
  const own = stored.filter((model) => originOf(model)?.repo === originOf(stored[0] ?? model)?.repo);
  const whole = ["F32", "BF16", "F16"].flatMap((quant) => own.filter((model) => model.quant === quant))[0];
  return whole === undefined || stored.length === 1
    ? undefined
    : findLocal(world, parseRef(whole.name, { hub: world.endpoint }));
}

/** What the engine does not load would not be loaded as a smaller file either. */
async function rehearse(world: World, path: string, { weights }: ReadModel): Promise<void> {
  const engine = await world.engine();
  const load = { path, ctx: 256, threads: 1, gpuLayers: 0, batch: 256, useMmap: true, kvType: "f16" } as const;
  const outcome = await engine.rehearse(load, { real: false, spare: 0, bytes: weights.total }, world.signal);
  if (outcome.is !== "fine" && outcome.is !== "unknown") throw failureOf(outcome, basename(path));
}
