// Recording a model of another program by the name that the scan gives it.
import { OslmError } from "../../errors.js";
import { suggest } from "../../model/suggest.js";
import type { HashEvent } from "../hash-file.js";
import { adopt } from "../pull/adopt.js";
import type { World } from "../world.js";
import { type ImportRequest, type ImportResult, importFile } from "./import-file.js";
import { type Importable, scanElsewhere } from "./scan-elsewhere.js";

/** @throws OslmError not-elsewhere */
export async function findElsewhere(world: World, id: string): Promise<Importable> {
  const models = await scanElsewhere(world);
  const wanted = /^ollama:/i.test(id) ? id.replace(/:latest$/, "") : id;
  const found = models.find((model) => model.id === wanted) ?? models.find((model) => sameText(model.id, wanted));
  if (found) return found;
  const ids = models.map((model) => model.id);
  throw new OslmError("not-elsewhere", { id, suggestions: suggest(id, ids) });
}

/** @throws OslmError usage for a name or a copy of what stays in the Hugging Face cache; malformed-gguf, checksum-mismatch */
export async function* importElsewhere(
  world: World,
  model: Importable,
  options: Pick<ImportRequest, "name" | "placing">,
): AsyncGenerator<HashEvent, ImportResult> {
  const { found, paths, hint, claimed } = model;
  if (found === undefined) return yield* importFile(world, { ...options, paths, hint, claimed });
  if (options.name === undefined && options.placing === "reference") return yield* adopt(world, found);
  throw new OslmError("usage", {
    problem: `${model.id} stays in the Hugging Face cache, under the name of its repository`,
    detail: "Neither --name nor --copy nor --link goes with it.",
    help: `oslm import ${model.id}`,
  });
}

function sameText(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
