// The license of what is added to a model.
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { AdapterFile } from "../../runtime/engine.js";
import { absolutePath } from "../run/local-model.js";
import type { World } from "../world.js";
import { type LocalGate, passLocalPolicy } from "./local-policy.js";

/**
 * The gate stands before an adapter as before the model itself.
 * @throws OslmError malformed-gguf, and as `passLocalPolicy`; of an adapter that is not there whoever loads it tells
 */
export async function passAdapters(world: World, adapters: readonly AdapterFile[], gate: LocalGate): Promise<void> {
  for (const { path } of adapters) {
    const place = absolutePath(world, path);
    const isThere = (await stat(place).catch(() => undefined))?.isFile() ?? false;
    if (isThere) await passLocalPolicy(world, { ref: basename(place), paths: [place], stored: null }, gate);
  }
}
