// Writes a streamed answer to stdout.
import { once } from "node:events";
import { sanitize } from "./sanitize.js";
import type { Terminal } from "./terminal.js";

/**
 * Streams text as it comes, and ends it with exactly one newline. On a terminal control sequences are taken out; a pipe
 * gets the model's bytes unchanged.
 */
export class AnswerWriter {
  #endsWithNewline = true;
  #empty = true;

  constructor(private readonly terminal: Terminal) {}

  /** Waits while the reader is slower than the model. */
  async write(text: string): Promise<void> {
    // Models begin answers with blanks and newlines that the template did not ask for.
    const wanted = this.#empty ? text.trimStart() : text;
    const shown = this.terminal.stdoutTty ? sanitize(wanted) : wanted;
    if (shown === "") return;
    this.#empty = false;
    this.#endsWithNewline = shown.endsWith("\n");
    if (!this.terminal.stdout.write(shown)) await once(this.terminal.stdout, "drain");
  }

  end(): void {
    if (!this.#endsWithNewline || this.#empty) this.terminal.stdout.write("\n");
  }
}
