// What there is of a recorded model's files.
import { stat } from "node:fs/promises";
import type { StoredModel } from "../model/types.js";
import { readEntry } from "./entries.js";
import type { Store } from "./store.js";

/**
 * `whole`: all are there with their sizes. `damaged`: some are there. `linked`: they are behind a link, which nobody
 * follows. `gone`: none is there.
 */
export type ModelState = "whole" | "damaged" | "linked" | "gone";

/** Looks at names, links and sizes; nothing is read. */
export async function stateOf(store: Pick<Store, "layout" | "placeOf">, model: StoredModel): Promise<ModelState> {
  const { repo, commit } = model;
  let [there, whole] = [0, 0];
  for (const file of model.files) {
    const found =
      repo === null || commit === null
        ? await stat(store.placeOf(model, file.path)).catch(() => undefined)
        : (await readEntry(store.layout(repo), commit, file.path))?.stat;
    if (!found?.isFile()) continue;
    there++;
    // A referenced file that was changed is listed all the same, so that its use can say so.
    if (found.size === file.size || file.mtimeMs !== undefined) whole++;
  }
  if (whole === model.files.length) return "whole";
  if (there > 0) return "damaged";
  if (repo === null) return "gone";
  const { linkedFolder } = await import("./linked-folders.js");
  return (await linkedFolder(store.layout(repo))) === undefined ? "gone" : "linked";
}
