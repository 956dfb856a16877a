// Writes streamed text as it comes.
import { once } from "node:events";
import { sanitize } from "./sanitize.js";

/**
 * Streams text as it comes, and ends it with exactly one newline. On a terminal control sequences are taken out; a pipe
 * gets the model's bytes unchanged.
 */
export class AnswerWriter {
  #endsWithNewline = true;
  #empty = true;

  #trims: boolean;
  readonly #style: (text: string) => string;

  /**
   * @param tty whether a terminal shows it, which the text must not steer
   * @param exact whether its beginning counts: of a text that is continued
   */
  constructor(
    private readonly stream: NodeJS.WritableStream,
    private readonly tty: boolean,
    { style = (text: string): string => text, exact = false } = {},
  ) {
    this.#style = style;
    this.#trims = !exact;
  }

  /** Waits while the reader is slower than the model. */
  async write(text: string): Promise<void> {
    // Models begin answers with blanks and newlines that the template did not ask for.
    const wanted = this.#trims ? text.trimStart() : text;
    const shown = this.tty ? sanitize(wanted) : wanted;
    if (shown === "") return;
    this.#empty = false;
    this.#trims = false;
    this.#endsWithNewline = shown.endsWith("\n");
    // What a stream that broke means is up to its listener.
    if (!this.stream.write(this.#style(shown))) await once(this.stream, "drain").catch(() => undefined);
  }

  end(): void {
    if (!this.#endsWithNewline || this.#empty) this.stream.write("\n");
  }
}
