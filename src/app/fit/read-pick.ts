// The header of what was chosen: that of another variant stands for its shape, but says nothing of its damage.
import type { Geometry } from "../../gguf/geometry.js";
import type { GgufVariant, RepoSnapshot } from "../../model/types.js";
import { readSources } from "../run/read-model.js";
import type { World } from "../world.js";
import { type NamedSource, remoteHeader, storedHeader } from "./header-source.js";
import { readShape } from "./read-shape.js";

/**
 * Reads the whole header of every file that a pull would fetch, so that an upload that was cut short is found by the offsets in it and
 * the sizes of the listing, before its weights are fetched. Of a file that is here the first kilobytes do: it was verified.
 * @param read what has been read of a header of this repository
 * @throws OslmError malformed-gguf, unknown-architecture, and what the Hub's reads throw
 */
export async function readPick(
  world: World,
  { snapshot, variant }: { readonly snapshot: RepoSnapshot; readonly variant: GgufVariant },
  read: NamedSource,
): Promise<{ readonly geometry: Geometry }> {
  const wanted = { snapshot, variants: [variant] };
  if ((await storedHeader(world, wanted)) !== undefined) return readShape(world, wanted);
  const hub = await world.hub();
  const [first, ...others] = variant.files;
  const remote = (file: typeof first) =>
    file.path === read.name ? read : remoteHeader(hub, { snapshot, file }, world.signal);
  return readSources(remote(first), others.map(remote));
}
