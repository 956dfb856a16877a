// What is known of one local model.
import { stat } from "node:fs/promises";
import { planLoad } from "../fit/plan-load.js";
import { judgeLicense } from "../license/verdict.js";
import { formatRef, type ModelRef } from "../model/ref.js";
import type { Bytes, Estimate, Openness, StoredModel } from "../model/types.js";
import { notStored } from "./find-stored.js";
import { findLocal, type LocalModel } from "./local-model.js";
import { readModel } from "./read-model.js";
import type { World } from "./world.js";

export interface ShownModel {
  readonly name: string;
  readonly repo: string | null;
  readonly commit: string | null;
  readonly architecture: string;
  readonly parameters: number;
  readonly quant: string;
  /** Of its files, as `list` gives it. */
  readonly size: Bytes;
  readonly ctxTrain: number;
  readonly chatTemplate: boolean;
  readonly license: StoredModel["license"] | null;
  readonly openness: Openness;
  readonly estimate: Estimate;
  readonly fits: boolean;
  readonly path: string;
  readonly files: readonly string[];
}

/** @throws OslmError not-stored, file-not-found, malformed-gguf */
export async function showModel(world: World, ref: ModelRef): Promise<ShownModel> {
  const model = await findLocal(world, ref);
  if (model === undefined) throw await notStored(world, formatRef(ref));
  const { geometry, weights, parameters } = await readModel(model);
  const plan = planLoad({ geometry, weights }, await world.host());
  return {
    name: model.ref,
    repo: model.stored?.repo ?? null,
    commit: model.stored?.commit ?? null,
    architecture: geometry.architecture,
    parameters,
    quant: model.quant,
    size: model.stored?.size ?? (await sizeOf(model.paths)),
    ctxTrain: geometry.ctxTrain,
    chatTemplate: Boolean(geometry.chatTemplate),
    ...licenseOf(model, geometry.general.license),
    estimate: plan.estimate,
    fits: plan.fits,
    path: model.paths[0],
    files: model.paths,
  };
}

/** What the pull judged; for other files what they say of themselves. Only the demo model's training is known to be open. */
function licenseOf({ ref, stored }: LocalModel, stated: string | null): Pick<ShownModel, "license" | "openness"> {
  const id = stored?.license.id ?? stated;
  if (id === null) return { license: null, openness: "unknown" };
  const trainingDisclosed = ref === "demo";
  const verdict = judgeLicense({ card: { license: [id], baseModels: [] }, trainingDisclosed });
  return { license: stored?.license ?? { id: verdict.id, class: verdict.class }, openness: verdict.openness };
}

/** Of files that no record tells of. */
async function sizeOf(paths: readonly string[]): Promise<Bytes> {
  const stats = await Promise.all(paths.map((path) => stat(path)));
  return stats.reduce((sum, { size }) => sum + size, 0);
}

export const FIELDS: readonly (keyof ShownModel)[] = [
  "name",
  "repo",
  "commit",
  "architecture",
  "parameters",
  "quant",
  "size",
  "ctxTrain",
  "chatTemplate",
  "license",
  "openness",
  "estimate",
  "fits",
  "path",
  "files",
];
