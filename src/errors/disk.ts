// Folders and the room on a disk.
import type { Bytes } from "../model/types.js";

export interface DiskFacts {
  /** A folder of the cache or of oslm's own that is a link, or no folder at all: then `target` is null. */
  "linked-folder": { path: string; target: string | null };
  /** A folder that is to be made, where something is already; `reason` reads like `is not empty`. */
  "folder-in-use": { path: string; reason: string };
  /** `path` is the folder; `output` where a file was asked to be there, not the store. */
  "disk-full": { path: string; need: Bytes; have: Bytes; output?: true };
}
