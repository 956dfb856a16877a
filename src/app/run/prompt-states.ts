// The kept evaluated prompts of one model as it is about to be loaded.
import { stat } from "node:fs/promises";
import type { LoadPlan } from "../../fit/plan-load.js";
import { ownFiles } from "../../model/types.js";
import type { EngineBuild, LoadOptions } from "../../runtime/engine.js";
import type { World } from "../world.js";
import type { LocalModel } from "./local-model.js";

/** Undefined where none are wanted. */
export async function promptStatesOf(
  world: World,
  model: LocalModel,
  plan: LoadPlan,
): Promise<LoadOptions["promptStates"]> {
  const cache = world.promptCache();
  if (cache === undefined) return undefined;
  const files = await identityOf(model);
  const { PromptStatesOnDisk } = await import("../../store/prompt-states.js");
  // What decides how it is computed; a mapped file may have other kernels.
  const { batch, threads, kvType, gpuLayers, useMmap, estimate, ctx } = plan;
  const bytesPerToken = Math.ceil(estimate.kvCache / ctx);
  return (build: EngineBuild) => {
    const key = JSON.stringify({ files, build, batch, threads, kvType, gpuLayers, useMmap });
    return new PromptStatesOnDisk(cache.folder, key, cache.limit, bytesPerToken);
  };
}

/** What tells one model's files from another's, without reading gigabytes. */
async function identityOf({ stored, paths }: LocalModel): Promise<readonly unknown[]> {
  if (stored !== null && !stored.unchecked) return ownFiles(stored).map(({ sha256 }) => sha256);
  return Promise.all(
    paths.map(async (path) => {
      const { size, mtimeNs, ino } = await stat(path, { bigint: true });
      return [path, size, mtimeNs, ino].map(String);
    }),
  );
}
