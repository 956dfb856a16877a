// What a model can be quantized to.

export interface FileType {
  /** As it is written in file names. */
  readonly label: string;
  /** LLAMA_FTYPE_* (llama.h). */
  readonly id: number;
  /** Refused without an importance matrix: most of its tensors get a type that is garbage without one. */
  readonly needsImatrix: boolean;
}

/**
 * All that llama_ftype_get_default_type knows, and of those the ones whose tensors tensor_requires_imatrix names (src/llama-quant.cpp,
 * llama.cpp v0.5.0). Best first, by nominal bits.
 */
export const FILE_TYPES: readonly FileType[] = (
  [
    ["F32", 0],
    ["BF16", 32],
    ["F16", 1],
    ["Q8_0", 7],
    ["Q6_K", 18],
    ["Q5_1", 9],
    ["Q5_K_M", 17],
    ["Q5_K_S", 16],
    ["Q5_0", 8],
    ["Q4_1", 3],
    ["Q4_K_M", 15],
    ["IQ4_NL", 25],
    ["Q4_K_S", 14],
    ["Q4_0", 2],
    ["IQ4_XS", 30],
    ["Q3_K_L", 13],
    ["MXFP4", 38],
    ["Q3_K_M", 12],
    ["IQ3_M", 27],
    ["IQ3_S", 26],
    ["Q3_K_S", 11],
    ["IQ3_XS", 22, true],
    ["IQ3_XXS", 23, true],
    ["Q2_K", 10],
    ["Q2_K_S", 21, true],
    ["IQ2_M", 29, true],
    ["IQ2_S", 28, true],
    ["IQ2_XS", 20, true],
    ["IQ2_XXS", 19, true],
    ["Q2_0", 41],
    ["IQ1_M", 31, true],
    ["TQ2_0", 37],
    ["IQ1_S", 24, true],
    ["TQ1_0", 36],
    ["Q1_0", 40],
  ] as const
).map(([label, id, needsImatrix = false]) => ({ label, id, needsImatrix }));

/** Other names that people know, as llama-quantize takes them. */
const SYNONYMS: Readonly<Record<string, string>> = {
  FP16: "F16",
  FP32: "F32",
  Q3_K: "Q3_K_M",
  Q4_K: "Q4_K_M",
  Q5_K: "Q5_K_M",
  MXFP4_MOE: "MXFP4",
};

/** Undefined when there is no such type; capitals do not matter. */
export function fileType(name: string): FileType | undefined {
  const upper = name.toUpperCase();
  const label = SYNONYMS[upper] ?? upper;
  return FILE_TYPES.find((type) => type.label === label);
}
