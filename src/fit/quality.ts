// How much of a model's quality a quantization keeps.
import { bitsPerWeight } from "../model/quant.js";
import { LOSS_BY_BITS, LOSSLESS, NATIVE_TYPE, PUBLISHED_LOSS } from "./quantization-loss.js";

export interface Quality {
  /** Bits per weight: of the type where the label names one, else those of the file. */
  readonly bits: number;
  /** Expected divergence from the unquantized model, in nats per token: smaller is better, 0 loses nothing. */
  readonly loss: number;
  /** Is the loss a published one of this very type, or interpolated from the bits? */
  readonly source: "published" | "from-bits";
}

export interface QualitySubject {
  /** Canonical label, or `unknown`. */
  readonly quant: string;
  /** Bits per weight of the file: its size over the model's parameters. */
  readonly fileBits: number;
  readonly architecture?: string;
}

/**
 * Publishers keep some tensors of a known type at more bits (UD-Q4_K_XL, Q4_K_L). What that gains no table tells for models at
 * large, so such a file ranks just above its type, and no better than its bits.
 */
const VARIATION = 0.97;

/** Q4_0, the worst of what people call Q4: with more loss than this, it shows in ordinary use. */
export const DECENT_LOSS = PUBLISHED_LOSS.Q4_0 ?? 0;

export function qualityOf({ quant, fileBits, architecture = "" }: QualitySubject): Quality {
  const type = quant.replace(/^UD-/, "");
  const known = bitsPerWeight(type);
  const bits = known ?? fileBits;
  if (LOSSLESS.has(type) || NATIVE_TYPE[architecture] === type) return { bits, loss: 0, source: "published" };
  const own = PUBLISHED_LOSS[type];
  if (own !== undefined) {
    return { bits, loss: type === quant ? own : own * VARIATION, source: "published" };
  }
  const base = type.replace(/_X?L$/, "");
  const published = [`${base}_M`, base].map((label) => PUBLISHED_LOSS[label]).find((loss) => loss !== undefined);
  if (published === undefined) return { bits, loss: lossOfBits(bits), source: "from-bits" };
  // Q4_K alone has always meant Q4_K_M.
  return { bits, loss: base === quant ? published : published * VARIATION, source: "published" };
}

/** Interpolated between the published types, logarithms along bits. */
export function lossOfBits(bits: number): number {
  const above = LOSS_BY_BITS.findIndex(([at]) => at >= bits);
  const [highBits, high] = LOSS_BY_BITS.at(above) ?? [0, 0];
  const [lowBits, low] = LOSS_BY_BITS[above - 1] ?? [0, high];
  if (above < 0) return 0;
  const part = (bits - lowBits) / (highBits - lowBits);
  return low * (high / low) ** part;
}
