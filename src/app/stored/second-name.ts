// Another name for a stored model: no bytes are copied, and each name can be removed on its own.
import { formatRef, parseRef } from "../../model/ref.js";
import type { StoredModel } from "../../model/types.js";
import type { World } from "../world.js";
import { meantBy, noneOf, refuseAway } from "./find-stored.js";
import { askedName } from "./imported-name.js";

/** Records the model that `source` means under `name` too. @throws OslmError not-stored, usage for a name that cannot be */
export async function addName(world: World, source: string, name: string): Promise<StoredModel> {
  const store = await world.store();
  const stored = await store.list();
  const [model] = meantBy(stored, source, world.endpoint);
  if (model === undefined) {
    const ref = parseRef(source, { hub: world.endpoint });
    await refuseAway(world, ref);
    throw noneOf(stored, formatRef(ref));
  }
  const subject = { ...model, sha256: model.files[0]?.sha256 ?? "" };
  const added = {
    ...model,
    name: askedName(name, subject, await store.recorded(), `oslm cp ${model.name} my-model`),
    addedAt: world.now().toISOString(),
    lastUsedAt: null,
  };
  await store.record(added);
  return added;
}
