// Where the shape of a repository's models is read from: a file that is here already, or the Hub.
import type { ByteSource } from "../../gguf/source.js";
import type { Hub } from "../../hub/hub.js";
import type { RepoFile, RepoSnapshot } from "../../model/types.js";
import { fileSource } from "../../store/file-source.js";
import type { Resolved } from "../pull/resolve.js";
import type { World } from "../world.js";

/** A repository, and those of its variants whose headers will do. */
export type HeaderSource = Pick<Resolved, "snapshot" | "variants">;

export interface NamedSource {
  readonly name: string;
  readonly source: ByteSource;
}

/**
 * The header of a file of this snapshot that oslm has verified and that is still here; undefined when there is none. Any
 * variant will do, since all of a repository have the same shape.
 */
export async function storedHeader(
  world: World,
  { snapshot, variants }: HeaderSource,
): Promise<NamedSource | undefined> {
  const store = await world.store();
  const verified = await store.verified(snapshot.repo);
  if (verified.size === 0) return undefined;
  const { hasBlob } = await import("../../store/has-blob.js");
  for (const { files } of variants) {
    const [file] = files;
    if (file.sha256 === undefined || !verified.has(file.sha256)) continue;
    const path = await store.place(snapshot, file);
    if (await hasBlob(path, file, true)) return { name: file.path, source: await fileSource(path) };
  }
  return undefined;
}

/** The header of one file, by a small range request when it is read. */
export function remoteHeader(
  hub: Hub,
  { snapshot, file }: { readonly snapshot: RepoSnapshot; readonly file: RepoFile },
  signal: AbortSignal,
): NamedSource {
  return { name: file.path, source: remembering(hub.rangeSource(snapshot, file, signal)) };
}

/** Reads from the beginning on, as those of a header are: what was read once is not fetched again when the rest is wanted too. */
function remembering(source: ByteSource): ByteSource {
  const known = new Map<string, Promise<Uint8Array>>();
  return {
    size: source.size,
    read: (offset, length) => {
      const key = `${offset}+${length}`;
      const found = known.get(key) ?? source.read(offset, length);
      known.set(key, found);
      return found;
    },
  };
}
