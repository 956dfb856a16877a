// What past loads on this machine say about the next: how much more, or less, a process takes here than foreseen.
import type { LoadRecord } from "../model/load-record.js";
import type { Bytes } from "../model/types.js";

const MIB = 2 ** 20;

/** Fewer loads say nothing; older ones may be of another Node or another oslm. */
export const LEAST = 3;
const RECENT = 21;
/** A short talk leaves buffers untouched and comes out lower: of what is foreseen nothing is ever taken back. */
const LOWEST: Bytes = 0;
/** Beyond this it is not the process that is larger. */
const HIGHEST: Bytes = 256 * MIB;

/** The recent loads that say something of the next. */
export function tellingLoads(records: readonly LoadRecord[]): readonly LoadRecord[] {
  // Pages of a mapped file come and go, and a GPU's driver has memory of its own.
  return records.filter(({ mapped, gpuLayers }) => !mapped && gpuLayers === 0).slice(-RECENT);
}

/** Bytes to add to the process's share: the median of what recent loads took beyond the uncorrected prediction. */
export function correctionFrom(records: readonly LoadRecord[]): Bytes {
  const telling = tellingLoads(records);
  if (telling.length < LEAST) return 0;
  const beyond = telling.map(({ measured, predicted, correction }) => measured - (predicted - correction));
  beyond.sort((a, b) => a - b);
  const median = beyond[Math.floor(beyond.length / 2)] ?? 0;
  return Math.round(Math.min(HIGHEST, Math.max(LOWEST, median)));
}
