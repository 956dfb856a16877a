// What each quantization loses, as published.

/**
 * Mean Kullback-Leibler divergence from the F16 model's next-token distribution, in nats per token, over Wikitext-2: Llama 3 8B,
 * llama.cpp's tools/perplexity/README.md ("LLaMA 3 8b Scoreboard", revision f364eb6f). Where it gives rows with and without an
 * importance matrix, the one with (10 million tokens): repositories that offer I-quants are made with one. Without it the order
 * is the same and the figures are 10 to 35 % higher. Other models lose more or less, in the same order (its Llama 2 columns).
 */
export const PUBLISHED_LOSS: Readonly<Record<string, number>> = {
  Q8_0: 0.001355,
  Q6_K: 0.005452,
  Q5_K_M: 0.010762,
  Q5_K_S: 0.016595,
  Q5_1: 0.018045,
  Q5_0: 0.022239,
  Q4_K_M: 0.028152,
  Q4_K_S: 0.031951,
  IQ4_NL: 0.035742,
  IQ4_XS: 0.036334,
  Q4_1: 0.071683,
  Q4_0: 0.07194,
  Q3_K_L: 0.073077,
  Q3_K_M: 0.084358,
  IQ3_M: 0.102534,
  IQ3_S: 0.111278,
  IQ3_XS: 0.138693,
  IQ3_XXS: 0.183625,
  Q3_K_S: 0.199821,
  IQ2_M: 0.325989,
  Q2_K: 0.332223,
  Q2_K_S: 0.40336,
  IQ2_S: 0.439197,
  IQ2_XS: 0.54629,
  IQ2_XXS: 0.812022,
  IQ1_M: 1.393084,
  IQ1_S: 2.254554,
};

/** Nothing is lost: the checkpoint's own types. (The table's 0.0006 for f16 is the rounding of the logits it compares with.) */
export const LOSSLESS: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);

/** Models that were trained and published in a quantized type, by architecture: there that type is the original. */
export const NATIVE_TYPE: Readonly<Record<string, string>> = { "gpt-oss": "MXFP4" };

/** The frontier of the table above, by which bits per weight alone are judged (bits: tools/quantize/README.md, Llama 3.1 8B). */
export const LOSS_BY_BITS: readonly (readonly [bits: number, loss: number])[] = [
  [1.69, 4],
  [2, 2.254554],
  [2.15, 1.393084],
  [2.38, 0.812022],
  [2.93, 0.325989],
  [3.25, 0.183625],
  [4, 0.084358],
  [4.46, 0.036334],
  [4.89, 0.028152],
  [5.7, 0.010762],
  [6.56, 0.005452],
  [8.5, 0.001355],
  [16, 0.0001],
];

/**
 * What a cache of quantized keys and values loses, of the same measure and model: llama.cpp pull request 7412, first table, the rows
 * f16/q8_0/q8_0 less f16/f16/f16. For Q4_0, which oslm takes only when asked to, no figure was at hand: ten times as much is said.
 */
export const CACHE_LOSS: Readonly<Record<"f16" | "q8_0" | "q4_0", number>> = { f16: 0, q8_0: 0.0008, q4_0: 0.008 };
