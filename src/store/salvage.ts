// A stored file that is damaged where a download is to put the right one: what is good of it is not fetched again.
import { lengthOf } from "../model/spans.js";
import type { Bytes, KnownFile } from "../model/types.js";
import { checkFile } from "./check-file.js";
import { peek } from "./files.js";
import type { Hasher } from "./hasher.js";
import { reopen } from "./partial.js";

export interface Salvaged {
  /** The bytes that the damaged file has. */
  readonly size: Bytes;
  /** The bytes of it that the download begins with. */
  readonly kept: Bytes;
}

export interface SalvageMeans {
  readonly hasher: Hasher;
  /** Of the file's pieces, from when its hash was right; if any were kept. */
  readonly sums: readonly number[] | undefined;
}

/**
 * Makes the damaged file at `from` the beginning of a download to `target`; undefined when there is none, or it is not
 * damaged. Without sums a wrong file of the right size says nothing of its pieces: it is left to be replaced. The caller
 * holds the lock of both places.
 */
export async function salvage(
  from: string,
  target: string,
  file: KnownFile,
  { hasher, sums }: SalvageMeans,
): Promise<Salvaged | undefined> {
  const stat = await peek(from);
  if (!stat?.isFile()) return undefined;
  const { size } = stat;
  if (size === file.size && sums === undefined) return { size, kept: 0 };
  const check = await checkFile(from, file, hasher, sums);
  if (check.state !== "damaged") return undefined;
  const kept = lengthOf(check.good);
  if (kept > 0) await reopen(target, file, check.good, from);
  return { size, kept };
}
