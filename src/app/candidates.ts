// The choice among the variants of a resolved repository.
import { isOslmError, OslmError } from "../errors.js";
import { type ChoiceWishes, type Chosen, chooseVariant, type NothingFits } from "../fit/choose.js";
import type { Geometry } from "../gguf/geometry.js";
import { readGeometry } from "../gguf/read-geometry.js";
import type { Bytes } from "../model/types.js";
import { remoteHeader, storedHeader } from "./header-source.js";
import type { Resolved } from "./resolve.js";
import type { World } from "./world.js";

/**
 * Reads the first kilobytes of one variant, since all variants of a repository have the same geometry, and weighs them.
 * Unless one of them is here already, this touches a file of weights, so a pull comes here only after the license gate.
 * @throws OslmError quant-not-found before anything is read; malformed-gguf, gated, and what the Hub's reads throw
 */
export async function choose(world: World, resolved: Resolved, wishes: ChoiceWishes): Promise<Chosen | NothingFits> {
  const { snapshot, variants } = resolved;
  const asked = resolved.quant === undefined ? wishes : { ...wishes, quant: resolved.quant };
  const available = variants.map((variant) => variant.quant);
  if (variants.length === 0 || (asked.quant !== undefined && !available.includes(asked.quant))) {
    throw new OslmError("quant-not-found", { repo: snapshot.repo, quant: asked.quant ?? "", available });
  }
  const geometry = await readShape(world, resolved);
  const candidates = variants.map((variant) => ({ variant, geometry }));
  const measured = asksForSpeed(Math.max(...variants.map(({ size }) => size)));
  const choice = chooseVariant(candidates, await world.host({ measured }), asked);
  if (choice.kind === "no-such-quant") throw new Error("the quantization was there a moment ago");
  return choice;
}

/** Every machine reads 100 MB more than ten times a second: for such models its speed decides nothing. */
export function asksForSpeed(largest: Bytes): boolean {
  return largest > 100_000_000;
}

async function readShape(world: World, resolved: Resolved): Promise<Geometry> {
  const stored = await storedHeader(world, resolved);
  if (stored !== undefined) {
    try {
      return await readGeometry(stored.source, stored);
    } catch (error) {
      // Damaged since: `oslm verify` finds that. The model can be chosen all the same.
      if (!isOslmError(error, "malformed-gguf") && !isOslmError(error, "file-not-found")) throw error;
    }
  }
  const remote = remoteHeader(await world.hub(), resolved, world.signal);
  return readGeometry(remote.source, remote);
}
