// Names of GGUF quantizations and their order of quality.

/**
 * Nominal bits per weight of a whole model of each type, from the table in llama.cpp's tools/quantize/README.md
 * (Llama 3.1 8B); types not in that table carry their block's own size (ggml-common.h). Higher is closer to the original.
 */
const BITS_PER_WEIGHT: Readonly<Record<string, number>> = {
  F32: 32,
  BF16: 16,
  F16: 16,
  Q8_K_XL: 9.5,
  Q8_0: 8.5,
  Q6_K: 6.56,
  Q5_K_L: 5.8,
  Q5_K_M: 5.7,
  Q5_K_S: 5.57,
  Q5_K: 5.7,
  Q5_1: 6,
  Q5_0: 5.5,
  Q4_K_L: 5,
  Q4_K_M: 4.89,
  Q4_K: 4.89,
  Q4_1: 5,
  IQ4_NL: 4.68,
  Q4_K_S: 4.67,
  Q4_0: 4.6,
  IQ4_XS: 4.46,
  NVFP4: 4.5,
  MXFP4: 4.25,
  Q3_K_L: 4.3,
  Q3_K_M: 4,
  Q3_K: 4,
  IQ3_M: 3.76,
  IQ3_S: 3.66,
  Q3_K_S: 3.64,
  IQ3_XS: 3.5,
  IQ3_XXS: 3.25,
  Q2_K_L: 3.3,
  Q2_K: 3.16,
  Q2_K_S: 2.97,
  IQ2_M: 2.93,
  IQ2_S: 2.74,
  IQ2_XS: 2.59,
  IQ2_XXS: 2.38,
  Q2_0: 2.25,
  TQ2_0: 2.06,
  IQ1_M: 2.15,
  IQ1_S: 2,
  TQ1_0: 1.69,
  Q1_0: 1.13,
};

const SYNONYMS: Readonly<Record<string, string>> = {
  FP16: "F16",
  FP32: "F32",
  MXFP4_MOE: "MXFP4",
  Q8: "Q8_0",
  Q4: "Q4_K_M",
};

/** The labels that people publish, best first. */
export function knownQuants(): readonly string[] {
  return Object.keys(BITS_PER_WEIGHT);
}

/** The label in canonical upper case (`q4_k_m` -> `Q4_K_M`, `fp16` -> `F16`), or undefined when it names no known type. */
export function parseQuant(text: string): string | undefined {
  const upper = text.toUpperCase();
  const dynamic = upper.startsWith("UD-") ? "UD-" : "";
  const bare = upper.slice(dynamic.length);
  const known = SYNONYMS[bare] ?? bare;
  return bitsPerWeight(known) === undefined ? undefined : dynamic + known;
}

/** Nominal bits per weight of a canonical label; undefined for an unknown one. */
export function bitsPerWeight(quant: string): number | undefined {
  const bare = quant.replace(/^UD-/, "");
  // Publishers add _L and _XL to a known type that keeps some tensors at more bits: UD-Q4_K_XL, UD-Q2_K_XL, Q6_K_L.
  const base = bare.replace(/_X?L$/, "");
  return [bare, `${base}_M`, base].map((label) => BITS_PER_WEIGHT[label]).find((bits) => bits !== undefined);
}
