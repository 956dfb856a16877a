// News of files that are being hashed, on stderr.
import type { HashEvent } from "../app/hash-file.js";
import type { Bytes } from "../model/types.js";
import { formatBytes } from "../ui/format.js";
import type { Output } from "../ui/output.js";

/** Smaller files are done before anybody could want to know how far they are. */
const WORTH_TELLING: Bytes = 1_000_000_000;

/** One line per file, and one for every tenth of a large one. */
export function showHashing(out: Output): (event: HashEvent) => void {
  let [total, tenths] = [0, 0];
  return (event) => {
    if (event.type === "hashing") {
      [total, tenths] = [event.total, 0];
      out.note(`checking ${event.file} (${formatBytes(total)})`);
      return;
    }
    const reached = Math.floor((event.done / Math.max(1, total)) * 10);
    if (total < WORTH_TELLING || reached <= tenths) return;
    tenths = reached;
    out.note(`  ${tenths * 10}%`);
  };
}
