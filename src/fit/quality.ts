// The order of quantizations by quality, which is not quite that of their size.
import { bitsPerWeight } from "../model/quant.js";

/** Bits of each weight by the label: 4 for Q4_K_M, IQ4_XS and MXFP4, 16 for F16; 0 for an unknown label. */
export function nominalBits(quant: string): number {
  const bare = quant.replace(/^UD-/, "");
  const digits = /^(?:I?Q|B?F|TQ|(?:MX|NV)FP)(\d+)/.exec(bare)?.[1];
  return digits === undefined ? 0 : Number(digits);
}

/**
 * Greater is better. Nominal bits decide; within them bits per weight, where the old formats (Q4_0, Q4_1, Q5_0, Q5_1) rank half a bit lower
 * than their size (llama.cpp's perplexity tables: Q4_1 at 5.0 bits is no better than Q4_K_S at 4.67), and dynamic quantizations a
 * little higher.
 */
export function qualityOf(quant: string): number {
  const old = /Q[45]_[01]$/.test(quant) ? 0.5 : 0;
  const dynamic = quant.startsWith("UD-") ? 0.1 : 0;
  return nominalBits(quant) * 100 + (bitsPerWeight(quant) ?? 0) - old + dynamic;
}
