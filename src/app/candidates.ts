// The choice among the variants of a resolved repository.
import { OslmError } from "../errors.js";
import { type ChoiceWishes, type Chosen, chooseVariant, type NothingFits } from "../fit/choose.js";
import { readShape, type Shape } from "./read-shape.js";
import type { Resolved } from "./resolve.js";
import type { World } from "./world.js";

export interface Weighing {
  readonly choice: Chosen | NothingFits;
  /** The file whose header was read, and what it says of itself. */
  readonly read: Shape;
}

/**
 * Reads the first kilobytes of one variant, since all variants of a repository have the same geometry, and weighs them.
 * Unless one of them is here already, this touches a file of weights, so a pull comes here only after the license gate.
 * @throws OslmError quant-not-found before anything is read; malformed-gguf, gated, and what the Hub's reads throw
 */
export async function choose(world: World, resolved: Resolved, wishes: ChoiceWishes): Promise<Weighing> {
  const { snapshot, variants } = resolved;
  const asked = resolved.quant === undefined ? wishes : { ...wishes, quant: resolved.quant };
  const available = variants.map((variant) => variant.quant);
  if (variants.length === 0 || (asked.quant !== undefined && !available.includes(asked.quant))) {
    throw new OslmError("quant-not-found", { repo: snapshot.repo, quant: asked.quant ?? "", available });
  }
  const read = await readShape(world, resolved);
  const candidates = variants.map((variant) => ({ variant, geometry: read.geometry }));
  const choice = chooseVariant(candidates, await world.host(), asked);
  if (choice.kind === "no-such-quant") throw new Error("the quantization was there a moment ago");
  return { choice, read };
}
