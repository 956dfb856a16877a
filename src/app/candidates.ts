// The variants of a resolved repository with their geometry, ready to be chosen from.
import type { Candidate, Choice, ChoiceWishes } from "../fit/choose.js";
import { chooseVariant } from "../fit/choose.js";
import { readGeometry } from "../gguf/read-geometry.js";
import type { Resolved } from "./resolve.js";
import type { World } from "./world.js";

/**
 * Reads the first kilobytes of one variant: all variants of a repository have the same geometry.
 * This touches the weights' file, so it comes after the licence gate.
 * @throws OslmError malformed-gguf, gated, and what the Hub's reads throw
 */
export async function candidatesOf(world: World, { snapshot, variants }: Resolved): Promise<Candidate[]> {
  const hub = await world.hub();
  const [smallest] = variants;
  if (smallest === undefined) return [];
  const [file] = smallest.files;
  const geometry = await readGeometry(hub.rangeSource(snapshot, file, world.signal), { name: file.path });
  return variants.map((variant) => ({ variant, geometry }));
}

export async function choose(world: World, resolved: Resolved, wishes: ChoiceWishes): Promise<Choice> {
  return chooseVariant(await candidatesOf(world, resolved), await world.host(), wishes);
}
