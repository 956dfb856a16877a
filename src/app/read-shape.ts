// The shape of a repository's models, and what the file says of itself, from the header of one of them.
import { isOslmError } from "../errors.js";
import type { Geometry } from "../gguf/geometry.js";
import { readGeometry } from "../gguf/read-geometry.js";
import { type HeaderSource, remoteHeader, storedHeader } from "./header-source.js";
import type { World } from "./world.js";

export interface Shape {
  /** The path of the file that was read. */
  readonly name: string;
  readonly geometry: Geometry;
}

/** Reads the first kilobytes of one file. @throws OslmError malformed-gguf, gated, and what the Hub's reads throw */
export async function readShape(world: World, wanted: HeaderSource): Promise<Shape> {
  const stored = await storedHeader(world, wanted);
  if (stored !== undefined) {
    try {
      return { name: stored.name, geometry: await readGeometry(stored.source, stored) };
    } catch (error) {
      // Damaged since: `oslm verify` finds that. The model can be chosen all the same.
      if (!isOslmError(error, "malformed-gguf") && !isOslmError(error, "file-not-found")) throw error;
    }
  }
  const remote = remoteHeader(await world.hub(), wanted, world.signal);
  return { name: remote.name, geometry: await readGeometry(remote.source, remote) };
}
