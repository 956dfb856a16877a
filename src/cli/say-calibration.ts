// What oslm has measured of this machine, and when, in words.
import type { Calibration } from "../app/fit/fit-audit.js";
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

/** As a host has it, or a document with null for what is absent. */
type Speed = Pick<Host, "cores"> & {
  readonly [Key in "bandwidth" | "bandwidthMeasuredAt" | "memorySpeed"]?: Host[Key] | null;
};

/** `23.2 GB/s, measured 3 days ago; decoding on 2 cores gets 18.0 GB/s of it`. */
export function sayBandwidth({ bandwidth, bandwidthMeasuredAt: at, memorySpeed, cores }: Speed, now: Date): string {
  if (!bandwidth) return `not measured yet: ${formatBytes(decodingBandwidth(cores))}/s is assumed`;
  if (!at || !memorySpeed) return `${formatBytes(bandwidth)}/s, as given`;
  const { bytesPerSecond, undisturbed } = memorySpeed;
  const measured = `measured ${formatAgo(new Date(at), now)}`;
  const speed = `${formatBytes(bytesPerSecond)}/s${undisturbed ? `, ${measured}` : ` or more, ${measured} beside other programs`}`;
  if (bandwidth > bytesPerSecond) return `${speed}; ${formatBytes(bandwidth)}/s is assumed`;
  return bandwidth < bytesPerSecond
    ? `${speed}; decoding on ${cores === 1 ? "1 core" : `${cores} cores`} gets ${formatBytes(bandwidth)}/s of it`
    : speed;
}
