// Which process something belongs to, and whether it still runs.
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

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
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return "gone";
  }
  const now = lookAt(owner.pid);
  if (now === undefined || owner.start === null) return "unknown";
  // A zombie (killed, and its parent has not asked about it) answers signals still.
  return now.start === owner.start && now.state !== "Z" && now.state !== "X" ? "alive" : "gone";
}

let self: Holder | undefined;

export function thisProcess(): Holder {
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

function tryRead(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
