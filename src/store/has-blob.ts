// Is a file of a repository here, whole?
import type { Bytes, RepoFile } from "../model/types.js";
import { peek } from "./files.js";
import { hubHashWithProgress } from "./hash-file.js";
import { blobName } from "./layout.js";

interface HashOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told how many bytes have been read: first 0, at last all. */
  readonly watch?: ((done: Bytes) => void) | undefined;
}

/**
 * True when the file at `path` is there itself (not a link) with the listed size and, unless oslm verified it before,
 * the right hash: other tools write this cache too, and not all of them check what they store.
 */
export async function hasBlob(
  path: string,
  file: RepoFile,
  trusted: boolean,
  { signal, watch }: HashOptions = {},
): Promise<boolean> {
  const info = await peek(path);
  if (!info?.isFile() || info.size !== file.size) return false;
  if (trusted) return true;
  // Small files, which git names, take no time.
  const watched = file.sha256 === undefined ? undefined : watch;
  watched?.(0);
  const hashing = hubHashWithProgress(path, file, signal);
  for (;;) {
    const step = await hashing.next();
    if (step.done) return step.value === blobName(file);
    watched?.(step.value);
  }
}
