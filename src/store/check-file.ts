// Is a stored file still what it was when it was verified? And if not, which of its bytes are?
import { damagedPieces } from "../model/piece-sums.js";
import { addSpan, gapsOf, type Spans } from "../model/spans.js";
import type { KnownFile } from "../model/types.js";
import { peek } from "./files.js";
import type { Hasher } from "./hasher.js";

export type FileCheck =
  | { readonly state: "ok" }
  | { readonly state: "missing" }
  /** `good` are the ranges that nothing is said against. */
  | { readonly state: "damaged"; readonly actual: string; readonly good: Spans };

/** Reads the whole file. `sums` are those of its pieces from when its hash was right, if any were kept. */
export async function checkFile(
  place: string,
  file: KnownFile,
  hasher: Hasher,
  sums: readonly number[] | undefined,
): Promise<FileCheck> {
  const stat = await peek(place);
  if (!stat?.isFile()) return { state: "missing" };
  if (stat.size !== file.size) {
    // Cut off or grown: its beginning may well be right, and is compared when it is not.
    const good = addSpan([], { start: 0, end: Math.min(stat.size, file.size) });
    return { state: "damaged", actual: `${stat.size} bytes`, good };
  }
  const following = hasher.follow(place, file);
  try {
    const digest = await following.digest();
    if (digest.hex === (file.sha256 ?? file.gitOid)) return { state: "ok" };
    // Without sums, and with sums that find nothing wrong in a wrong file, a download compares all of it with the source.
    const damaged = sums === undefined ? [] : damagedPieces(file.size, sums, digest.sums);
    const good = gapsOf(damaged, file.size);
    return { state: "damaged", actual: digest.hex, good };
  } finally {
    following.close();
  }
}
