// What can be put right without asking: nothing of value is removed.
import { rm } from "node:fs/promises";
import { removeLeftLock } from "../../store/lock.js";
import { locksHere } from "../../store/locks-here.js";
import { countUnknown } from "../../store/model-index.js";
import { passingHere } from "../../store/passing-files.js";
import type { World } from "../world.js";
import type { IndexHealth } from "./doctor.js";

/** What was done, one step in each line; nothing when there was nothing to do. */
export async function repairStore(
  world: World,
  { state, models, damaged, linked, gone, unlisted }: IndexHealth,
): Promise<string[]> {
  const store = await world.store();
  const done: string[] = [];
  // Locks first: the list has one too.
  for (const { path, name } of await locksHere(store)) {
    if (removeLeftLock(path)) done.push(`removed the lock of ${name}, whose holder has died`);
  }
  const isAnew = state === "broken" || state === "lost";
  if (isAnew || ((state === "ok" || state === "none") && gone.length + unlisted > 0)) {
    const { models: known } = await store.index.look();
    const now = await store.index.rebuild();
    const added = Math.max(0, now.length - models - damaged.length - linked.length);
    const unknown = countUnknown(now, known);
    const from = known.length > 0 ? "what was left of it and the disk" : "the disk";
    if (isAnew) done.push(`made the list of models anew from ${from}, with ${now.length} of them`);
    else if (added > 0) done.push(`added ${added} of the models on this disk to the list`);
    // What a repair cannot bring back is said: nobody would look for it.
    if (unknown > 0) {
      done.push(`did not find out the license and other names of ${unknown} of them: the disk does not tell`);
      if (known.length === 0) done.push("did not find what was imported from other folders: no record of it is left");
    }
    for (const name of gone) done.push(`forgot ${name}, whose files are gone`);
  }
  for (const { path } of (await passingHere(store, world.now())).temporary) {
    await rm(path, { force: true });
    done.push(`removed ${path}`);
  }
  return done;
}
