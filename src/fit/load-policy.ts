// How a file is brought into memory, and with how many threads: rules of thumb with a measurement behind each.
import type { Bytes, Host, Tokens } from "../model/types.js";

/** Part of the usable RAM from which the margin no longer covers what an estimate may miss. */
const TIGHT = 0.9;
/** Below this a second thread costs more than it computes. */
const TINY: Bytes = 100_000_000;

/**
 * Map the file, or read it into memory? Read: what the engine repacks (repack.ts) a mapped file holds twice. Peaks in MiB, read against
 * mapped: llama Q4_K 610 and 844, qwen3moe Q4_K 1,304 and 1,920; Q8_0 and F16 on x64, where nothing is repacked, the same within 5 %
 * (bench/README.md). Mapping gains no speed and no load time. When the load nearly fills the RAM, map: pages of a file can be dropped where
 * anonymous memory would be killed for. A limit on addresses (`ulimit -v`) counts the mapped pages as well: below one, read.
 */
export function chooseMmap(ramNeeded: Bytes, ramUsable: Bytes, { mayMap = true }: Pick<Host, "mayMap">): boolean {
  return mayMap && isTight(ramNeeded, ramUsable);
}

/** Does a load nearly fill the RAM? Then a copy of the weights is too risky, and it is tried with all its memory first. */
export function isTight(ramNeeded: Bytes, ramUsable: Bytes): boolean {
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
