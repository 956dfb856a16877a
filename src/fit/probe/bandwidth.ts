// How fast this machine's memory can be read, measured.
import { Worker } from "node:worker_threads";
import type { Bytes, Milliseconds } from "../../model/types.js";

/** Of each thread; with two threads already more than the caches of ordinary processors hold. */
const BUFFER: Bytes = 64_000_000;
/** Read at a time: a twentieth of a millisecond. */
const STEP: Bytes = 500_000;
/** A few threads take all there is. */
const MOST_THREADS = 8;
/**
 * Shorter than what a busy system gives a process at a time: in some of the windows all threads run together. With 12 processes on two
 * cores the best of 25 such windows gave 18-31 GB/s, where the best of five of 40 ms gave 3-7.
 */
const WINDOW_MS = 5;
const WINDOWS = 25;
/** Of the processor time that the threads should have had: with less, others were at work. */
const UNDISTURBED = 0.85;
/** No measurement is worth crowding others out. */
const SHARE_OF_RAM = 1 / 8;
/** The threads get ready in 50 ms, with ten processes for each core in two seconds. Nobody waits longer for an estimate. */
const READY_MS = 3_000;

/**
 * Looking for a byte that is not there reads a buffer as fast as memory allows (memchr). The windows of all threads begin at the same
 * moments.
 */
const THREAD = `
  const { parentPort, workerData: { size, step, windows, ms } } = require("node:worker_threads");
  const buffer = Buffer.alloc(size, 1);
  parentPort.once("message", (start) => {
    const read = new Array(windows).fill(0);
    for (let at = 0; ; at = (at + step) % size) {
      buffer.subarray(at, at + step).indexOf(0);
      const window = Math.floor((Number(process.hrtime.bigint()) / 1e6 - start) / ms);
      if (window >= windows) break;
      if (window >= 0) read[window] += step;
    }
    parentPort.postMessage(read);
  });
  parentPort.postMessage("ready");
`;

export interface Bandwidth {
  /** That all cores together read. */
  readonly bytesPerSecond: number;
  /** False on a machine that was busy with other things: memory may be faster. */
  readonly undisturbed: boolean;
}

/** The best of 25 windows of 5 ms; the reason where none could be measured. @param readyMs that the threads may take to begin */
export async function measureBandwidth(
  cores: number,
  ramAvailable: Bytes,
  readyMs: Milliseconds = READY_MS,
): Promise<Bandwidth | { readonly unknown: string }> {
  const count = Math.max(1, Math.min(cores, MOST_THREADS));
  if (count * BUFFER > ramAvailable * SHARE_OF_RAM) return { unknown: "there is too little free memory" };
  const workerData = { size: BUFFER, step: STEP, windows: WINDOWS, ms: WINDOW_MS };
  const threads: Worker[] = [];
  try {
    for (let index = 0; index < count; index++) threads.push(new Worker(THREAD, { eval: true, workerData }));
    await Promise.all(threads.map((thread) => message(thread, readyMs)));
    const readings = Promise.all(threads.map((thread) => message(thread, readyMs)));
    const before = process.cpuUsage();
    const start = Number(process.hrtime.bigint()) / 1e6;
    for (const thread of threads) thread.postMessage(start);
    const read = (await readings) as readonly (readonly number[])[];
    const { user, system } = process.cpuUsage(before);
    const windows = Array.from({ length: WINDOWS }, (_, window) =>
      read.reduce((sum, one) => sum + (one[window] ?? 0), 0),
    );
    const best = (Math.max(...windows) / WINDOW_MS) * 1000;
    if (best === 0) return { unknown: BUSY };
    return {
      bytesPerSecond: best,
      undisturbed: (user + system) / 1000 >= UNDISTURBED * count * WINDOWS * WINDOW_MS,
    };
  } catch (error) {
    return { unknown: error instanceof Late ? BUSY : "there was no thread to be had for it" };
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

const BUSY = "other programs take all of the processor";

class Late extends Error {}

function message(thread: Worker, limit: Milliseconds): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Late()), limit);
    const settle = (how: (value: unknown) => void) => (value: unknown) => {
      clearTimeout(timer);
      how(value);
    };
    thread.once("message", settle(resolve));
    thread.once("error", settle(reject));
    thread.once("exit", settle(reject));
  });
}
