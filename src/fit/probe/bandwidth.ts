// How fast this machine's memory can be read, measured.
import { Worker } from "node:worker_threads";
import type { Bytes } from "../../model/types.js";

/** Of each thread; with two threads already more than the caches of ordinary processors hold. */
const BUFFER: Bytes = 64_000_000;
/** A few threads take all there is. */
const MOST_THREADS = 8;
const WINDOW_MS = 40;
const WINDOWS = 5;
/** Of the processor time that the threads should have had: with less, others were at work and it measured them. */
const UNDISTURBED = 0.85;
/** No measurement is worth crowding others out. */
const SHARE_OF_RAM = 1 / 8;

/**
 * Looking for a byte that is not there reads a buffer as fast as memory allows (memchr). All threads begin together; the windows tell
 * what each read in the same time.
 */
const THREAD = `
  const { parentPort, workerData: { size, windows, ms } } = require("node:worker_threads");
  const buffer = Buffer.alloc(size, 1);
  const step = size / 16;
  parentPort.once("message", () => {
    const read = new Array(windows).fill(0);
    const start = performance.now();
    for (let at = 0; ; at = (at + step) % size) {
      buffer.subarray(at, at + step).indexOf(0);
      const window = Math.floor((performance.now() - start) / ms);
      if (window >= windows) break;
      read[window] += step;
    }
    parentPort.postMessage(read);
  });
  parentPort.postMessage("ready");
`;

/**
 * Bytes per second that all cores together read, in the best of five windows of 40 ms; the whole takes some 300 ms.
 * Null when there is too little free memory to measure, the machine is busy, or no thread could be had.
 */
export async function measureBandwidth(cores: number, ramAvailable: Bytes): Promise<number | null> {
  const count = Math.max(1, Math.min(cores, MOST_THREADS));
  if (count * BUFFER > ramAvailable * SHARE_OF_RAM) return null;
  const workerData = { size: BUFFER, windows: WINDOWS, ms: WINDOW_MS };
  const threads = Array.from({ length: count }, () => new Worker(THREAD, { eval: true, workerData }));
  try {
    await Promise.all(threads.map(message));
    const readings = Promise.all(threads.map(message));
    const before = process.cpuUsage();
    for (const thread of threads) thread.postMessage("go");
    const read = (await readings) as readonly (readonly number[])[];
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1000 < UNDISTURBED * count * WINDOWS * WINDOW_MS) return null;
    const windows = Array.from({ length: WINDOWS }, (_, window) =>
      read.reduce((sum, one) => sum + (one[window] ?? 0), 0),
    );
    return (Math.max(...windows) / WINDOW_MS) * 1000;
  } catch {
    return null;
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

function message(thread: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
    thread.once("exit", () => reject(new Error("the thread has ended")));
  });
}
