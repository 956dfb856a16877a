// What interrupted downloads left in one repository of the cache.
import { join } from "node:path";
import type { Bytes } from "../model/types.js";
import { hasLinkAbove, namesIn } from "./files.js";
import { lockState, tryLock } from "./lock.js";
import { type Prunable, passingFiles } from "./prunable.js";
import { removeLeftovers } from "./remove-model.js";
import type { Store } from "./store.js";

type Repos = Pick<Store, "hubCache" | "layout" | "lockPath">;

/** Nothing while a download is under way. */
export async function leftoversIn(store: Repos, repo: string): Promise<readonly Prunable[]> {
  return lockState(store.lockPath(repo)) === "held" ? [] : partialsOf(store, repo);
}

/** Removes all of that, unless a download is under way; gives the bytes freed. */
export async function removeLeftoversIn(store: Repos, repo: string): Promise<Bytes> {
  const release = await tryLock(store.lockPath(repo));
  if (release === undefined) return 0;
  try {
    return await removeLeftovers(store.layout(repo), await partialsOf(store, repo));
  } finally {
    await release();
  }
}

async function partialsOf(store: Repos, repo: string): Promise<readonly Prunable[]> {
  const { blobs } = store.layout(repo);
  if (await hasLinkAbove(store.hubCache, join(blobs, "any"))) return [];
  const found = await passingFiles((await namesIn(blobs)).map((name) => join(blobs, name)));
  return found.filter(({ kind }) => kind === "partial");
}
