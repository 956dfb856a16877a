// Which layers see a sliding window only, as llama.cpp v0.5.0 reads it (src/models/*.cpp, load_swa_pattern).
import type { ArchitectureKeys } from "./keys.js";

interface Pattern {
  /** One layer in so many sees everything; the file may say otherwise. */
  readonly period?: number;
  /** The full layer comes first in each period, not last. */
  readonly fullFirst?: boolean;
  /** In tokens, where the file gives none. */
  readonly window?: number;
}

/** Architectures that are not here see everything in every layer, whatever `sliding_window` says: Mistral and Phi among them. */
const PATTERNS: Readonly<Record<string, Pattern>> = {
  afmoe: { period: 4 },
  cohere2: { period: 4 },
  cohere2moe: { period: 4, fullFirst: true },
  "exaone-moe": { period: 4, window: 128 },
  exaone4: { period: 4 },
  "gemma-embedding": { period: 6 },
  gemma2: { period: 2, window: 4096 },
  gemma3: { period: 6 },
  gemma3n: { period: 5 },
  "gpt-oss": { period: 2 },
  laguna: { period: 4, fullFirst: true },
  // Chunked rather than sliding, with the same cache.
  llama4: { period: 4, window: 8192 },
  mellum: { period: 4 },
  "modern-bert": { period: 3, fullFirst: true },
  "muse-glimmer": { period: 4 },
  olmo2: { period: 4 },
  plamo3: { period: 8 },
  smallthinker: { period: 4, fullFirst: true },
  // These must carry the pattern in the file.
  gemma4: {},
  granite_swa: {},
  maple: {},
  mimo2: {},
  spark2_5: {},
  step35: {},
};

/** They have no cache, or a chunked one: the engine ends the process over the input of full layers that nothing reads (ggml-backend.cpp). */
const NEED_FULL = new Set(["gemma-embedding", "llama4", "modern-bert"]);

export interface SlidingWindow {
  readonly tokens: number;
  /** For each layer: does it see the window only? */
  readonly layers: readonly boolean[];
}

/** Null when every layer sees everything. @throws OslmError malformed-gguf for a pattern that the engine does not survive */
export function slidingWindowOf(keys: ArchitectureKeys, layers: number): SlidingWindow | null {
  const pattern = PATTERNS[keys.architecture];
  const given = keys.integer("attention.sliding_window");
  if (pattern === undefined || given === 0) return null;
  // EXAONE 4: only the 32B, recognised by its 64 layers, slides.
  const exaone = keys.architecture === "exaone4" && layers === 64 ? 4096 : undefined;
  const tokens = keys.architecture === "llama4" ? pattern.window : (given ?? pattern.window ?? exaone);
  if (tokens === undefined || (keys.architecture === "exaone4" && exaone === undefined)) return null;
  const stated = keys.get("attention.sliding_window_pattern");
  const flags = Array.isArray(stated) ? stated.slice(0, layers).map(Boolean) : undefined;
  const period = keys.architecture in PATTERNS && !Array.isArray(stated) ? patternPeriod(keys, pattern) : undefined;
  const sliding = flags ?? Array.from({ length: layers }, (_, layer) => slides(layer, period ?? 0, pattern.fullFirst));
  // llama.cpp asserts this when it makes the cache, and the process dies of it (llama-model.cpp, create_memory).
  if (!sliding.includes(true)) keys.fail("the file has a sliding window but no layer that uses it");
  if (NEED_FULL.has(keys.architecture) && !sliding.includes(false)) keys.fail("no layer sees more than the window");
  return { tokens, layers: sliding };
}

function patternPeriod(keys: ArchitectureKeys, pattern: Pattern): number {
  const period = keys.integer("attention.sliding_window_pattern") ?? pattern.period;
  return period ?? keys.fail(`the key ${keys.architecture}.attention.sliding_window_pattern is missing`);
}

/** `llama_hparams::set_swa_pattern`; a period of 0 makes every layer slide. */
function slides(layer: number, period: number, fullFirst = false): boolean {
  if (period === 0) return true;
  return fullFirst ? layer % period !== 0 : layer % period < period - 1;
}
