// The quantizer, and what it needs.
import type { QuantizeFacts } from "../../errors/quantize.js";
import { capitalized } from "../../model/capitalized.js";
import type { Entries } from "./entry.js";

export const quantizeReports: Entries<QuantizeFacts> = {
  "bad-imatrix": (f) => [
    8,
    `${f.file} is not a usable importance matrix`,
    `${capitalized(f.reason)}.`,
    "check where the file comes from; llama-imatrix makes them, in GGUF or in its older format",
  ],
  "needs-imatrix": (f) => [
    2,
    `${f.quant} needs an importance matrix`,
    `Without one for ${f.tensor} the result would be garbage.`,
    f.instead,
  ],
  "already-quantized": (f) => [
    2,
    `${f.file} is quantized already`,
    `Its weights are of ${f.type}. What was lost then is not had again: from F16, BF16 or F32 the result is better.`,
    f.instead,
  ],
  "no-quantizer": (f) => [
    9,
    `nothing can be quantized on this machine (${f.platform})`,
    `The llama.cpp library that comes with oslm is not the one it was made for, or does not start: ${f.reason}.`,
    "install oslm again with its optional packages: npm ci --include=optional",
  ],
  "quantize-failed": (f) => [
    9,
    `${f.file} could not be quantized`,
    `llama.cpp says: ${f.reason}`,
    "oslm verify   (is the file whole?), or try another type",
  ],
};
