// As which stored model a file is known, whatever it is called: what was learned of the license goes with the bytes.
import { realpath, stat } from "node:fs/promises";
import { basename, relative, sep } from "node:path";
import { findLicenses, idsIn } from "../../license/catalogue.js";
import { strictness } from "../../license/strictness.js";
import { isRepoId, originOf, type Sha256, type StoredModel } from "../../model/types.js";
import { type FoundModel, recordOfFound, scanRepo } from "../../store/scan-repo.js";
import type { LocalModel } from "../run/local-model.js";
import type { World } from "../world.js";

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
  const real = await realpath(path).catch(() => path);
  const found =
    stored ??
    models.find((model) => model.path === path) ??
    (await inFolder(models, real)) ??
    (await inCache(world, real)) ??
    (await linkedTo(models, real));
  if (found === undefined || originOf(found) !== undefined) return found;
  return withSameBytes(models, found.files[0]?.sha256, found.license.id) ?? found;
}

/** The stored model whose name in a snapshot leads to that file. */
async function inFolder(models: readonly StoredModel[], real: string): Promise<StoredModel | undefined> {
  for (const model of models) if ((await realpath(model.path).catch(() => model.path)) === real) return model;
  return undefined;
}

/** Another link to the file of a stored model; what a blob of the cache is called is its hash. */
async function linkedTo(models: readonly StoredModel[], real: string): Promise<StoredModel | undefined> {
  const seen = await stat(real).catch(() => undefined);
  const linked: StoredModel[] = [];
  for (const model of models) {
    const [first] = model.files;
    if (seen === undefined || first?.size !== seen.size) continue;
    const own = await stat(model.path).catch(() => undefined);
    if ((own?.ino === seen.ino && own.dev === seen.dev) || first.sha256 === basename(real)) linked.push(model);
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

/** Where the cache does not tell a hash, as on disks without links; no file has this one. */
const NO_HASH = "0".repeat(64) as Sha256;

/** What another program has put into the Hugging Face cache and nobody has recorded. */
async function inCache(world: World, real: string): Promise<StoredModel | undefined> {
  const { hubCache } = await world.store();
  const cache = await realpath(hubCache).catch(() => hubCache);
  const [folder = ""] = relative(cache, real).split(sep);
  const repo = folder.startsWith("models--") ? folder.slice("models--".length).replace("--", "/") : "";
  if (!isRepoId(repo)) return undefined;
  for (const found of await scanRepo(hubCache, repo)) {
    if ((await realpath(found.files[0].place)) === real) return unrecorded(world, found);
  }
  return undefined;
}

/** What lies in the cache as it would be recorded, to be judged; nothing of it is verified. */
export function unrecorded({ now }: Pick<World, "now">, found: FoundModel): StoredModel {
  const files = found.files.map(({ path, size, claimed }) => ({ path, size, sha256: claimed ?? NO_HASH }));
  return recordOfFound(found, { files, license: { id: "unknown", class: "unknown" }, addedAt: now().toISOString() });
}

/** Of several under one file the strictest; what says nothing would let the others' rules pass. */
function strictest(all: readonly StoredModel[]): StoredModel | undefined {
  const telling = all.filter(({ license }) => license.class !== "unknown");
  const models = telling.length > 0 ? telling : all;
  const rank = ({ license }: StoredModel) => strictness(idsIn(license.id).flatMap((id) => findLicenses(id)));
  return [...models].sort((a, b) => rank(b) - rank(a))[0];
}
