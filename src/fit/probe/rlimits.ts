// Limits of this process itself: `ulimit -v` (addresses) and `ulimit -d` (data). Neither shows in what the system calls available.
import type { Bytes } from "../../model/types.js";
import type { Readers } from "./readers.js";

export interface ProcessLimit {
  readonly by: "ulimit -v" | "ulimit -d";
  readonly limit: Bytes;
  /** What a model may still take below it. */
  readonly available: Bytes;
  /** So much more is needed before anything is available. */
  readonly lacking?: Bytes;
}

/**
 * Addresses that the engine's library, its threads and V8 take besides what an estimate counts. Forced on two cores with Node 20, the demo
 * model (estimated at 137 MB) fills its context from 209 MB above what this process has when it asks, and ends in the engine with 199;
 * one of 647 MB from 690, not with 649. So 72 MB are taken; the rest is for V8, and for the stacks of more threads (8 MB each).
 */
export const ADDRESS_RESERVE: Bytes = 256 * 2 ** 20;

const KINDS = [
  { by: "ulimit -v", line: "Max address space", used: "VmSize", reserve: ADDRESS_RESERVE },
  // Counts private memory only, of which V8 and the threads take little that they do not use.
  { by: "ulimit -d", line: "Max data size", used: "VmData", reserve: 0 },
] as const;

/** Those in force, soft limits first of all: the kernel heeds these. Linux only; empty elsewhere. See proc_pid_limits(5). */
export async function processLimits(readers: Readers): Promise<ProcessLimit[]> {
  const limits = (await readers.readText("/proc/self/limits")) ?? "";
  const status = (await readers.readText("/proc/self/status")) ?? "";
  return KINDS.flatMap(({ by, line, used, reserve }): ProcessLimit[] => {
    const soft = new RegExp(`^${line}\\s+(\\d+)\\s`, "m").exec(limits)?.[1];
    if (soft === undefined) return [];
    const limit = Number(soft);
    const taken = Number(new RegExp(`^${used}:\\s*(\\d+) kB$`, "m").exec(status)?.[1] ?? 0) * 1024;
    const left = limit - taken - reserve;
    return [{ by, limit, available: Math.max(0, left), ...(left < 0 ? { lacking: -left } : {}) }];
  });
}
