// What this machine has for a model, here and now: memory within all limits, cores, GPUs.
import type { Bytes, Host, RamLimit } from "../../model/types.js";
import { groupLimits } from "./cgroup.js";
import { probeGpus } from "./gpus.js";
import { type Readers, realReaders } from "./readers.js";
import { processLimits } from "./rlimits.js";

/** Swap does not count: what MemAvailable and its like name is RAM, and a model in swap is of no use to anybody. */
export async function probeHost(readers: Readers = realReaders()): Promise<Host> {
  const [memory, groups, own] = await Promise.all([
    systemMemory(readers),
    groupLimits(readers),
    processLimits(readers),
  ]);
  const limits: Limit[] = [...own];
  if (groups.memoryLimit !== null && groups.memoryAvailable !== null) {
    limits.push({ by: "control group", limit: groups.memoryLimit, available: groups.memoryAvailable });
  }
  // 0 is libuv's "unknown"; without a limit it may also be larger than the machine.
  const { constrainedMemory } = readers;
  if (constrainedMemory > 0) limits.push({ by: "system", limit: constrainedMemory, available: constrainedMemory });
  const least = (...values: readonly number[]) => Math.min(...values);
  const ramTotal = least(memory.total, ...limits.map(({ limit }) => limit));
  const ramAvailable = least(memory.available, ramTotal, ...limits.map(({ available }) => available));
  const tightest = limits
    .filter(({ available }) => available < memory.available)
    .filter((one) => one.available === ramAvailable)
    .sort((a, b) => (b.lacking ?? 0) - (a.lacking ?? 0))[0];
  // What libuv knows of is the control group once more.
  const others = limits.filter((one) => one !== tightest && one.by !== "system");
  const without = least(memory.available, ...others.map(({ available }) => available));
  const cores = least(
    (await physicalCores(readers)) ?? readers.parallelism,
    readers.parallelism,
    groups.cpus ?? Infinity,
  );
  const { gpus, unknown } = await probeGpus(readers, ramAvailable);
  // A mapped load adds at most its weights again: a limit of twice what it may take never counts.
  const mayMap = own.every(({ by, available }) => by !== "ulimit -v" || available > 2 * ramAvailable);
  return {
    ramTotal,
    ramAvailable,
    cores: Math.max(1, Math.floor(cores)),
    gpus,
    ...(readers.arch === "arm64" ? { processor: readers.arch } : {}),
    ...(tightest ? { ramLimit: named(tightest, without) } : {}),
    ...(mayMap ? {} : { mayMap }),
    ...(unknown.length > 0 ? { gpusUnknown: unknown } : {}),
  };
}

interface Limit {
  readonly by: RamLimit["by"];
  readonly limit: Bytes;
  readonly available: Bytes;
  readonly lacking?: Bytes;
}

function named({ by, limit, lacking }: Limit, without: Bytes): RamLimit {
  return { by, bytes: limit, without, ...(lacking === undefined ? {} : { lacking }) };
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
