// What this machine has for a model, here and now: memory within all limits, cores, GPUs.
import type { Bytes, Host } from "../../model/types.js";
import { groupLimits } from "./cgroup.js";
import { probeGpus } from "./gpus.js";
import { type Readers, realReaders } from "./readers.js";

export async function probeHost(readers: Readers = realReaders()): Promise<Host> {
  const [memory, limits] = await Promise.all([systemMemory(readers), groupLimits(readers)]);
  const least = (...values: readonly (number | null)[]) => Math.min(...values.filter((value) => value !== null));
  // 0 is libuv's "unknown"; without a limit it may also be larger than the machine, which min leaves out.
  const constrained = readers.constrainedMemory > 0 ? readers.constrainedMemory : null;
  const ramTotal = least(memory.total, limits.memoryLimit, constrained);
  const ramAvailable = least(memory.available, limits.memoryAvailable, ramTotal);
  const cores = Math.max(1, Math.floor(least(await physicalCores(readers), readers.parallelism, limits.cpus)));
  return { ramTotal, ramAvailable, cores, gpus: await probeGpus(readers, ramAvailable) };
}

async function systemMemory(readers: Readers): Promise<{ total: Bytes; available: Bytes }> {
  const { totalMemory: total, freeMemory: free } = readers;
  if (readers.platform === "linux") {
    const text = (await readers.readText("/proc/meminfo")) ?? "";
    const kib = (name: string) => new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(text)?.[1];
    const available = kib("MemAvailable");
    return {
      total: kib("MemTotal") === undefined ? total : Number(kib("MemTotal")) * 1024,
      available: available === undefined ? free : Number(available) * 1024,
    };
  }
  if (readers.platform === "darwin") return { total, available: Math.max(free, await reclaimable(readers)) };
  return { total, available: free };
}

/** macOS keeps most memory in caches that it gives back on demand; os.freemem() counts none of them. */
async function reclaimable(readers: Readers): Promise<Bytes> {
  const text = (await readers.run("vm_stat", [])) ?? "";
  const page = Number(/page size of (\d+) bytes/.exec(text)?.[1] ?? 0);
  const names = ["free", "inactive", "speculative", "purgeable"];
  const pages = names.map((name) => Number(new RegExp(`^Pages ${name}:\\s*(\\d+)`, "m").exec(text)?.[1] ?? 0));
  return page * pages.reduce((sum, count) => sum + count, 0);
}

/** Hyperthreads share the units that matter, so they do not count; null where the system does not tell. */
async function physicalCores(readers: Readers): Promise<number | null> {
  if (readers.platform === "darwin") {
    // On Apple silicon the efficiency cores slow the others down: all threads wait for the last.
    for (const name of ["hw.perflevel0.physicalcpu", "hw.physicalcpu"]) {
      const count = Number((await readers.run("sysctl", ["-n", name])) ?? 0);
      if (count > 0) return count;
    }
    return null;
  }
  const text = readers.platform === "linux" ? ((await readers.readText("/proc/cpuinfo")) ?? "") : "";
  const cores = new Set<string>();
  for (const block of text.split(/\n\s*\n/)) {
    const core = /^core id\s*:\s*(\d+)/m.exec(block)?.[1];
    if (core !== undefined) cores.add(`${/^physical id\s*:\s*(\d+)/m.exec(block)?.[1] ?? 0} ${core}`);
  }
  return cores.size > 0 ? cores.size : null;
}
