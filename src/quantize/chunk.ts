// Rows of weights quantized in memory, as the whole-file quantizer would: for what streams a model tensor by tensor. In threads, so that
// this one goes on with reading and writing.
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { OslmError } from "../errors.js";
import { tensorBytes, tensorTypeNamed } from "../gguf/tensor-types.js";
import type { Bytes } from "../model/types.js";
import type { ChunkReply, ChunkTask } from "./chunk-worker.js";
import { type RowType, WEIGHT_BYTES } from "./row-type.js";
import { weightType } from "./tensor-type.js";

export interface Rows {
  /** The tensor, for messages. */
  readonly name: string;
  /** What they become, as in gguf/tensor-types.ts; F32, F16 and BF16 too. */
  readonly type: string;
  /** What they are. */
  readonly from: RowType;
  /** Whole rows, one after the other. They are copied at once. */
  readonly bytes: Uint8Array;
  /** Weights of a row. */
  readonly perRow: number;
  /** How much each of a row's columns matters; some types need it. */
  readonly importance?: Float32Array;
}

export interface ChunkQuantizer {
  /**
   * The rows as they stand in a file; several calls may be under way.
   * @throws OslmError quantize-failed for weights that are not finite, no-quantizer; RangeError for rows that are no whole blocks
   */
  quantize(rows: Rows): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Of weights: large enough that handing them over costs nothing, and small enough that all threads have work. */
const PIECE = 2 ** 20;

/** Bytes of a row; undefined for types that weights do not have, and rows that are no whole number of the type's blocks. */
export function rowBytes(type: string, perRow: number): Bytes | undefined {
  const known = weightType(type) === undefined ? undefined : tensorTypeNamed(type.toUpperCase());
  const bytes = known && tensorBytes(known, [BigInt(perRow)]);
  return bytes === undefined ? undefined : Number(bytes);
}

/**
 * @param library path of libggml-base
 * @param script default: the thread of the built program
 */
export function openChunkQuantizer(
  library: string,
  threads: number,
  script = new URL("./chunk-worker.js", import.meta.url),
): ChunkQuantizer {
  const pool = Array.from({ length: threads }, () => new Thread(library, script));
  return {
    async quantize({ name, type, from: stored, bytes: weights, perRow, importance }) {
      const id = weightType(type);
      const bytes = rowBytes(type, perRow);
      const rowsWide = perRow * WEIGHT_BYTES[stored];
      if (id === undefined || bytes === undefined || weights.length % rowsWide !== 0) {
        throw new RangeError(`${weights.length} bytes of ${stored} in rows of ${perRow} cannot be ${type}`);
      }
      const count = weights.length / rowsWide;
      const out = new Uint8Array(count * bytes);
      const each = Math.max(1, Math.min(Math.ceil(PIECE / perRow), Math.ceil(count / threads)));
      const pieces = Array.from({ length: Math.ceil(count / each) }, (_, at) => at * each);
      await Promise.all(
        pieces.map(async (from) => {
          const rows = weights.slice(from * rowsWide, (from + each) * rowsWide);
          const task = { type: id, from: stored, rows, perRow, importance: importance ?? null };
          const free = pool.reduce((least, one) => (one.waiting < least.waiting ? one : least));
          const reply = await free.ask(task);
          if ("bytes" in reply) out.set(reply.bytes, from * bytes);
          else if ("unavailable" in reply) throw unavailable(reply.unavailable);
          else
            throw new OslmError("quantize-failed", {
              file: name,
              reason: "bad" in reply ? reply.bad : sayOdd(reply, from, perRow),
            });
        }),
      );
      return out;
    },
    close: async () => void (await Promise.all(pool.map((thread) => thread.end()))),
  };
}

/** @param from the first row of the piece */
function sayOdd({ odd, weight }: { odd: number; weight: number }, from: number, perRow: number): string {
  return `weight ${odd % perRow} of row ${from + Math.floor(odd / perRow)} is ${weight}`;
}

/** Answers in the order of the questions. Begun with the first one. */
class Thread {
  #worker: Worker | undefined;
  readonly #open: { resolve(reply: ChunkReply): void; reject(error: unknown): void }[] = [];

  constructor(
    private readonly library: string,
    private readonly script: URL,
  ) {}

  get waiting(): number {
    return this.#open.length;
  }

  ask(task: ChunkTask): Promise<ChunkReply> {
    this.#worker ??= this.#start();
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      this.#open.push({ resolve, reject });
      worker.postMessage(task, [task.rows.buffer as ArrayBuffer]);
    });
  }

  async end(): Promise<void> {
    await this.#worker?.terminate();
  }

  #start(): Worker {
    const worker = new Worker(fileURLToPath(this.script), { workerData: this.library });
    // Nobody waits for a thread that has nothing to do.
    worker.unref();
    worker.on("message", (reply: ChunkReply) => this.#open.shift()?.resolve(reply));
    const fail = (error: unknown): void => {
      for (const { reject } of this.#open.splice(0)) reject(error);
    };
    worker.on("error", (error) => fail(unavailable(error.message)));
    worker.on("exit", (code) => fail(unavailable(`its thread ended with code ${code}`)));
    return worker;
  }
}

function unavailable(reason: string): OslmError {
  return new OslmError("no-quantizer", { platform: `${process.platform}-${process.arch}`, reason });
}
