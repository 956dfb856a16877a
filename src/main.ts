// The process edge: arguments, signals, closed pipes, exit code. Nothing else ends the process.
import { setMaxListeners } from "node:events";
import { setTimeout } from "node:timers/promises";
import { interrupt } from "./cli/interrupts.js";
import { isComputing, runCli } from "./cli/program.js";
import { OslmError } from "./errors.js";

const abort = new AbortController();
// Each request listens to it, and a model may have two dozen base models.
setMaxListeners(0, abort.signal);

let interrupted: NodeJS.Signals | undefined;

/**
 * Exits, or dies of the signal where the engine computes: an exit waits for its threads, which may take seconds. Shells call both 129, 130 or 143.
 */
function end(code: number, signal: NodeJS.Signals | undefined): void {
  if (signal === undefined || !isComputing()) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // The first process of a container does not die of its own signals.
  void setTimeout(100).then(() => process.exit(code));
}

const ENDED_BY = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // A chat takes Ctrl-C for itself.
    if (signal === "SIGINT" && interrupt()) return;
    // Of a terminal that goes, shell and system both tell.
    if (abort.signal.aborted && signal === "SIGHUP") return;
    // The second one does not wait for anything.
    if (abort.signal.aborted) end(ENDED_BY[signal], signal);
    interrupted = signal;
    abort.abort(new OslmError("interrupted", { signal }));
  });
}

// `oslm list | head -1` closes the pipe early, and that is success: whoever reads has seen enough. Without a reader of the news the
// result still has one.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // EIO: a terminal that is gone.
    if ((error.code === "EPIPE" || error.code === "EIO") && stream === process.stderr) return;
    if (error.code === "EPIPE") process.exit(0);
    const full = error.code === "ENOSPC" || error.code === "EDQUOT";
    if (stream === process.stdout) {
      process.stderr.write(`oslm: the output cannot be written\n  ${error.message}\nTry: write it to another disk\n`);
    }
    process.exit(full ? 6 : 1);
  });
}

void runCli(process.argv.slice(2), process, abort.signal).then(async (code) => {
  // Pipes are written asynchronously, and process.exit would cut them.
  await Promise.all([process.stdout, process.stderr].map((stream) => new Promise((done) => stream.write("", done))));
  // A small model is done with its step at once.
  for (let waits = 0; waits < 8 && isComputing(); waits++) await setTimeout(10);
  end(code, interrupted);
});
