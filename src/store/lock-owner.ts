// Who holds a lock: a record beside it, by which others tell a holder that died from one that is busy.
import { lstatSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { errnoOf } from "./files.js";

/** A process, told from all others that have had its number: on this machine, before a restart, in other containers. */
export interface Holder {
  readonly pid: number;
  /** Field 22 of /proc/PID/stat: clock ticks from the start of the system to that of the process. Null but on Linux. */
  readonly start: string | null;
  /** /proc/sys/kernel/random/boot_id: another one after each restart. Null but on Linux. */
  readonly boot: string | null;
  /** What /proc/self/ns/pid names: in which numbering `pid` counts. Null but on Linux. */
  readonly namespace: string | null;
  readonly host: string;
}

export interface Owner extends Holder {
  /** Tells one hold from the next, of the same process too. */
  readonly id: string;
  /** The lock's folder that this was written for; an older record may lie beside a newer folder. */
  readonly folder: string;
}

/** Where the record of the lock at `path` lies: not inside, since only an empty folder is removed in one step. */
export function ownerPath(path: string): string {
  return `${path}.owner`;
}

/** Leaves the record of this process beside the lock, which it holds. @throws what the disk refuses */
export function writeOwner(path: string, id: string): void {
  const folder = folderId(path);
  if (folder === undefined) return;
  const owner: Owner = { id, folder, ...thisProcess() };
  writeFileSync(ownerPath(path), `${JSON.stringify(owner)}\n`);
}

/** The record beside a lock; undefined when there is none that makes sense. */
export function readOwner(path: string): Owner | undefined {
  try {
    const stat = lstatSync(ownerPath(path));
    if (!stat.isFile() || stat.size > 4096) return undefined;
    return decode(JSON.parse(readFileSync(ownerPath(path), "utf8")));
  } catch {
    return undefined;
  }
}

/** True when the record is that of the folder which is the lock now. */
export function isCurrent(path: string, owner: Owner): boolean {
  return owner.folder === folderId(path);
}

/** True when `pid` means here what it meant to the one who wrote the record. */
export function isNeighbor(owner: Holder, self: Holder = thisProcess()): boolean {
  const { boot, namespace, host } = owner;
  if (host !== self.host || boot !== self.boot || namespace !== self.namespace) return false;
  // A Linux without /proc cannot tell its containers apart.
  return process.platform !== "linux" || (boot !== null && namespace !== null);
}

/** What can be seen of the holder from here: `unknown` where another machine or container is meant, or who it is. */
export function fateOf(owner: Holder): "alive" | "gone" | "unknown" {
  if (!isNeighbor(owner)) return "unknown";
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (errnoOf(error) === "ESRCH") return "gone";
  }
  const now = lookAt(owner.pid);
  if (now === undefined || owner.start === null) return "unknown";
  // A zombie (killed, and its parent has not asked about it) answers signals still.
  return now.start === owner.start && now.state !== "Z" && now.state !== "X" ? "alive" : "gone";
}

let self: Holder | undefined;

function thisProcess(): Holder {
  self ??= {
    pid: process.pid,
    start: lookAt(process.pid)?.start ?? null,
    boot: tryRead(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    namespace: tryRead(() => readlinkSync("/proc/self/ns/pid")),
    host: hostname(),
  };
  return self;
}

/** proc_pid_stat(5). The name of the program, second and in parentheses, may hold anything. */
function lookAt(pid: number): { readonly state: string; readonly start: string } | undefined {
  const text = tryRead(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, start] = [fields?.[0], fields?.[19]];
  return state !== undefined && start !== undefined ? { state, start } : undefined;
}

/**
 * Tells a folder from a later one of the same name: inode numbers are given out again, so its time of birth belongs to
 * it, which the touches of the holder do not change. Where the disk keeps none no record is believed.
 */
function folderId(path: string): string | undefined {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return stat?.isDirectory() && stat.birthtimeNs > 0n ? `${stat.ino}-${stat.birthtimeNs}` : undefined;
}

function tryRead(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}

function decode(value: unknown): Owner | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, folder, pid, start, boot, namespace, host } = value as Record<string, unknown>;
  if (typeof id !== "string" || typeof folder !== "string" || typeof host !== "string") return undefined;
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (!isTextOrNull(start) || !isTextOrNull(boot) || !isTextOrNull(namespace)) return undefined;
  return { id, folder, pid, start, boot, namespace, host };
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
