// The quantizer, and what it needs.

export interface QuantizeFacts {
  "bad-imatrix": { file: string; reason: string };
  /** Types that small need an importance matrix; `tensor` is one that would get such a type. */
  "needs-imatrix": { quant: string; tensor: string; instead: string };
  /** What loses twice is done only when asked for. */
  "already-quantized": { file: string; type: string; instead: string };
  /** The library that comes with the engine cannot be asked to quantize, or not by this oslm. */
  "no-quantizer": { platform: string; reason: string };
  "quantize-failed": { file: string; reason: string };
}
