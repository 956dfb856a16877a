// The projector that a repository offers with its models, by the header of its file.
import { isOslmError } from "../../errors.js";
import { readHeader } from "../../gguf/header.js";
import { type Projector, projectorOf } from "../../gguf/projector.js";
import type { RepoFile } from "../../model/types.js";
import { remoteHeader, storedHeader } from "../fit/header-source.js";
import type { World } from "../world.js";
import type { Resolved } from "./resolve.js";

export interface RemoteProjector extends Projector {
  readonly file: RepoFile;
}

/**
 * Null where there is none for images. Reads a few kilobytes of it, of the file on this disk where it is here; whoever has no use for images
 * gets no error for its sake. @throws OslmError gated, and what the Hub's reads throw
 */
export async function remoteProjector(
  world: World,
  { snapshot, projectors }: Pick<Resolved, "snapshot" | "projectors">,
): Promise<RemoteProjector | null> {
  const [file] = projectors;
  if (file === undefined) return null;
  const variants = [{ quant: "", files: [file] as const, size: file.size }];
  const named =
    (await storedHeader(world, { snapshot, variants })) ??
    remoteHeader(await world.hub(), { snapshot, file }, world.signal);
  try {
    return { file, ...projectorOf(await readHeader(named.source, named)) };
  } catch (error) {
    if (isOslmError(error, "malformed-gguf")) return null;
    throw error;
  }
}
