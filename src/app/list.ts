// The models on this disk.
import type { StoredModel } from "../model/types.js";
import type { World } from "./world.js";

/** The JSON shape of an entry of `list`. */
export type ListedModel = Omit<StoredModel, "files">;

/** By name, then by quantization. */
export async function listModels(world: World): Promise<ListedModel[]> {
  const models = await (await world.store()).list();
  const order = (a: StoredModel, b: StoredModel): number =>
    a.name.localeCompare(b.name) || a.quant.localeCompare(b.quant);
  return [...models].sort(order).map(({ files: _, ...model }) => model);
}
