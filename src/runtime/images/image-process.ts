// The process that reads images, from outside: lines go in, lines come out, and it may end at any time.
import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { type FromChild, parseLine, type ToChild } from "./messages.js";

/** Only the end of its log tells why. */
const KEPT_TEXT = 16_000;
/** A reply is a piece of text at most. */
const LONGEST_LINE = 2 ** 24;

/** How it ended, in words that read like `it was ended by SIGSEGV`. */
export class ChildEnded extends Error {}

export class ImageProcess {
  readonly #child: ChildProcess;
  readonly #heard: FromChild[] = [];
  #wake: (() => void) | undefined;
  #rest = "";
  #log = "";
  #ended: string | undefined;

  constructor(script = new URL("./image-child.js", import.meta.url)) {
    const path = fileURLToPath(script);
    this.#child = spawn(process.execPath, [path], {
      // Its output is a log that holds the prompt: nobody reads it.
      stdio: ["pipe", "ignore", "pipe", "pipe"],
      windowsHide: true,
      // What the library cannot decode it gives to the ffprobe and ffmpeg that it finds. A path that is a file has no programs in it, and
      // on Windows the working directory is looked through as well.
      env: { ...process.env, PATH: process.execPath },
      cwd: dirname(path),
    });
    const { stdin, stderr, stdio } = this.#child;
    // A child that has ended takes no more.
    stdin?.on("error", () => {});
    stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#log = (this.#log + text).slice(-KEPT_TEXT);
    });
    const replies = stdio[3] as Readable | null;
    replies?.setEncoding("utf8").on("data", (text: string) => this.#hear(text));
    this.#child.on("error", (error) => this.#end(`it could not be started: ${error.message}`));
    this.#child.on("close", (code, signal) =>
      this.#end(signal ? `it was ended by ${signal}` : `it ended with ${code}`),
    );
  }

  /** The last lines that the library wrote. */
  get log(): string {
    return this.#log;
  }

  tell(message: ToChild): void {
    this.#child.stdin?.write(`${JSON.stringify(message)}\n`);
  }

  /** What it says next. @throws ChildEnded where it says nothing more; the signal's reason */
  async next(signal?: AbortSignal): Promise<FromChild> {
    for (;;) {
      signal?.throwIfAborted();
      const message = this.#heard.shift();
      if (message !== undefined) return message;
      if (this.#ended !== undefined) throw new ChildEnded(this.#ended);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        this.#wake = wake;
        signal?.addEventListener("abort", wake);
      });
    }
  }

  /** Ends it at once, and waits until it has gone. */
  async kill(): Promise<void> {
    if (this.#ended !== undefined) return;
    const gone = new Promise((resolve) => this.#child.once("close", resolve));
    this.#child.kill("SIGKILL");
    await gone;
  }

  #hear(text: string): void {
    // Only the new text is looked through: a line may come in hundreds of pieces.
    const lines = text.split("\n");
    lines[0] = this.#rest + lines[0];
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > LONGEST_LINE) this.#child.kill("SIGKILL");
    for (const line of lines) {
      const message = parseLine(line);
      if (message !== undefined) this.#heard.push(message);
    }
    this.#wake?.();
  }

  #end(how: string): void {
    this.#ended ??= how;
    this.#wake?.();
  }
}
