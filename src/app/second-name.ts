// Another name for a stored model: no bytes are copied, and each name can be removed on its own.
import { OslmError } from "../errors.js";
import { formatRef, type ModelRef, parseRef } from "../model/ref.js";
import type { StoredModel } from "../model/types.js";
import { meantBy, noneOf, refuseLinked } from "./find-stored.js";
import { isCatalogName } from "./imported-name.js";
import type { World } from "./world.js";

/** Records the model that `source` means under `name` too. @throws OslmError not-stored, usage for a name that cannot be */
export async function addName(world: World, source: string, name: string): Promise<StoredModel> {
  const store = await world.store();
  const stored = await store.list();
  const [model] = meantBy(stored, source);
  if (model === undefined) {
    await refuseLinked(world, parseRef(source));
    throw noneOf(stored, formatRef(parseRef(source)));
  }
  const added = {
    ...model,
    name: checkName(name, model, await store.recorded()),
    addedAt: world.now().toISOString(),
    lastUsedAt: null,
  };
  await store.record(added);
  return added;
}

function checkName(asked: string, model: StoredModel, stored: readonly StoredModel[]): string {
  const refuse = (detail: string): never => {
    const help = `oslm cp ${model.name} my-model`;
    throw new OslmError("usage", { problem: `"${asked}" cannot be the model's name`, detail, help });
  };
  const ref = plain(asked) ?? refuse("A name has letters, digits, dots and dashes, and perhaps :tag.");
  if (ref.quant !== undefined && ref.quant !== model.quant) {
    refuse(`It names the quantization ${ref.quant}, but the model's is ${model.quant}.`);
  }
  if (isCatalogName(ref.name)) refuse("It is a name of the catalog.");
  const name = formatRef(ref);
  const other = stored.find((one) => one.name === name);
  if (other !== undefined && other.path !== model.path) refuse(`It is the name of ${other.path} already.`);
  return name;
}

function plain(text: string): Extract<ModelRef, { kind: "catalog" }> | undefined {
  const ref = parseRef(text);
  return ref.kind === "catalog" ? ref : undefined;
}
