// A Hub with a repository of a real model's shape and sizes; of the weights nothing is there but zeros.
import { ENGINE_FIGURES } from "../fit/engine-figures.js";
import { type FakeHub, startFakeHub } from "./fake-hub.js";
import { type GgufSpec, writeGguf } from "./gguf-writer.js";

/** Sizes in bytes of bartowski's Llama 3.1 8B, rounded. */
export const SIZES_8B: Readonly<Record<string, number>> = {
  Q2_K: 3.18e9,
  Q3_K_M: 4.02e9,
  IQ4_XS: 4.45e9,
  Q4_0: 4.68e9,
  Q4_K_M: 4.92e9,
  Q5_K_M: 5.73e9,
  Q6_K: 6.6e9,
  Q8_0: 8.54e9,
  F16: 16.07e9,
};

/** @param figure of test/fit/engine-figures.ts: what the headers say @param other keys in place of the figure's */
export async function startSizedHub(
  id: string,
  sizes = SIZES_8B,
  figure = "llama3.1-8b",
  other: GgufSpec["metadata"] = {},
): Promise<FakeHub> {
  const metadata = ENGINE_FIGURES.find((one) => one.id === figure)?.metadata ?? {};
  const head = writeGguf({ metadata: { ...metadata, ...other } });
  const files = Object.entries(sizes).map(([quant, size]) => [`m-${quant}.gguf`, { head, size }] as const);
  return startFakeHub({ repos: [{ id, files: Object.fromEntries(files), card: { license: "apache-2.0" } }] });
}
