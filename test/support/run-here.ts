// Runs the built program's `runCli` in this process, as Home.run does in one of its own: for what many starts would make slow.
import { setMaxListeners } from "node:events";
import { createRequire } from "node:module";
import { PassThrough, Writable } from "node:stream";
import type { Home, Result } from "./oslm.js";

/** The chunk that dist/main.js takes it from: see `GROUPS` in scripts/bundle.mjs. */
const START = "../../dist/parts/start.js";

class Collected extends Writable {
  text = "";
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Neither a terminal nor stdin, and the working directory is that of the tests. */
export async function runHere(home: Home, args: readonly string[]): Promise<Result> {
  const [stdout, stderr] = [new Collected(), new Collected()];
  const process = { env: home.env, stdin: new PassThrough().end(), stdout, stderr };
  const { runCli } = createRequire(import.meta.url)(START) as typeof import("../../src/cli/program.js");
  const { signal } = new AbortController();
  // As main.ts does.
  setMaxListeners(0, signal);
  const code = await runCli(args, process as unknown as NodeJS.Process, signal);
  return { code, stdout: stdout.text, stderr: stderr.text };
}
