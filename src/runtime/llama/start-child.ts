// Starts a script of oslm's own that tries something where it can do no harm.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

/**
 * Undefined where no process can be started: of some wants, that of memory among them, Node tells by throwing; of others by an `error`
 * event of the child, whose streams may then be missing. The child is killed after `timeout` milliseconds.
 */
export function startChild(args: readonly string[], timeout: number): ChildProcessWithoutNullStreams | undefined {
  try {
    return spawn(process.execPath, args, { stdio: ["pipe", "pipe", "pipe"], timeout, killSignal: "SIGKILL" });
  } catch {
    return undefined;
  }
}
