// A thread that quantizes rows: see chunk.ts, which sends one ChunkTask at a time.
import { parentPort, workerData } from "node:worker_threads";
import { openChunks } from "./native.js";

export interface ChunkTask {
  /** ggml_type. */
  readonly type: number;
  readonly rows: Float32Array;
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

function work({ type, rows, perRow, importance }: ChunkTask): ChunkReply {
  try {
    native ??= openChunks(workerData as string);
  } catch (error) {
    return { unavailable: error instanceof Error ? error.message : String(error) };
  }
  // The library aborts at some of them.
  const odd = rows.findIndex((weight) => !(Math.abs(weight) < 1e18));
  if (odd >= 0) return { odd, weight: rows[odd] ?? 0 };
  if (importance === null && native.needsImportance(type)) return { bad: "its type needs an importance matrix" };
  const bytes = new Uint8Array((rows.length / perRow) * native.rowBytes(type, perRow));
  native.quantize(type, rows, bytes, perRow, importance);
  return native.isSound(type, bytes) ? { bytes } : { bad: "what llama.cpp made of it is not sound" };
}

parentPort?.on("message", (task: ChunkTask) => {
  const reply = work(task);
  parentPort?.postMessage(reply, "bytes" in reply ? [reply.bytes.buffer as ArrayBuffer] : []);
});
