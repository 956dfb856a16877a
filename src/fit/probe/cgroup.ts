// Limits that a container, a service manager or a CI runner puts on this process (Linux control groups, version 1 and 2).
import type { Bytes } from "../../model/types.js";
import type { Readers } from "./readers.js";

export interface GroupLimits {
  /** The tightest limit in force; null without one. */
  readonly memoryLimit: Bytes | null;
  /** What may still be taken below the tightest level; file pages that can be dropped at once count as free. */
  readonly memoryAvailable: Bytes | null;
  /** Processors' worth of time per period. */
  readonly cpus: number | null;
}

const ROOT = "/sys/fs/cgroup";
/** Version 1 says "no limit" with a number near 2^63. */
const UNLIMITED = 2 ** 60;

interface MemoryFiles {
  readonly limits: readonly string[];
  readonly usage: string;
  /** Before the names in memory.stat, where version 1 counts the groups below only under a prefix. */
  readonly prefix: string;
  /** File pages that have to be written first. */
  readonly unwritten: readonly string[];
}
const V2: MemoryFiles = {
  limits: ["memory.max", "memory.high"],
  usage: "memory.current",
  prefix: "",
  unwritten: ["file_dirty", "file_writeback"],
};
const V1: MemoryFiles = {
  limits: ["memory.limit_in_bytes"],
  usage: "memory.usage_in_bytes",
  prefix: "total_",
  unwritten: ["dirty", "writeback"],
};

export async function groupLimits(readers: Readers): Promise<GroupLimits> {
  const membership = (await readers.readText("/proc/self/cgroup")) ?? "";
  const memory: { limit: Bytes; available: Bytes }[] = [];
  const cpus: number[] = [];
  for (const line of membership.split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    const names = controllers.split(",");
    const root = controllers === "" ? ROOT : `${ROOT}/${controllers}`;
    for (const folder of levels(root, path)) {
      if (controllers === "") {
        memory.push(...(await memoryOf(readers, folder, V2)));
        cpus.push(...quota((await readers.readText(`${folder}/cpu.max`)) ?? ""));
      }
      if (names.includes("memory")) memory.push(...(await memoryOf(readers, folder, V1)));
      if (names.includes("cpu")) {
        const parts = ["cpu.cfs_quota_us", "cpu.cfs_period_us"].map((name) => readers.readText(`${folder}/${name}`));
        cpus.push(...quota((await Promise.all(parts)).join(" ")));
      }
    }
  }
  const least = (values: readonly number[]) => (values.length === 0 ? null : Math.min(...values));
  return {
    memoryLimit: least(memory.map(({ limit }) => limit)),
    memoryAvailable: least(memory.map(({ available }) => available)),
    cpus: least(cpus),
  };
}

/** The group itself and all above it. Inside a container the path may lie outside of what is mounted: the root still tells. */
function levels(root: string, path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== "..");
  return parts.map((_, index) => `${root}/${parts.slice(0, parts.length - index).join("/")}`).concat(root);
}

async function memoryOf(readers: Readers, folder: string, files: MemoryFiles) {
  const limits = await Promise.all(
    files.limits.map(async (name) => number(await readers.readText(`${folder}/${name}`))),
  );
  const set = limits.filter((limit) => limit !== null && limit < UNLIMITED) as number[];
  if (set.length === 0) return [];
  const limit = Math.min(...set);
  const usage = number(await readers.readText(`${folder}/${files.usage}`)) ?? 0;
  const droppable = droppableBytes((await readers.readText(`${folder}/memory.stat`)) ?? "", files);
  return [{ limit, available: Math.max(0, limit - Math.max(0, usage - droppable)) }];
}

/**
 * File pages of both lists: a second read alone makes a page "active", so a model's file is active once it has run, and is dropped as
 * readily. Shared memory is on neither list (memory.stat in the kernel's cgroup-v2.rst and cgroup-v1/memory.rst).
 */
function droppableBytes(stat: string, { prefix, unwritten }: MemoryFiles): Bytes {
  const sum = (names: readonly string[]) =>
    names.reduce((total, name) => total + Number(new RegExp(`^${prefix}${name} (\\d+)$`, "m").exec(stat)?.[1] ?? 0), 0);
  return Math.max(0, sum(["inactive_file", "active_file"]) - sum(unwritten));
}

function number(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text.trim()) ? Number(text) : null;
}

/** `200000 100000` is two processors; `max` and -1 are no limit. */
function quota(text: string): number[] {
  const [, time, period] = /^(\d+)\s+(\d+)/.exec(text.trim().replace(/\s+/g, " ")) ?? [];
  return time === undefined || Number(period) === 0 ? [] : [Number(time) / Number(period)];
}
