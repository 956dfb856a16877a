// What --force skips, said before such a load.
import type { LoadOrders } from "../app/run/load-model.js";
import { formatBytes } from "../ui/format.js";
import type { Output } from "../ui/output.js";

export function sayForced(out: Output): NonNullable<LoadOrders["onForced"]> {
  return ({ need, have, device }, tried) => {
    // With --json stderr is for one error at most.
    if (out.json) return;
    const where = device === "ram" ? "RAM" : `VRAM (${device})`;
    const skipped = `--force skips the check of free memory, and only that: ${formatBytes(need)} of ${where} are needed, ${formatBytes(have)} usable`;
    out.warn(tried ? `${skipped}; the load is tried in a process of its own first` : skipped);
  };
}
