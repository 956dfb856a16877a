// Hashing as events, for whoever watches.
import type { Bytes } from "../model/types.js";
import { type HashedFile, hashWithProgress } from "../store/hash-file.js";

export type HashEvent =
  | { readonly type: "hashing"; readonly file: string; readonly total: Bytes }
  | { readonly type: "hashed"; readonly file: string; readonly done: Bytes; readonly total: Bytes };

/** @param shown the name by which people know the file @throws OslmError file-changed, and the signal's reason */
export async function* hashFile(
  path: string,
  { shown, size }: { readonly shown: string; readonly size: Bytes },
  signal: AbortSignal,
): AsyncGenerator<HashEvent, HashedFile> {
  yield { type: "hashing", file: shown, total: size };
  const hashing = hashWithProgress(path, signal);
  try {
    for (;;) {
      const step = await hashing.next();
      if (step.done) return step.value;
      yield { type: "hashed", file: shown, done: step.value, total: size };
    }
  } finally {
    // Whoever stops listening leaves no file open.
    await hashing.return(undefined as never);
  }
}
