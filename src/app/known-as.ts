// As which stored model a file is known, whatever it is called: what was learned of the license goes with the bytes.
import { realpath, stat } from "node:fs/promises";
import { basename } from "node:path";
import { findLicenses, idsIn } from "../license/catalogue.js";
import { strictness } from "../license/strictness.js";
import { originOf, type StoredModel } from "../model/types.js";
import type { LocalModel } from "./local-model.js";
import type { World } from "./world.js";

/**
 * The stored model that this is; where its bytes are those of a repository's as well, that one. Nothing is hashed for it: a copy
 * that nobody has recorded is a file like any other.
 */
export async function knownAs(
  world: World,
  { ref, paths: [path], stored }: Pick<LocalModel, "ref" | "paths" | "stored">,
): Promise<StoredModel | undefined> {
  if (ref === "demo") return undefined;
  const models = await (await world.store()).list();
  const found = stored ?? (await storedAt(models, path));
  if (found === undefined || originOf(found) !== undefined) return found;
  return withSameBytes(models, found.files[0]?.sha256, found.license.id) ?? found;
}

/** The stored model whose file that is: by its path, by the file behind it, by another link to that file. */
async function storedAt(models: readonly StoredModel[], path: string): Promise<StoredModel | undefined> {
  const exact = models.find((model) => model.path === path);
  const seen = exact === undefined ? await stat(path).catch(() => undefined) : undefined;
  if (seen === undefined) return exact;
  const real = await realpath(path);
  const linked: StoredModel[] = [];
  for (const model of models) {
    if (model.files[0]?.size !== seen.size) continue;
    const own = await stat(model.path).catch(() => undefined);
    const isLinked = own?.ino === seen.ino && own.dev === seen.dev;
    // Two repositories may share one file; it lies in the folder of one.
    if (isLinked && (await realpath(model.path)) === real) return model;
    // What a blob of the cache is called is its hash.
    if (isLinked || model.files[0].sha256 === basename(real)) linked.push(model);
  }
  return strictest(linked);
}

/** The model of a repository whose first file has that hash: the one under the license that is on record, else the strictest. */
export function withSameBytes(
  models: readonly StoredModel[],
  sha256: string | undefined,
  recorded?: string,
): StoredModel | undefined {
  const same = models.filter((one) => originOf(one) !== undefined && one.files[0]?.sha256 === sha256);
  return same.find((one) => one.license.id === recorded) ?? strictest(same);
}

function strictest(models: readonly StoredModel[]): StoredModel | undefined {
  const rank = ({ license }: StoredModel) => strictness(idsIn(license.id).flatMap((id) => findLicenses(id)));
  return [...models].sort((a, b) => rank(b) - rank(a))[0];
}
