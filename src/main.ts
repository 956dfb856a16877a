// The process edge: arguments, signals, closed pipes, exit code. Nothing else ends the process.
import { setMaxListeners } from "node:events";
import { interrupt } from "./cli/interrupts.js";
import { runCli } from "./cli/program.js";
import { OslmError } from "./errors.js";

const abort = new AbortController();
// Each request listens to it, and a model may have two dozen base models.
setMaxListeners(0, abort.signal);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // A chat takes Ctrl-C for itself.
    if (signal === "SIGINT" && interrupt()) return;
    // The second one does not wait for anything.
    if (abort.signal.aborted) process.exit(signal === "SIGINT" ? 130 : 143);
    abort.abort(new OslmError("interrupted", { signal }));
  });
}

// `oslm list | head -1` closes the pipe early, and that is success: whoever reads has seen enough.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
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
  process.exit(code);
});
