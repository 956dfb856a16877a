// The engine in a child process, for files that may kill it.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { LoadOptions } from "../../src/runtime/engine.js";

const RUN_TS = fileURLToPath(new URL("./run-ts.mjs", import.meta.url));
const CHILD = fileURLToPath(new URL("./load-child.ts", import.meta.url));

/** Vite and the engine's library take seconds on a busy machine. */
const START_MS = 60_000;

export type Outcome = { readonly is: "loaded" | "refused" | "died" | "hung"; readonly why: string };

/** One process loads many files; after one that kills it, or hangs, the next gets a new one. */
export class Loader {
  #child: { readonly process: ChildProcess; readonly lines: Interface; stderr: string } | undefined;

  /** @param deadlineMs for one file, besides the start of the process */
  constructor(private readonly deadlineMs = 20_000) {}

  async load(options: LoadOptions): Promise<Outcome> {
    const deadlineMs = this.deadlineMs + (this.#child === undefined ? START_MS : 0);
    this.#child ??= this.#start();
    const child = this.#child;
    child.stderr = "";
    const outcome = await new Promise<Outcome>((resolve) => {
      const answer = (line: string) => settle({ is: line.startsWith("loaded") ? "loaded" : "refused", why: line });
      const end = (code: number | null, signal: string | null) =>
        settle({ is: "died", why: `${signal ?? code}: ${child.stderr.trim().slice(-400)}` });
      const timer = setTimeout(() => settle({ is: "hung", why: `no answer in ${deadlineMs} ms` }), deadlineMs);
      const settle = (result: Outcome) => {
        clearTimeout(timer);
        child.lines.off("line", answer);
        child.process.off("close", end);
        resolve(result);
      };
      child.lines.on("line", answer);
      child.process.on("close", end);
      child.process.stdin?.write(`${JSON.stringify(options)}\n`);
    });
    if (outcome.is === "died" || outcome.is === "hung") this.close();
    return outcome;
  }

  #start() {
    const process_ = spawn(process.execPath, [RUN_TS, CHILD], { stdio: "pipe" });
    const child = { process: process_, lines: createInterface({ input: process_.stdout }), stderr: "" };
    process_.stdin.on("error", () => {});
    process_.stderr.setEncoding("utf8").on("data", (text: string) => {
      child.stderr = (child.stderr + text).slice(-4000);
    });
    return child;
  }

  close(): void {
    this.#child?.process.kill("SIGKILL");
    this.#child = undefined;
  }
}
