// The thread that hashes files while they are written: it reads what lies below the edge that it is told, and no more.
import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { crc32 } from "node:zlib";
import type { HashAnswer, HashOrder } from "./hasher.js";

const READ_BYTES = 1024 * 1024;
/** Between two looks at what else was ordered. */
const TURN_BYTES = 32 * READ_BYTES;
const buffer = Buffer.allocUnsafe(READ_BYTES);

class Follower {
  readonly #descriptor: number;
  #hash: Hash;
  #at = 0;
  #sums: number[] = [];
  #sum = 0;
  edge = 0;
  /** Set when the digest of so many bytes is waited for. */
  wanted: number | undefined;

  constructor(private readonly order: Extract<HashOrder, { type: "open" }>) {
    this.#descriptor = openSync(order.path, "r");
    this.#hash = this.#begin();
  }

  #begin(): Hash {
    const hash = createHash(this.order.algorithm);
    return this.order.prefix === "" ? hash : hash.update(this.order.prefix);
  }

  restart(): void {
    this.#hash = this.#begin();
    [this.#at, this.#sum, this.#sums, this.edge] = [0, 0, [], 0];
  }

  get idle(): boolean {
    return this.#at >= this.edge;
  }

  read(): void {
    const { pieceBytes } = this.order;
    for (const stop = Math.min(this.edge, this.#at + TURN_BYTES); this.#at < stop; ) {
      const pieceEnd = (Math.floor(this.#at / pieceBytes) + 1) * pieceBytes;
      const length = readSync(
        this.#descriptor,
        buffer,
        0,
        Math.min(READ_BYTES, stop - this.#at, pieceEnd - this.#at),
        this.#at,
      );
      if (length === 0) throw new Error("the file became shorter while it was read");
      const bytes = buffer.subarray(0, length);
      this.#hash.update(bytes);
      this.#sum = crc32(bytes, this.#sum);
      this.#at += length;
      if (this.#at === pieceEnd) this.#endPiece();
    }
  }

  #endPiece(): void {
    this.#sums.push(this.#sum);
    this.#sum = 0;
  }

  digest(): Pick<Extract<HashAnswer, { type: "digest" }>, "hex" | "sums"> {
    const rest = this.#at % this.order.pieceBytes === 0 ? [] : [this.#sum];
    return { hex: this.#hash.copy().digest("hex"), sums: [...this.#sums, ...rest] };
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

const followers = new Map<number, Follower>();
let turning = false;

parentPort?.on("message", (order: HashOrder) => {
  attempt(order.id, () => {
    const follower = followers.get(order.id);
    if (order.type === "open") followers.set(order.id, new Follower(order));
    else if (order.type === "advance" && follower) follower.edge = Math.max(follower.edge, order.edge);
    else if (order.type === "restart") follower?.restart();
    else if (order.type === "digest" && follower) [follower.edge, follower.wanted] = [order.size, order.size];
    else if (order.type === "close") {
      followers.delete(order.id);
      follower?.close();
    }
  });
  if (!turning) turn();
});

/** Reads a little of every file, then lets new orders in. */
function turn(): void {
  for (const [id, follower] of followers) {
    attempt(id, () => {
      follower.read();
      if (follower.wanted === undefined || !follower.idle) return;
      follower.wanted = undefined;
      answer({ type: "digest", id, ...follower.digest() });
    });
  }
  turning = [...followers.values()].some(({ idle }) => !idle);
  if (turning) setImmediate(turn);
}

function attempt(id: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    const follower = followers.get(id);
    if (follower) follower.edge = 0;
    answer({ type: "failed", id, message: error instanceof Error ? error.message : String(error) });
  }
}

function answer(message: HashAnswer): void {
  parentPort?.postMessage(message);
}
