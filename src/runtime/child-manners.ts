// What a process of oslm's own does for the one that started it.
import { writeFileSync } from "node:fs";

/** Without whoever asked, nobody waits for the answer. An ordinary exit would wait for a load that goes on in its thread. */
export function endWithParent(): void {
  const end = () => process.kill(process.pid, "SIGKILL");
  process.stdin.once("end", end).once("error", end).resume();
}

/** Where memory runs out, this process is to be ended, not its parent or another program. Raising one's own score takes no rights. */
export function dieFirst(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // No such file on other systems, and in some containers.
  }
}
