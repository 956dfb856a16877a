// The process that quantizes rows, seen from the one that asks. Begun with the first question.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { OslmError } from "../errors.js";
import { type ChunkReply, type ChunkTask, readReply, writeTask } from "./chunk-task.js";
import { chunkFailure } from "./failure.js";

const KEPT_TEXT = 4000;

export class ChunkPool {
  readonly #child: ChildProcess;
  readonly #lines: readonly Line[];
  readonly #ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  #errors = "";

  /** @param library path of libggml-base @throws OslmError no-quantizer */
  constructor(library: string, threads: number, script: URL) {
    const sockets = Array.from({ length: threads }, () => "pipe" as const);
    try {
      this.#child = spawn(process.execPath, [fileURLToPath(script), library, String(threads)], {
        stdio: ["ignore", "ignore", "pipe", ...sockets],
        // What a terminal sends to all of its processes is for the one that asks; this one ends with its sockets.
        detached: true,
        windowsHide: true,
      });
    } catch (cause) {
      throw noQuantizer(cause instanceof Error ? cause.message : String(cause));
    }
    const { stdio, stderr }: Partial<ChildProcess> = this.#child;
    const said = stderr && once(stderr, "close");
    this.#ended = new Promise((resolve, reject) => {
      this.#child.on("error", (cause) => reject(noQuantizer(cause.message)));
      // What it said last comes before that, or after it.
      this.#child.on("exit", (code, signal) => void said?.finally(() => resolve({ code, signal })));
    });
    this.#ended.catch(() => {});
    stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors = (this.#errors + text).slice(-KEPT_TEXT);
    });
    // There are none where the process could not be started for want of file descriptors.
    this.#lines = (stdio ?? []).slice(3).map((socket) => new Line(socket as Socket));
  }

  /**
   * Whichever thread has the least to do answers it.
   * @param tensor for messages @param parts the bytes that the task says
   * @throws OslmError quantize-failed where the process ends over it, out-of-memory, no-quantizer
   */
  async ask(tensor: string, task: ChunkTask, parts: readonly Uint8Array[]): Promise<ChunkReply> {
    const [first, ...others] = this.#lines;
    if (first === undefined) throw await this.#failure(tensor);
    const free = others.reduce((least, one) => (one.waiting < least.waiting ? one : least), first);
    const reply = await free.ask(task, parts);
    if (reply === undefined) throw await this.#failure(tensor);
    return reply;
  }

  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    for (const line of this.#lines) line.end();
    await this.#ended.catch(() => {});
  }

  async #failure(tensor: string): Promise<OslmError> {
    return chunkFailure(tensor, { ...(await this.#ended), errors: this.#errors });
  }
}

/** One thread's socket: it answers in the order of the questions. */
class Line {
  waiting = 0;
  #last: Promise<unknown> = Promise.resolve();
  #wake = (): void => {};

  constructor(private readonly socket: Socket) {
    for (const event of ["readable", "close"]) socket.on(event, () => this.#wake());
    // Its end tells.
    socket.on("error", () => {});
  }

  end(): void {
    this.socket.destroy();
  }

  /** Undefined where the process has ended. */
  async ask(task: ChunkTask, parts: readonly Uint8Array[]): Promise<ChunkReply | undefined> {
    this.waiting++;
    const before = this.#last;
    for (const part of [writeTask(task), ...parts]) this.socket.write(part);
    const reply = before.then(() => this.#reply());
    this.#last = reply;
    return reply.finally(() => this.waiting--);
  }

  async #reply(): Promise<ChunkReply | undefined> {
    try {
      return await readReply((bytes) => this.#take(bytes));
    } catch (error) {
      if (error === GONE) return undefined;
      throw error;
    }
  }

  async #take(bytes: number): Promise<Uint8Array> {
    while (bytes > 0) {
      const got = this.socket.read(bytes) as Buffer | null;
      if (got?.length === bytes) return got;
      if (got !== null || this.socket.destroyed) throw GONE;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return new Uint8Array(0);
  }
}

const GONE = new Error("the process has ended");

export function noQuantizer(reason: string): OslmError {
  return new OslmError("no-quantizer", { platform: `${process.platform}-${process.arch}`, reason });
}
