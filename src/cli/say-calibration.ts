// What oslm has measured of this machine, and when, in words.
import type { Calibration } from "../app/fit-audit.js";
import { decodingBandwidth } from "../fit/speed.js";
import type { Host } from "../model/types.js";
import { formatAgo, formatBytes } from "../ui/format.js";

/** `raised by 30 MB, after 3 loads, the last 2 hours ago`. */
export function sayCorrection({ correction, telling, needed, lastAt }: Calibration, now: Date): string {
  if (lastAt === null) return "not corrected: no load was recorded that tells of it";
  const loads = `${telling} ${telling === 1 ? "load" : "loads"}, the last ${formatAgo(new Date(lastAt), now)}`;
  if (correction > 0) return `raised by ${formatBytes(correction)}, after ${loads}`;
  return telling < needed
    ? `not corrected: ${loads}, and it takes ${needed}`
    : `not corrected: most took no more than foreseen, of ${loads}`;
}

/** `18.3 GB/s, measured 3 days ago`. */
export function sayBandwidth(
  { bandwidth, bandwidthMeasuredAt: at, cores }: Pick<Host, "bandwidth" | "bandwidthMeasuredAt" | "cores">,
  now: Date,
): string {
  if (bandwidth === undefined) return `not measured yet: ${formatBytes(decodingBandwidth(cores))}/s is assumed`;
  const speed = `${formatBytes(bandwidth)}/s`;
  return at === undefined ? `${speed}, as given` : `${speed}, measured ${formatAgo(new Date(at), now)}`;
}
