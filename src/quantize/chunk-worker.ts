// A thread of the process that quantizes rows (see chunk-process.ts): takes a task from its socket, answers it, and takes the next one.
// Both ends of the socket are done when whoever asked has gone.
import { readSync, writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { type ChunkReply, type ChunkTask, REPLY_BYTES, readTask, TASK_BYTES, writeReply } from "./chunk-task.js";
import { type NativeChunks, openChunks } from "./native.js";
import { WEIGHT_BYTES } from "./row-type.js";

const { library, socket } = workerData as { readonly library: string; readonly socket: number };
const head = new Uint8Array(TASK_BYTES);
let native: NativeChunks | undefined;
let stored = new Uint8Array(0);
let rows = new Float32Array(0);
let made = new Uint8Array(0);

while (take(head)) {
  const task = readTask(head);
  if (stored.length < task.bytes) stored = new Uint8Array(task.bytes);
  const weights = stored.subarray(0, task.bytes);
  const importance = task.important ? new Float32Array(task.perRow) : null;
  if (!take(weights) || (importance && !take(new Uint8Array(importance.buffer)))) break;
  give(answer(task, weights, importance));
}

function answer(task: ChunkTask, weights: Uint8Array, importance: Float32Array | null): ChunkReply {
  try {
    native ??= openChunks(library);
    return quantize(native, task, weights, importance);
  } catch (error) {
    return { unavailable: error instanceof Error ? error.message : String(error) };
  }
}

function quantize(
  { toFloats, needsImportance, rowBytes, quantize: run, isSound }: NativeChunks,
  { type, from, perRow }: ChunkTask,
  weights: Uint8Array,
  importance: Float32Array | null,
): ChunkReply {
  const count = weights.length / WEIGHT_BYTES[from];
  if (rows.length < count) rows = new Float32Array(count);
  const floats = rows.subarray(0, count);
  toFloats(from, weights, floats);
  const odd = oddOf(floats);
  if (odd >= 0) return { odd, weight: floats[odd] ?? 0 };
  if (importance === null && needsImportance(type)) return { bad: "its type needs an importance matrix" };
  const length = (count / perRow) * rowBytes(type, perRow);
  if (made.length < length) made = new Uint8Array(length);
  const bytes = made.subarray(0, length);
  run(type, floats, bytes, perRow, importance);
  return isSound(type, bytes) ? { bytes } : { bad: "what llama.cpp made of it is not sound" };
}

/**
 * The first that is not finite, or as large as no weight is: from 1e13 or so on the grids of llama.cpp's smallest types abort, which would
 * tell nobody where it stands. -1 without one. A plain loop: findIndex takes ten times as long.
 */
function oddOf(floats: Float32Array): number {
  for (let at = 0; at < floats.length; at++) if (!(Math.abs(floats[at] as number) < 1e9)) return at;
  return -1;
}

/** Fills it; false where nothing more comes. */
function take(into: Uint8Array): boolean {
  for (let at = 0; at < into.length; ) {
    const count = readSync(socket, into, at, into.length - at, null);
    if (count === 0) return false;
    at += count;
  }
  return true;
}

function give(reply: ChunkReply): void {
  const begin = new Uint8Array(REPLY_BYTES);
  const rest = writeReply(reply, begin);
  for (const part of [begin, rest]) for (let at = 0; at < part.length; ) at += writeSync(socket, part, at);
}
