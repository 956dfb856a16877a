// Files that did not arrive whole.
import type { Bytes } from "../model/types.js";

export interface DownloadFacts {
  "checksum-mismatch": { file: string; expected: string; actual: string };
  "size-mismatch": { file: string; expected: Bytes; actual: Bytes };
  /** Somebody took away the partial file of a running download. */
  disturbed: { file: string; path: string; reason: string };
}
