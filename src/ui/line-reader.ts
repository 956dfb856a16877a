// Lines from a person or a pipe, one at a time; none is lost between two questions.
import { createInterface, type Interface } from "node:readline";
import type { Terminal } from "./terminal.js";

export class LineReader {
  readonly #lines: Interface;
  readonly #waiting: string[] = [];
  #resolve: ((line: string | undefined) => void) | undefined;
  #closed = false;

  /** @param onInterrupt called for Ctrl-C, which then does nothing else */
  constructor(
    private readonly terminal: Terminal,
    onInterrupt: () => void,
  ) {
    const { stdin, stderr, stdinTty } = terminal;
    this.#lines = createInterface({
      input: stdin,
      output: stdinTty ? stderr : undefined,
      terminal: stdinTty,
      historySize: 100,
    });
    this.#lines.on("line", (line) => {
      if (this.#resolve) this.#answer(line);
      else this.#waiting.push(line);
    });
    this.#lines.on("close", () => {
      this.#closed = true;
      this.#answer(undefined);
    });
    this.#lines.on("SIGINT", onInterrupt);
  }

  /** What is typed so far on the line. */
  get typed(): string {
    return this.#lines.line;
  }

  /** The next line; undefined at the end of the input, or after `close`. */
  async next(prompt: string): Promise<string | undefined> {
    const line = this.#waiting.shift();
    if (line !== undefined || this.#closed) return line;
    if (this.terminal.stdinTty) {
      this.#lines.setPrompt(prompt);
      this.#lines.prompt();
    }
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Throws away what is typed, as a shell does, and shows the prompt again. */
  restart(): void {
    this.#lines.write(null, { ctrl: true, name: "u" });
    this.#lines.prompt(true);
  }

  close(): void {
    this.#lines.close();
  }

  #answer(line: string | undefined): void {
    this.#resolve?.(line);
    this.#resolve = undefined;
  }
}
