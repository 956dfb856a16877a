// How tokens are drawn where nobody says otherwise.
import type { GgufMetadata } from "../../gguf/values.js";
import { ANSWER_BOUNDS, isWithin } from "../../model/answer-bounds.js";
import type { Sampling } from "../../runtime/engine.js";

/** llama.cpp's own defaults (common/common.h, common_params_sampling); a model's `general.sampling.*` keys go before. */
const SAMPLING = {
  temp: 0.8,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
  repeatPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repeatLastN: 64,
} as const;

/** Those for which llama.cpp knows a key. */
const KEYS = {
  temp: "temp",
  topK: "top_k",
  topP: "top_p",
  minP: "min_p",
  repeatPenalty: "penalty_repeat",
  repeatLastN: "penalty_last_n",
} as const;

/** The publisher's recommendation (llama.cpp's `general.sampling.*` keys) where it makes sense, with llama.cpp's defaults for the rest. */
export function defaultSampling({ metadata }: GgufMetadata): Omit<Sampling, "seed"> {
  const recommended: Partial<Record<keyof typeof KEYS, number>> = {};
  for (const [name, key] of Object.entries(KEYS) as [keyof typeof KEYS, string][]) {
    const value = metadata.get(`general.sampling.${key}`);
    const number = ANSWER_BOUNDS[name].whole ? Math.round(Number(value)) : value;
    if (typeof value === "number" && isWithin(number, ANSWER_BOUNDS[name])) recommended[name] = number;
  }
  return { ...SAMPLING, ...recommended };
}
