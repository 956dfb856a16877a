// Rows of weights quantized in memory, as the whole-file quantizer would: for what streams a model tensor by tensor. By threads of another
// process, so that this one goes on with reading and writing, whatever becomes of that.
import { OslmError } from "../errors.js";
import { tensorBytes, tensorTypeNamed } from "../gguf/tensor-types.js";
import type { Bytes } from "../model/types.js";
import { ChunkPool, noQuantizer } from "./chunk-pool.js";
import { type RowType, WEIGHT_BYTES } from "./row-type.js";
import { weightType } from "./tensor-type.js";

export interface Rows {
  /** The tensor, for messages. */
  readonly name: string;
  /** What they become, as in gguf/tensor-types.ts; F32, F16 and BF16 too. */
  readonly type: string;
  /** What they are. */
  readonly from: RowType;
  /** Whole rows, one after the other. They stay as they are until all is done. */
  readonly bytes: Uint8Array;
  /** Weights of a row. */
  readonly perRow: number;
  /** How much each of a row's columns matters; some types need it. */
  readonly importance?: Float32Array;
}

export interface ChunkQuantizer {
  /**
   * The rows as they stand in a file; several calls may be under way.
   * @throws OslmError quantize-failed for weights that are not finite or end the process, out-of-memory, no-quantizer; RangeError for rows
   *   that are no whole blocks
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
 * @param script default: the process of the built program
 */
export function openChunkQuantizer(
  library: string,
  threads: number,
  script = new URL("./chunk-process.js", import.meta.url),
): ChunkQuantizer {
  let opened: ChunkPool | undefined;
  return {
    async quantize({ name, type, from: stored, bytes: weights, perRow, importance }) {
      const id = weightType(type);
      const bytes = rowBytes(type, perRow);
      const rowsWide = perRow * WEIGHT_BYTES[stored];
      if (id === undefined || bytes === undefined || weights.length % rowsWide !== 0) {
        throw new RangeError(`${weights.length} bytes of ${stored} in rows of ${perRow} cannot be ${type}`);
      }
      opened ??= new ChunkPool(library, threads, script);
      const pool = opened;
      const count = weights.length / rowsWide;
      const out = new Uint8Array(count * bytes);
      const each = Math.max(1, Math.min(Math.ceil(PIECE / perRow), Math.ceil(count / threads)));
      const pieces = Array.from({ length: Math.ceil(count / each) }, (_, at) => at * each);
      await Promise.all(
        pieces.map(async (from) => {
          const rows = weights.subarray(from * rowsWide, (from + each) * rowsWide);
          const task = { type: id, from: stored, perRow, bytes: rows.length, important: importance !== undefined };
          const reply = await pool.ask(name, task, importance ? [rows, bytesOf(importance)] : [rows]);
          if ("bytes" in reply) out.set(reply.bytes, from * bytes);
          else if ("unavailable" in reply) throw noQuantizer(reply.unavailable);
          else
            throw new OslmError("quantize-failed", {
              file: name,
              reason: "bad" in reply ? reply.bad : sayOdd(reply, from, perRow),
            });
        }),
      );
      return out;
    },
    close: async () => opened?.end(),
  };
}

/** @param from the first row of the piece */
function sayOdd({ odd, weight }: { odd: number; weight: number }, from: number, perRow: number): string {
  return `weight ${odd % perRow} of row ${from + Math.floor(odd / perRow)} is ${weight}`;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);
