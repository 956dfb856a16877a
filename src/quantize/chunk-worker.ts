// A thread that quantizes rows: see chunk.ts, which sends one ChunkTask at a time.
import { parentPort, workerData } from "node:worker_threads";
import { openChunks } from "./native.js";
import { type RowType, WEIGHT_BYTES } from "./row-type.js";

export interface ChunkTask {
  /** ggml_type. */
  readonly type: number;
  readonly from: RowType;
  readonly rows: Uint8Array;
  readonly perRow: number;
  /** How much each column matters. */
  readonly importance: Float32Array | null;
}

export type ChunkReply =
  | { readonly bytes: Uint8Array }
  /** The first weight that is not finite, or so large that its square is not. */
  | { readonly odd: number; readonly weight: number }
  /** Of these weights nothing can be made. */
  | { readonly bad: string }
  /** The library cannot be used. */
  | { readonly unavailable: string };

let native: ReturnType<typeof openChunks> | undefined;
let room = new Float32Array(0);

function work({ type, from, rows: stored, perRow, importance }: ChunkTask): ChunkReply {
  try {
    native ??= openChunks(workerData as string);
  } catch (error) {
    return { unavailable: error instanceof Error ? error.message : String(error) };
  }
  const count = stored.length / WEIGHT_BYTES[from];
  if (room.length < count) room = new Float32Array(count);
  const rows = room.subarray(0, count);
  native.toFloats(from, stored, rows);
  const odd = oddOf(rows);
  if (odd >= 0) return { odd, weight: rows[odd] ?? 0 };
  if (importance === null && native.needsImportance(type)) return { bad: "its type needs an importance matrix" };
  const bytes = new Uint8Array((rows.length / perRow) * native.rowBytes(type, perRow));
  native.quantize(type, rows, bytes, perRow, importance);
  return native.isSound(type, bytes) ? { bytes } : { bad: "what llama.cpp made of it is not sound" };
}

/** The first that the library would abort at; -1 without one. A plain loop: findIndex takes ten times as long. */
function oddOf(rows: Float32Array): number {
  for (let at = 0; at < rows.length; at++) if (!(Math.abs(rows[at] as number) < 1e18)) return at;
  return -1;
}

parentPort?.on("message", (task: ChunkTask) => {
  const reply = work(task);
  parentPort?.postMessage(reply, "bytes" in reply ? [reply.bytes.buffer as ArrayBuffer] : []);
});
