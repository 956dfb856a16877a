// What can be put right without asking: nothing of value is removed.
import { rm } from "node:fs/promises";
import { removeLeftLock } from "../store/lock.js";
import { locksHere } from "../store/locks-here.js";
import { passingHere } from "../store/passing-files.js";
import type { IndexHealth } from "./doctor.js";
import type { World } from "./world.js";

/** What was done, one step in each line; nothing when there was nothing to do. */
export async function repairStore(world: World, { state, models, gone, unlisted }: IndexHealth): Promise<string[]> {
  const store = await world.store();
  const done: string[] = [];
  // Locks first: the list has one too.
  for (const { path, name } of await locksHere(store)) {
    if (removeLeftLock(path)) done.push(`removed the lock of ${name}, whose holder has died`);
  }
  if (state === "broken" || ((state === "ok" || state === "none") && gone.length + unlisted > 0)) {
    const now = await store.index.rebuild();
    const added = Math.max(0, now.length - models);
    if (state === "broken") done.push(`made the list of models anew from the disk, with ${now.length} of them`);
    else if (added > 0) done.push(`added ${added} of the models on this disk to the list`);
    for (const name of gone) done.push(`forgot ${name}, whose files are gone`);
  }
  for (const { path } of (await passingHere(store, world.now())).temporary) {
    await rm(path, { force: true });
    done.push(`removed ${path}`);
  }
  return done;
}
