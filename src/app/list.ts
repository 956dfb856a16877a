// The models on this disk.
import type { LicenseTerms } from "../license/declared-terms.js";
import type { LicenseWishes } from "../license/license-filter.js";
import type { Bytes, StoredModel } from "../model/types.js";
import type { World } from "./world.js";

export type ListedModel = Omit<StoredModel, "files">;

/** The JSON shape of an entry of `list`. */
export type ListedWithTerms = Omit<ListedModel, "license"> & { readonly license: LicenseTerms };

/** By name, then by quantization. */
export async function listModels(world: World): Promise<readonly ListedModel[]> {
  const models = await (await world.store()).glance();
  // Not by locale: that alone takes longer than all the rest, and names have no letters that it knows better.
  // Sorted as plain texts, which need no function to compare them; each ends in the place of its model.
  const keys = models.map(({ name, quant }, place) => `${name.toLowerCase()}\n${quant}\n${place}`).sort();
  return keys.flatMap((key) => {
    const model = models[Number(key.slice(key.lastIndexOf("\n") + 1))];
    return model ?? [];
  });
}

/** Those whose licenses pass the wishes, with what their licenses say of commercial use. */
export async function withTerms(
  models: readonly ListedModel[],
  wishes: LicenseWishes,
): Promise<readonly ListedWithTerms[]> {
  const { declaredTerms } = await import("../license/declared-terms.js");
  const { licenseFilter } = await import("../license/license-filter.js");
  const passes = licenseFilter(wishes);
  return models
    .map((model) => {
      const { commercialUse } = declaredTerms({ license: model.license.id.split(" AND "), baseModels: [] });
      return { ...model, license: { ...model.license, commercialUse } };
    })
    .filter(({ license }) => passes(license));
}

export interface DiskUse {
  readonly models: number;
  /** Of their files; one that several models share counts once. */
  readonly bytes: Bytes;
  /** Of what interrupted downloads left. */
  readonly partialBytes: Bytes;
}

/** What all of that takes. */
export async function diskUse(world: World): Promise<DiskUse> {
  const store = await world.store();
  const models = await store.glance();
  const files = models.flatMap((model) => model.files);
  const sizes = new Map(files.map(({ sha256, size }) => [sha256, size]));
  const { reposIn } = await import("../store/scan-repo.js");
  let partialBytes = 0;
  for (const repo of await reposIn(store.hubCache)) {
    for (const { bytes } of await store.leftoversIn(repo)) partialBytes += bytes;
  }
  return { models: models.length, bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0), partialBytes };
}
