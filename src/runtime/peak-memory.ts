// The most memory that this process has had resident.
import { readFile } from "node:fs/promises";
import type { Bytes } from "../model/types.js";

/** VmHWM where the kernel tells it; elsewhere what getrusage says, which on Linux a parent's figure may be mixed into. */
export async function peakMemory(): Promise<Bytes> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? process.resourceUsage().maxRSS * 1024 : Number(kilobytes) * 1024;
}
