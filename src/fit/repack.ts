// Which weights llama.cpp's processor backend lays out anew as it loads them, for its faster kernels
// (ggml_repack_get_optimal_repack_type in ggml-cpu/repack.cpp, v0.5.0). What is read from the file takes no more memory for it; what is
// mapped is held twice, and so is an embedding table that serves as the output head too.
import type { TensorInfo } from "../gguf/values.js";
import type { Host } from "../model/types.js";

export type Processor = NonNullable<Host["processor"]>;

/** Rows have to come in groups of so many. Q2_K on x64 wants AVX-512: counted for all, as the larger figure. */
const ROWS: Readonly<Record<Processor, Readonly<Record<string, number>>>> = {
  x64: { Q2_K: 8, Q4_0: 8, Q4_K: 8, IQ4_NL: 8, MXFP4: 8 },
  arm64: { Q1_0: 4, Q4_0: 4, Q4_K: 8, Q5_K: 8, Q6_K: 8, Q8_0: 4, IQ4_NL: 4, MXFP4: 4 },
};

/** Is this tensor repacked where it is multiplied with? Matrices are, and the stacked ones of experts. */
export function isRepacked({ name, type, dims }: Pick<TensorInfo, "name" | "type" | "dims">, on: Processor): boolean {
  const group = ROWS[on][type];
  if (group === undefined || (dims[1] ?? 1) % group !== 0 || !name.endsWith(".weight")) return false;
  const depth = dims.filter((dim, index) => index < 2 || dim > 1).length;
  return dims.length > 1 && depth === (name.includes("_exps.") ? 3 : 2);
}

/** Types in whose files no tensor is repacked: Q5 and Q6 files hold nothing smaller (llama_tensor_get_type_impl in llama-quant.cpp). */
const NEVER: Readonly<Record<Processor, RegExp>> = { x64: /^(B?F|Q[568])/, arm64: /^B?F/ };

/** May a file of this quantization (canonical label, or `unknown`) hold anything that is repacked? */
export function mayRepack(quant: string, on: Processor): boolean {
  return !NEVER[on].test(quant.replace(/^UD-/, ""));
}
