// Hashes of files while they come, in a thread of their own: the end of a download need not wait for a second reading.
import { Worker } from "node:worker_threads";
import { PIECE_BYTES } from "../model/piece-sums.js";
import type { Bytes, KnownFile } from "../model/types.js";

export type HashOrder = { readonly id: number } & (
  | {
      readonly type: "open";
      readonly path: string;
      readonly algorithm: "sha1" | "sha256";
      readonly prefix: string;
      readonly pieceBytes: Bytes;
    }
  | { readonly type: "advance"; readonly edge: Bytes }
  | { readonly type: "digest"; readonly size: Bytes }
  | { readonly type: "restart" }
  | { readonly type: "close" }
);

export type HashAnswer = { readonly id: number } & (
  | { readonly type: "digest"; readonly hex: string; readonly sums: readonly number[] }
  | { readonly type: "failed"; readonly message: string }
);

export interface Digest {
  /** Of the whole file, lower case: sha256, or git's sha1. */
  readonly hex: string;
  /** CRC-32 of each piece of PIECE_BYTES. */
  readonly sums: readonly number[];
}

/** One thread for any number of files; it starts with the first. */
export class Hasher {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, { resolve(digest: Digest): void; reject(error: Error): void }>();
  readonly #failed = new Map<number, Error>();
  #ended: Error | undefined;
  #last = 0;

  constructor(private readonly script = new URL("./hash-worker.js", import.meta.url)) {}

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(this.script, { resourceLimits: { maxOldGenerationSizeMb: 32 } });
    this.#worker = worker;
    worker.unref();
    worker.on("message", (answer: HashAnswer) => {
      if (answer.type === "digest") this.#settle(answer.id, (waiting) => waiting.resolve(answer));
      else this.#fail(answer.id, new Error(answer.message));
    });
    worker.on("error", (error) => this.#end(error));
    worker.on("exit", () => this.#end(new Error("the hashing thread has ended")));
    return worker;
  }

  /** Follows the file at `path`, which must exist. */
  follow(path: string, file: KnownFile): Following {
    const id = ++this.#last;
    const git = file.sha256 === undefined;
    const [algorithm, prefix] = git ? (["sha1", `blob ${file.size}\0`] as const) : (["sha256", ""] as const);
    const worker = this.#thread();
    const send = (order: HashOrder) => worker.postMessage(order);
    send({ type: "open", id, path, algorithm, prefix, pieceBytes: PIECE_BYTES });
    return {
      advance: (edge) => send({ type: "advance", id, edge }),
      restart: () => send({ type: "restart", id }),
      digest: () =>
        new Promise((resolve, reject) => {
          const failure = this.#ended ?? this.#failed.get(id);
          if (failure) return reject(failure);
          this.#waiting.set(id, { resolve, reject });
          worker.ref();
          send({ type: "digest", id, size: file.size });
        }),
      close: () => send({ type: "close", id }),
    };
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  #settle(id: number, how: (waiting: { resolve(digest: Digest): void; reject(error: Error): void }) => void): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if (waiting) how(waiting);
  }

  #end(error: Error): void {
    this.#ended ??= error;
    for (const id of [...this.#waiting.keys()]) this.#fail(id, error);
  }

  /** Without anybody waiting the failure is kept for whoever asks for the digest. */
  #fail(id: number, error: Error): void {
    this.#failed.set(id, error);
    this.#settle(id, (waiting) => waiting.reject(error));
  }
}

export interface Following {
  /** Tells that all bytes before `edge` are written and stay as they are. */
  advance(edge: Bytes): void;
  /** Forgets what was read: bytes have changed. */
  restart(): void;
  /** Of the whole file, which is complete now. */
  digest(): Promise<Digest>;
  close(): void;
}
