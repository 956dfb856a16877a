// Giving the disk back what nobody needs.
import type { Bytes } from "../../model/types.js";
import { type LinkedFolder, linkedRepos } from "../../store/linked-folders.js";
import type { Prunable } from "../../store/prunable.js";
import { findPrunable, type PrunePlan, removePrunable } from "../../store/prune.js";
import type { World } from "../world.js";

export interface PruneRequest {
  /** Also whole files that nothing leads to. */
  readonly all: boolean;
}

/** The JSON shape of `prune`. */
export interface Pruned {
  readonly items: readonly Prunable[];
  readonly freedBytes: Bytes;
  readonly dryRun: boolean;
  /** What another oslm works on; it was left alone. */
  readonly busy: readonly string[];
  /** Repositories whose folder is a link: it is not followed. */
  readonly linked: readonly LinkedFolder[];
}

/** What would go; nothing is changed. */
export async function planPrune(world: World, { all }: PruneRequest): Promise<Pruned> {
  const store = await world.store();
  const plan = await findPrunable(store, { all, now: world.now() });
  return summary(plan, await linkedRepos(store.hubCache), true);
}

/** Removes what was planned and may still go. */
export async function prune(world: World, { all }: PruneRequest, planned: Pruned): Promise<Pruned> {
  const gone = await removePrunable(await world.store(), { all, now: world.now() }, planned.items);
  return summary(gone, planned.linked, false);
}

function summary({ items, busy }: PrunePlan, linked: Pruned["linked"], dryRun: boolean): Pruned {
  return { items, freedBytes: items.reduce((sum, { bytes }) => sum + bytes, 0), dryRun, busy, linked };
}
