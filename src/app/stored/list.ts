// The models on this disk.
import type { LicenseTerms } from "../../license/declared-terms.js";
import type { LicenseWishes } from "../../license/license-filter.js";
import { type Bytes, originOf, type StoredModel } from "../../model/types.js";
import type { World } from "../world.js";

export type ListedModel = Omit<StoredModel, "files">;

/** The JSON shape of an entry of `list`. */
export type ListedWithTerms = Omit<ListedModel, "license"> & { readonly license: LicenseTerms };

/** By name, then by quantization. */
export async function listModels(world: World): Promise<readonly StoredModel[]> {
  const models = await (await world.store()).glance();
  // Not by locale: that alone takes longer than all the rest, and names have no letters that it knows better.
  // Sorted as plain texts, which need no function to compare them; each ends in the place of its model.
  const keys = models.map(({ name, quant }, place) => `${name.toLowerCase()}\n${quant}\n${place}`).sort();
  return keys.flatMap((key) => {
    const model = models[Number(key.slice(key.lastIndexOf("\n") + 1))];
    return model ?? [];
  });
}

/** Those whose licenses pass the wishes, judged as `oslm license --offline` does. No policy has a say in terms. */
export async function withTerms(
  world: World,
  models: readonly StoredModel[],
  wishes: LicenseWishes,
): Promise<readonly ListedWithTerms[]> {
  const { licenseFilter } = await import("../../license/license-filter.js");
  const passes = licenseFilter(wishes);
  const judged = await Promise.all(
    models.map(async (model) => {
      const { repo, commit } = originOf(model) ?? model;
      return { ...model, repo, commit, license: await termsOf(world, model) };
    }),
  );
  return judged.filter(({ license }) => passes(license));
}

async function termsOf(world: World, model: StoredModel): Promise<LicenseTerms> {
  const { judgeStored } = await import("../license/judge-repo.js");
  const { DEFAULT_POLICY } = await import("../../license/policy.js");
  const { evidence, judge } = await judgeStored(world, model, DEFAULT_POLICY);
  const { id, class: licenseClass, commercialUse } = judge([]);
  return evidence === undefined ? { ...model.license, commercialUse } : { id, class: licenseClass, commercialUse };
}

export interface DiskUse {
  readonly models: number;
  /** Of their files; one that several models share counts once. */
  readonly bytes: Bytes;
  /** Of what interrupted downloads left. */
  readonly partialBytes: Bytes;
  /** Recorded models that `listModels` leaves out, since a file of theirs is not there. */
  readonly away: readonly StoredModel[];
}

/** What all of that takes. */
export async function diskUse(world: World): Promise<DiskUse> {
  const store = await world.store();
  const models = await store.glance();
  const files = models.flatMap((model) => model.files);
  const sizes = new Map(files.map(({ sha256, size }) => [sha256, size]));
  const { reposIn } = await import("../../store/scan-repo.js");
  let partialBytes = 0;
  for (const repo of await reposIn(store.hubCache)) {
    for (const { bytes } of await store.leftoversIn(repo)) partialBytes += bytes;
  }
  const away = (await store.recorded()).filter(({ path }) => models.every((model) => model.path !== path));
  return { models: models.length, away, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0), partialBytes };
}
