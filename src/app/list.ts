// The models on this disk.
import type { StoredModel } from "../model/types.js";
import type { World } from "./world.js";

/** The JSON shape of an entry of `list`. */
export type ListedModel = Omit<StoredModel, "files">;

/** By name, then by quantization. */
export async function listModels(world: World): Promise<readonly ListedModel[]> {
  const models = await (await world.store()).list();
  // Not by locale: that alone takes longer than all the rest, and names have no letters that it knows better.
  const keyed = models.map((model) => ({ key: `${model.name.toLowerCase()}\n${model.quant}`, model }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ model }) => listed(model));
}

function listed(model: StoredModel): ListedModel {
  const { name, ref, repo, commit, quant, size, path, license, addedAt, lastUsedAt } = model;
  return { name, ref, repo, commit, quant, size, path, license, addedAt, lastUsedAt };
}
