// Folders and the room on a disk.
import type { DiskFacts } from "../../errors/disk.js";
import { bringBack } from "../../store/bring-back.js";
import { formatBytes } from "../../ui/format.js";
import type { Entries } from "./entry.js";

export const diskReports: Entries<DiskFacts> = {
  "linked-folder": (f) =>
    f.target === null
      ? [
          2,
          `${f.path} is not a folder`,
          "A folder of the store has to be there.",
          "move it away, or set HF_HUB_CACHE to another folder",
        ]
      : [
          2,
          `${f.path} is a link, and oslm follows none out of its folders`,
          `It leads to ${f.target}.`,
          `${bringBack({ path: f.path, target: f.target })}   (or move the whole cache there, and set HF_HUB_CACHE to it)`,
        ],
  "folder-in-use": (f) => [
    2,
    `cannot make the folder ${f.path}`,
    `It ${f.reason}; what is there is left alone.`,
    "name a folder that does not exist yet, or an empty one",
  ],
  "disk-full": (f) => [
    6,
    `not enough free disk: ${formatBytes(f.need)} needed, ${formatBytes(f.have)} free`,
    `${f.output ? "The result goes to" : "The models are stored in"} ${f.path}.`,
    `oslm list, then oslm rm what you no longer need; or ${f.output ? "name a file on another disk with -o" : "set HF_HUB_CACHE (for what is imported OSLM_HOME) to another disk"}`,
  ],
};
