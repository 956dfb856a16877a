// A thread for what may take for ever, or all memory: a stranger's template, a pattern.
import { Worker } from "node:worker_threads";
import type { Milliseconds } from "../model/types.js";

const MEMORY_MB = 256;
/** Addresses for compiled code. V8 would reserve 500 MB more than this takes, of which `ulimit -v` leaves none over. */
const CODE_MB = 16;

export interface Patience {
  readonly deadlineMs: Milliseconds;
  /** The reason given when that is over. */
  readonly late: string;
}

/** It answers one question after another and keeps no process waiting. Once it has ended, whoever asks is told why. */
export class BoundedWorker<Question, Reply> {
  readonly #worker: Worker;
  #last: Promise<unknown> = Promise.resolve();
  #heard: ((reply: Reply) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  #failure: Error | undefined;

  /** Starts at once. @param data what the thread finds as `workerData` */
  constructor(script: URL, data?: unknown) {
    this.#worker = new Worker(script, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, codeRangeSizeMb: CODE_MB },
    });
    this.#worker
      .on("message", (reply: Reply) => this.#heard?.(reply))
      .on("error", (error) => this.#fail(error))
      .on("exit", () => this.#fail(new Error("it exhausted its memory")));
    this.#worker.unref();
  }

  /** @throws Error why the thread ended: what it threw, its memory, its deadline */
  ask(question: Question, patience: Patience): Promise<Reply> {
    return this.#queue(() => {
      this.#worker.postMessage(question);
      return this.#hear(patience);
    });
  }

  /** What it says of itself. @throws Error as `ask` does */
  hear(patience: Patience): Promise<Reply> {
    return this.#queue(() => this.#hear(patience));
  }

  async dispose(): Promise<void> {
    await this.#worker.terminate();
  }

  #queue(run: () => Promise<Reply>): Promise<Reply> {
    const reply = this.#last.then(run);
    this.#last = reply.catch(() => {});
    return reply;
  }

  #hear({ deadlineMs, late }: Patience): Promise<Reply> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#worker.ref();
    const timer = setTimeout(() => {
      this.#fail(new Error(late));
      void this.#worker.terminate();
    }, deadlineMs);
    return new Promise<Reply>((resolve, reject) => {
      this.#heard = resolve;
      this.#failed = reject;
    }).finally(() => {
      clearTimeout(timer);
      this.#worker.unref();
    });
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#failed?.(this.#failure);
  }
}
