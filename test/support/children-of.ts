// The processes that a process has started and that still run; Linux only.
import { readdirSync, readFileSync } from "node:fs";

/** By their ids. @param word what their command line has in it */
export function childrenOf(parent: number, word: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => parentOf(pid) === parent && read(`/proc/${pid}/cmdline`).includes(word))
    .map(Number);
}

/** After the name, which may have spaces and brackets of its own: the state, then the parent. */
function parentOf(pid: string): number {
  const stat = read(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** Processes end while one looks. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
