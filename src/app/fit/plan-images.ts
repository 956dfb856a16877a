// How a model is loaded to read images: on the processor, with its projector and what decoding takes in the sum.
import { basename } from "node:path";
import { forcePlan } from "../../fit/force-plan.js";
import { type LoadPlan, type LoadWishes, planLoad } from "../../fit/plan-load.js";
import type { Projector } from "../../gguf/projector.js";
import type { Bytes } from "../../model/types.js";
import { checkArchitecture } from "../pull/check-architecture.js";
import type { LocalModel } from "../run/local-model.js";
import type { ReadModel } from "../run/read-model.js";
import type { World } from "../world.js";
import { doesNotFit } from "./does-not-fit.js";
import { type Stuck, waysOut } from "./ways-out.js";

/** An image's tokens are read together by models that look at all of it at once (Gemma 3: 256). */
const BATCH = 512;

export interface ImageLoad {
  readonly model: LocalModel;
  readonly subject: ReadModel;
  readonly projector: Projector;
  /** Memory for decoding. */
  readonly decoding: Bytes;
  /** For advice. */
  readonly command: string;
  readonly ctx?: number | undefined;
  readonly wishes?: Pick<LoadWishes, "threads" | "batch" | "kvType">;
  /** Goes on although it does not fit. */
  readonly force?: boolean | undefined;
}

/** Bytes that a projector takes beside its model. */
export function projectorBytes({ weights, compute }: Projector): Bytes {
  return weights + compute;
}

/** @throws OslmError does-not-fit, unknown-architecture */
export async function planImages(
  world: World,
  { model, subject, projector, decoding, command, ctx, wishes: given, force }: ImageLoad,
): Promise<LoadPlan> {
  checkArchitecture(subject.geometry, { file: basename(model.paths[0]), force: null });
  const host = { ...(await world.hostNow()), gpus: [] };
  const wishes = {
    batch: BATCH,
    ...given,
    projector: projectorBytes(projector) + decoding,
    ...(ctx && { ctx }),
  };
  const plan = planLoad(subject, host, wishes);
  if (plan.fits) return plan;
  if (force) return forcePlan(subject, host, wishes, plan);
  const stuck: Stuck = { command, wishes, machine: world.machine };
  throw doesNotFit(model, plan, waysOut(stuck, { subject, host, wishes, plan }, { nearer: [], further: [] }));
}
