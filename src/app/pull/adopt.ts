// A model that another program put into the Hugging Face cache becomes one of ours, where it lies.
import { resolveCatalog } from "../../catalog/catalog.js";
import { isOslmError, OslmError } from "../../errors.js";
import { chooseVariant } from "../../fit/choose.js";
import { readGeometry } from "../../gguf/read-geometry.js";
import type { GgufVariant, LicenseVerdict, StoredFile, StoredModel } from "../../model/types.js";
import { fileSource } from "../../store/file-source.js";
import { branchesOf, type FoundModel, recordOfFound, reposIn, scanRepo } from "../../store/scan-repo.js";
import { type HashEvent, hashFile } from "../hash-file.js";
import { judgeStored } from "../license/judge-repo.js";
import { readModel } from "../run/read-model.js";
import type { World } from "../world.js";
import type { RemoteRef } from "./resolve.js";

export interface Adopted {
  readonly model: StoredModel;
  readonly license: LicenseVerdict;
}

/** @throws OslmError malformed-gguf; checksum-mismatch when a blob is not what it is called */
export async function* adopt(world: World, found: FoundModel): AsyncGenerator<HashEvent, Adopted> {
  const [first, ...rest] = found.files.map(({ place }) => place);
  if (first === undefined) throw new Error("a model has at least one file");
  const policy = await world.policy();
  await readModel({ paths: [first, ...rest] });
  const stored: StoredFile[] = [];
  for (const { path, place, size, claimed } of found.files) {
    const { sha256 } = yield* hashFile(place, { shown: path, size }, world.signal);
    if (claimed !== undefined && sha256 !== claimed) {
      throw new OslmError("checksum-mismatch", { file: place, expected: claimed, actual: sha256 });
    }
    stored.push({ path, size, sha256 });
  }
  const addedAt = world.now().toISOString();
  const unjudged = recordOfFound(found, { files: stored, license: { id: "unknown", class: "unknown" }, addedAt });
  // To be in the list is no acceptance: the first use asks.
  const license = (await judgeStored(world, unjudged, policy)).judge([]);
  const { id, class: licenseClass } = license;
  const model: StoredModel = { ...unjudged, license: { id, class: licenseClass } };
  await (await world.store()).record(model);
  return { model, license };
}

/**
 * What a reference means among the files of the cache, when no record answers it: by repository, quantization, file, and
 * by the branches that the cache knows. Where several quantizations are here, the one that a pull would choose.
 */
export async function findInCache(world: World, ref: RemoteRef): Promise<FoundModel | undefined> {
  const { hubCache } = await world.store();
  const known = await reposIn(hubCache);
  for (const asked of reposOf(ref)) {
    const repo = known.find((one) => one === asked) ?? known.find((one) => one.toLowerCase() === asked.toLowerCase());
    if (repo === undefined) continue;
    const branches = await branchesOf((await world.store()).layout(repo));
    const found = (await scanRepo(hubCache, repo)).filter((model) => isMeant(model, ref, branches));
    const choice = await chooseOne(world, found);
    if (choice !== undefined) return choice;
  }
  return undefined;
}

function reposOf(ref: RemoteRef): readonly string[] {
  if (ref.kind === "hub") return [ref.repo];
  try {
    return resolveCatalog(ref).repos;
  } catch (error) {
    if (isOslmError(error, "unknown-model") || isOslmError(error, "unknown-size")) return [];
    throw error;
  }
}

function isMeant(model: FoundModel, ref: RemoteRef, branches: ReadonlyMap<string, string>): boolean {
  if (ref.quant !== undefined && model.quant !== ref.quant) return false;
  if (ref.kind === "catalog" && !model.isMain) return false;
  if (ref.kind === "catalog") return branches.get("main") === model.commit || !branches.has("main");
  const { revision = "main", path } = ref;
  if (path !== undefined ? !model.files.some((file) => file.path === path) : !model.isMain) return false;
  if (ref.revision === undefined && !branches.has("main")) return true;
  return (
    branches.get(revision) === model.commit || (/^[0-9a-f]{7,40}$/.test(revision) && model.commit.startsWith(revision))
  );
}

async function chooseOne(world: World, found: readonly FoundModel[]): Promise<FoundModel | undefined> {
  const [first] = found;
  if (first === undefined || found.length === 1) return first;
  const geometry = await readGeometry(await fileSource(first.files[0].place), { name: first.files[0].path });
  const candidates = found.map((model) => ({ variant: variantOf(model), geometry, model }));
  const choice = chooseVariant(candidates, await world.host());
  // Too large all of them: the smallest, whose load will say so with numbers.
  const variant = choice.kind === "chosen" ? choice.variant : choice.kind === "nothing-fits" && choice.smallest.variant;
  return candidates.find((candidate) => candidate.variant === variant)?.model ?? first;
}

function variantOf({ quant, size, files: [first, ...rest] }: FoundModel): GgufVariant {
  const file = ({ path, size }: { path: string; size: number }) => ({ path, size, gitOid: "" });
  return { quant, size, files: [file(first), ...rest.map(file)] };
}
