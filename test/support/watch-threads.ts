// Looks at the threads of a running process, over and over; Linux only.
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export interface Watched {
  /** Threads that were there most of the time. */
  readonly lasting: number;
  /** The most others at the same time: llama.cpp makes its threads anew for each decode. */
  readonly passing: number;
  /** What the process had mapped into its memory when first looked at, as /proc tells it. */
  readonly maps: string;
}

/** From the first line of the child's stdout to its end. */
export function watchThreads(child: ChildProcess): Promise<Watched> {
  const looks: string[][] = [];
  let maps = "";
  const look = (): void => {
    try {
      looks.push(readdirSync(`/proc/${child.pid}/task`));
      maps ||= readFileSync(`/proc/${child.pid}/maps`, "utf8");
    } catch {
      // It has just ended.
    }
  };
  return new Promise((resolve) => {
    child.stdout?.once("data", () => {
      const timer = setInterval(look, 2);
      child.once("exit", () => {
        clearInterval(timer);
        const seen = new Map<string, number>();
        for (const id of looks.flat()) seen.set(id, (seen.get(id) ?? 0) + 1);
        const lasts = (id: string) => (seen.get(id) ?? 0) > looks.length * 0.8;
        resolve({
          lasting: [...seen.keys()].filter(lasts).length,
          passing: Math.max(...looks.map((ids) => ids.filter((id) => !lasts(id)).length)),
          maps,
        });
      });
    });
  });
}
