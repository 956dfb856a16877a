// The terminal while a chat has it: each key at once, pastes marked, Shift-Enter told from Enter where it can be.
import type { ReadStream, WriteStream } from "node:tty";
import { type Key, KeyDecoder } from "./keys.js";

/** Bracketed paste, and the first level of the kitty keyboard protocol; terminals that do not know it ignore it. */
const ON = "\u001b[?2004h\u001b[>1u";
const OFF = "\u001b[<u\u001b[?2004l\u001b[?25h";
/** The rest of a sequence comes at once, over slow lines too. */
const ESCAPE_MS = 50;

export class RawTerminal {
  readonly #decoder = new KeyDecoder();
  #timer: NodeJS.Timeout | undefined;
  #taken = false;
  readonly #read = (bytes: Uint8Array) => this.#decode(bytes);
  readonly #giveBack = () => this.give();

  constructor(
    private readonly stdin: ReadStream,
    private readonly stdout: WriteStream,
    private readonly onKey: (key: Key) => void,
    /** There is no terminal any more. */
    private readonly onEnd: () => void,
  ) {}

  take(): void {
    if (this.#taken) return;
    this.#taken = true;
    this.stdin.setRawMode(true);
    this.stdin.on("data", this.#read);
    this.stdin.on("end", this.onEnd);
    this.stdin.on("error", this.onEnd);
    this.stdin.resume();
    this.stdout.write(ON);
    // However the process ends: a shell in raw mode is of no use.
    process.on("exit", this.#giveBack);
  }

  give(): void {
    if (!this.#taken) return;
    this.#taken = false;
    process.off("exit", this.#giveBack);
    clearTimeout(this.#timer);
    this.stdin.off("data", this.#read);
    this.stdin.off("end", this.onEnd);
    this.stdin.off("error", this.onEnd);
    this.stdin.pause();
    try {
      this.stdin.setRawMode(false);
      this.stdout.write(OFF);
    } catch {
      // It is gone.
    }
  }

  #decode(bytes: Uint8Array): void {
    clearTimeout(this.#timer);
    for (const key of this.#decoder.add(bytes)) this.onKey(key);
    if (!this.#decoder.waits) return;
    this.#timer = setTimeout(() => {
      for (const key of this.#decoder.flush()) this.onKey(key);
    }, ESCAPE_MS);
  }
}
