// Runs the program's own `runCli` in this process, as Home.run does in one of its own: for what many starts would make slow.
import { PassThrough, Writable } from "node:stream";
import { runCli } from "../../src/cli/program.js";
import type { Home, Result } from "./oslm.js";

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
  const code = await runCli(args, process as unknown as NodeJS.Process, new AbortController().signal);
  return { code, stdout: stdout.text, stderr: stderr.text };
}
