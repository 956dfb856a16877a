// Taking models off the disk.
import type { Bytes, StoredModel } from "../model/types.js";
import { findNamed } from "./find-stored.js";
import type { World } from "./world.js";

export interface RemovalPlan {
  readonly models: readonly StoredModel[];
  readonly frees: Bytes;
}

export interface Removal {
  readonly removed: readonly string[];
  readonly freedBytes: Bytes;
}

/** Every stored model that a name means; all or nothing. @throws OslmError not-stored */
export async function planRemoval(world: World, names: readonly string[]): Promise<RemovalPlan> {
  const stored = await (await world.store()).recorded();
  const models = new Set(findNamed(stored, names));
  // Each file once, and none that a model needs which stays.
  const filesOf = (list: readonly StoredModel[]) => list.flatMap(({ files }) => files);
  const sizes = new Map(filesOf([...models]).map((file) => [file.sha256, file.size]));
  for (const { sha256 } of filesOf(stored.filter((model) => !models.has(model)))) sizes.delete(sha256);
  return { models: [...models], frees: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
}

export async function remove(world: World, { models }: RemovalPlan): Promise<Removal> {
  const freedBytes = await (await world.store()).remove(models);
  return { removed: models.map((model) => model.name), freedBytes };
}
