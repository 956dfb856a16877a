// Taking models off the disk.
import { stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { formatRef, parseRef } from "../../model/ref.js";
import type { Bytes, StoredFile, StoredModel } from "../../model/types.js";
import { checkFolders } from "../../store/linked-folders.js";
import { reposIn } from "../../store/scan-repo.js";
import type { Store } from "../../store/store.js";
import { fetchedBytes, freeFetched } from "../convert/free-checkpoint.js";
import type { World } from "../world.js";
import { meantBy, noneOf, wholeRepos } from "./find-stored.js";

export interface RemovalPlan {
  readonly models: readonly StoredModel[];
  /** Repositories of which an interrupted download left something, or a conversion that never ended. */
  readonly leftovers: readonly { readonly repo: string; readonly bytes: Bytes }[];
  /** That were fetched for conversions and kept, of repositories that are meant as a whole. */
  readonly fetched: readonly { readonly repo: string; readonly bytes: Bytes }[];
  readonly frees: Bytes;
  /** Of the models' files, those that stay, and why. */
  readonly stay: readonly { readonly model: string; readonly because: string }[];
  /** That the models were made of, and that stay. */
  readonly checkpoints: readonly KeptCheckpoint[];
}

/** A checkpoint that a model was made of, and that was kept (`pull --keep`) or belongs to other programs. */
export interface KeptCheckpoint {
  readonly repo: string;
  /** All of it was fetched by oslm, and goes with the repository. */
  readonly ours: boolean;
  /** Its folder in the cache. */
  readonly path: string;
  readonly bytes: Bytes;
}

export interface Removal {
  readonly removed: readonly string[];
  readonly freedBytes: Bytes;
}

/**
 * Every recorded model that a name means, and what interrupted downloads left of a repository that is meant as a whole;
 * all or nothing. @throws OslmError not-stored, linked-folder
 */
export async function planRemoval(world: World, names: readonly string[]): Promise<RemovalPlan> {
  const models = new Set<StoredModel>();
  const [leftovers, fetched] = [new Map<string, Bytes>(), new Map<string, Bytes>()];
  const store = await world.store();
  const stored = await store.recorded();
  for (const name of names) {
    const meant = meantBy(stored, name, world.endpoint);
    const repos = await reposMeant(world, name);
    const left = await leftoversOf(store, repos);
    const kept = await keptOf(store, repos);
    if (meant.length + left.length + kept.length === 0)
      throw noneOf(stored, formatRef(parseRef(name, { hub: world.endpoint })));
    for (const model of meant) {
      if (model.repo !== null) await checkFolders(store.layout(model.repo));
      models.add(model);
    }
    for (const { repo, bytes } of left) leftovers.set(repo, bytes);
    for (const { repo, bytes } of kept) fetched.set(repo, bytes);
  }
  // Each file once, and none that a model needs which stays.
  const others = stored.filter((model) => !models.has(model));
  const needed = new Set(others.flatMap((model) => placesOf(store, model)));
  const sizes = new Map<string, Bytes>();
  for (const model of models) {
    if (!isOwn(store, model)) continue;
    for (const file of model.files) {
      const places = placesOfFile(store, model, file);
      if (!places.some((place) => needed.has(place))) sizes.set(places.at(-1) ?? file.sha256, file.size);
    }
  }
  const stay = [...models].flatMap((model) => {
    const because = whyFilesStay(store, model, others);
    return because === undefined ? [] : [{ model: model.name, because }];
  });
  const sum = (list: Iterable<Bytes>) => [...list].reduce((total, size) => total + size, 0);
  return {
    models: [...models],
    leftovers: [...leftovers].map(([repo, bytes]) => ({ repo, bytes })),
    fetched: [...fetched].map(([repo, bytes]) => ({ repo, bytes })),
    frees: sum(sizes.values()) + sum(leftovers.values()) + sum(fetched.values()),
    stay,
    checkpoints: await stayingCheckpoints(store, [...models], { leftovers, fetched }),
  };
}

/** Of models that were converted: what their checkpoints take that will not go with them. */
async function stayingCheckpoints(
  store: Store,
  models: readonly StoredModel[],
  going: { readonly leftovers: ReadonlyMap<string, Bytes>; readonly fetched: ReadonlyMap<string, Bytes> },
): Promise<readonly KeptCheckpoint[]> {
  const staying = new Map<string, KeptCheckpoint>();
  for (const { converted } of models) {
    if (converted === undefined || going.leftovers.has(converted.repo)) continue;
    const { repo, commit, files } = converted;
    const { root: path, snapshots } = store.layout(repo);
    const there = await Promise.all(
      files.map((file) => stat(join(snapshots, commit, file.path)).catch(() => undefined)),
    );
    const all = there.reduce((sum, seen) => sum + (seen?.size ?? 0), 0);
    const bytes = all - (going.fetched.get(repo) ?? 0);
    const ours = (await fetchedBytes(store, repo, "kept")) >= all;
    if (bytes > 0) staying.set(repo, { repo, ours, path, bytes });
  }
  return [...staying.values()];
}

/** Files of the user's that oslm only refers to are not. */
function isOwn({ data }: Store, { repo, path }: StoredModel): boolean {
  return repo !== null || path.startsWith(data + sep);
}

function whyFilesStay(store: Store, model: StoredModel, others: readonly StoredModel[]): string | undefined {
  if (!isOwn(store, model)) return "they were imported from where they lie";
  const own = new Set(placesOf(store, model));
  const users = others.filter((other) => placesOf(store, other).some((place) => own.has(place)));
  return users.length === 0 ? undefined : `${users.map(({ name }) => name).join(", ")} needs them`;
}

function placesOf(store: Store, model: StoredModel): string[] {
  return model.files.flatMap((file) => placesOfFile(store, model, file));
}

/** Where the bytes are found: the same bytes in another place are another file. In the cache, by their name and by their hash. */
function placesOfFile(store: Store, model: StoredModel, { path, sha256 }: StoredFile): string[] {
  const place = store.placeOf(model, path);
  return model.repo === null ? [place] : [place, store.layout(model.repo).blob({ sha256, gitOid: "" })];
}

/** Repositories of the cache that a name means as a whole. */
async function reposMeant(world: World, name: string): Promise<readonly string[]> {
  const asked = wholeRepos(parseRef(name, { hub: world.endpoint })).map((repo) => repo.toLowerCase());
  if (asked.length === 0) return [];
  const { hubCache } = await world.store();
  return (await reposIn(hubCache)).filter((repo) => asked.includes(repo.toLowerCase()));
}

async function leftoversOf(store: Store, repos: readonly string[]): Promise<RemovalPlan["leftovers"]> {
  const found: { repo: string; bytes: Bytes }[] = [];
  for (const repo of repos) {
    const items = await store.leftoversIn(repo);
    const fetched = await fetchedBytes(store, repo, "left");
    if (items.length > 0 || fetched > 0) {
      found.push({ repo, bytes: items.reduce((total, { bytes }) => total + bytes, fetched) });
    }
  }
  return found;
}

async function keptOf(store: Store, repos: readonly string[]): Promise<RemovalPlan["fetched"]> {
  const found = await Promise.all(
    repos.map(async (repo) => ({ repo, bytes: await fetchedBytes(store, repo, "kept") })),
  );
  return found.filter(({ bytes }) => bytes > 0);
}

export async function remove(world: World, { models, leftovers, fetched }: RemovalPlan): Promise<Removal> {
  const store = await world.store();
  let freedBytes = 0;
  // First: with the last model its repository goes as a whole, if nothing else is in it.
  for (const { repo } of leftovers) {
    freedBytes += await store.removeLeftovers(repo);
    freedBytes += await freeFetched(store, repo, "left");
  }
  for (const { repo } of fetched) freedBytes += await freeFetched(store, repo, "kept");
  if (models.length > 0) freedBytes += await store.remove(models);
  const repos = new Set([...leftovers, ...fetched].map(({ repo }) => repo));
  const bare = [...repos].filter((repo) => models.every((model) => (model.converted ?? model).repo !== repo));
  return { removed: [...models.map(({ name }) => name), ...bare], freedBytes };
}
