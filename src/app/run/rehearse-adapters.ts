// Tries LoRA adapters in a child process before the first load that adds them to a model: the engine ends at some that are sound by all that
// src/gguf checks.
import { createHash } from "node:crypto";
import { basename } from "node:path";
import type { AdapterFile } from "../../runtime/engine.js";
import { Rehearsed } from "../../store/rehearsed.js";
import type { World } from "../world.js";
import type { ReadAdapter } from "./read-adapters.js";
import { addHeader, failureOf, keyOf, type PlannedLoad } from "./rehearse-load.js";

/**
 * Each for itself, without memory for the model's weights, so that a failure has one file's name. The model itself was rehearsed before.
 * @throws OslmError malformed-gguf for an adapter that ends the engine, load-failed for one that it refuses, out-of-memory
 */
export async function rehearseAdapters(
  world: World,
  load: PlannedLoad,
  adapters: readonly ReadAdapter[],
): Promise<void> {
  if (adapters.length === 0) return;
  const rehearsed = new Rehearsed((await world.store()).state);
  const ofModel = await keyOf(world, load);
  for (const adapter of adapters) {
    const key = await keyWith(ofModel, adapter);
    if (await rehearsed.has(key)) continue;
    const { model, plan, subject } = load;
    const lora: AdapterFile[] = [{ path: adapter.path, scale: adapter.scale }];
    const wishes = { real: false, spare: 0, bytes: subject.weights.total };
    const outcome = await (await world.engine()).rehearse(
      { path: model.paths[0], ...plan, lora },
      wishes,
      world.signal,
    );
    if (outcome.is === "unknown") return;
    if (outcome.is !== "fine") throw failureOf(outcome, basename(adapter.path));
    await rehearsed.add(key);
  }
}

/** By the header and the size: the rest is numbers, of which any will do. */
async function keyWith(ofModel: string, { path, bytes, headerBytes }: ReadAdapter): Promise<string> {
  const hash = createHash("sha256").update(`adapter ${bytes} ${ofModel} `);
  await addHeader(hash, path, headerBytes);
  return hash.digest("hex");
}
