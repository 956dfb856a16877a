// How a file is brought into memory, and with how many threads: rules of thumb with a measurement behind each.
import type { Bytes, Host, Tokens } from "../model/types.js";

/** Part of the usable RAM from which a copy of the weights is too risky. */
const TIGHT = 0.9;
/** Below this a second thread costs more than it computes. */
const TINY: Bytes = 100_000_000;

/**
 * Map the file, or read it into memory? Read: with mmap and K-quants on AVX2 the engine repacks most of the weights and keeps both
 * (1.1B Q4_K_M: mapped 630 MiB plus a copy of 455, peak 1,256 MiB against 813 without mmap), at no gain in speed or load time.
 * When the load nearly fills the RAM, map: pages of a file can be dropped where anonymous memory would be killed for.
 */
export function chooseMmap(ramNeeded: Bytes, ramUsable: Bytes): boolean {
  return ramNeeded > ramUsable * TIGHT;
}

/**
 * Prompt tokens read in one step. llama.cpp's default of 512 on a GPU; a quarter of it on the processor, where reading is no slower for it,
 * an abort is heard in a second, and buffers take a quarter.
 */
export function chooseBatch(gpuLayers: number): Tokens {
  return gpuLayers > 0 ? 512 : 128;
}

/**
 * Threads for decoding: the physical cores this process may use, never more (4 threads on 2 cores took 1.1B from 23 to 0.4 tokens a second:
 * the engine's threads wait spinning), and one for tiny models (260K: 60-100 tokens/s with two, 650-1,450 with one).
 */
export function chooseThreads(weights: Bytes, host: Pick<Host, "cores">): number {
  return weights < TINY ? 1 : Math.max(1, Math.floor(host.cores));
}
