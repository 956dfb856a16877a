// Giving the disk back what nobody needs.
import type { Bytes } from "../model/types.js";
import type { Prunable } from "../store/prunable.js";
import { findPrunable, type PrunePlan, removePrunable } from "../store/prune.js";
import type { World } from "./world.js";

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
}

/** What would go; nothing is changed. */
export async function planPrune(world: World, { all }: PruneRequest): Promise<Pruned> {
  return summary(await findPrunable(await world.store(), { all, now: world.now() }), true);
}

/** Removes what was planned and may still go. */
export async function prune(world: World, { all }: PruneRequest, planned: Pruned): Promise<Pruned> {
  return summary(await removePrunable(await world.store(), { all, now: world.now() }, planned.items), false);
}

function summary({ items, busy }: PrunePlan, dryRun: boolean): Pruned {
  return { items, freedBytes: items.reduce((sum, { bytes }) => sum + bytes, 0), dryRun, busy };
}
