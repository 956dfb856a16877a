// The shape of a repository's models, and what the file says of itself, from the header of one of them.
import { isOslmError, OslmError } from "../../errors.js";
import type { Geometry } from "../../gguf/geometry.js";
import { readGeometry } from "../../gguf/read-geometry.js";
import type { ByteSource } from "../../gguf/source.js";
import type { GgufVariant } from "../../model/types.js";
import type { World } from "../world.js";
import { type HeaderSource, remoteHeader, storedHeader } from "./header-source.js";

/** A variant whose header makes no sense. */
export interface BrokenVariant {
  readonly variant: GgufVariant;
  readonly reason: string;
}

export interface Shape {
  /** The path of the file that was read. */
  readonly name: string;
  readonly geometry: Geometry;
  /** Where it was read. */
  readonly source: ByteSource;
  /** Those that were looked at before. */
  readonly broken: readonly BrokenVariant[];
}

/** Only broken repositories come to a second: two small exchanges each. Nobody breaks more uploads by accident. */
const MOST_TRIES = 8;

/**
 * Reads the first kilobytes of one file: of the first variant, or where its header is broken of the next, since one bad upload says
 * nothing of the others. @throws OslmError malformed-gguf of the first when none is sound; unknown-architecture, gated, and what the
 * Hub's reads throw
 */
export async function readShape(world: World, wanted: HeaderSource): Promise<Shape> {
  const { snapshot, variants } = wanted;
  const stored = await storedHeader(world, wanted);
  if (stored !== undefined) {
    try {
      return { ...stored, geometry: await readGeometry(stored.source, stored), broken: [] };
    } catch (error) {
      // Damaged since: `oslm verify` finds that. The model can be chosen all the same.
      if (!isOslmError(error, "malformed-gguf") && !isOslmError(error, "file-not-found")) throw error;
    }
  }
  const hub = await world.hub();
  const broken: BrokenVariant[] = [];
  for (const variant of variants.slice(0, MOST_TRIES)) {
    const remote = remoteHeader(hub, { snapshot, file: variant.files[0] }, world.signal);
    try {
      return { ...remote, geometry: await readGeometry(remote.source, remote), broken };
    } catch (error) {
      if (!isOslmError(error, "malformed-gguf")) throw error;
      broken.push({ variant, reason: error.facts.reason });
    }
  }
  const [first] = broken;
  if (first === undefined) throw new Error("a repository without variants is refused before");
  throw new OslmError("malformed-gguf", { file: first.variant.files[0].path, reason: first.reason });
}
