// Lines from a person or a pipe, one at a time; none is lost between two questions. The terminal itself edits and echoes
// them: nothing here moves a cursor.
import { createInterface, type Interface } from "node:readline";
import type { Terminal } from "./terminal.js";

export class LineReader {
  readonly #lines: Interface;
  readonly #waiting: string[] = [];
  #resolve: ((line: string | undefined) => void) | undefined;
  #closed = false;

  constructor(private readonly terminal: Terminal) {
    this.#lines = createInterface({ input: terminal.stdin, terminal: false });
    this.#lines.on("line", (line) => {
      if (this.#resolve) this.#answer(line);
      else this.#waiting.push(line);
    });
    this.#lines.on("close", () => {
      this.#closed = true;
      this.#answer(undefined);
    });
  }

  /** The next line; undefined at the end of the input, or after `close`. On a terminal it is asked for with `prompt`. */
  async next(prompt: string): Promise<string | undefined> {
    const line = this.#waiting.shift();
    if (line !== undefined || this.#closed) return line;
    if (this.terminal.stdinTty) this.terminal.stderr.write(prompt);
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** The terminal goes to another program for a while. */
  pause(): void {
    this.#lines.pause();
  }

  resume(): void {
    this.#lines.resume();
  }

  close(): void {
    this.#lines.close();
  }

  #answer(line: string | undefined): void {
    this.#resolve?.(line);
    this.#resolve = undefined;
  }
}
