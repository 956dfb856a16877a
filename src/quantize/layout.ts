// The parameters of the quantizer as llama.cpp v0.5.0 lays them out in memory, and what it sets them to when nobody does.

/**
 * `struct llama_model_quantize_params` (include/llama.h), in order, in the words of C. Nothing in a library says how its structs look:
 * before the first call the defaults are read back by this layout, and compared with DEFAULTS.
 */
export const PARAMETERS = {
  nthread: "int32_t",
  ftype: "int32_t",
  output_tensor_type: "int32_t",
  token_embedding_type: "int32_t",
  allow_requantize: "bool",
  quantize_output_tensor: "bool",
  only_copy: "bool",
  pure: "bool",
  keep_split: "bool",
  dry_run: "bool",
  imatrix: "void *",
  kv_overrides: "void *",
  tt_overrides: "void *",
  prune_layers: "void *",
  max_buf_size: "size_t",
} as const;

export type ParameterName = keyof typeof PARAMETERS;

/** As many bytes behind the last parameter must stay as they were: a longer struct of another release would be seen there. */
export const TAIL_BYTES = 64;

/** Any tensor type: GGML_TYPE_COUNT (ggml.h). */
export const NO_TYPE = 43;

/** llama_model_quantize_default_params (src/llama-quant.cpp). Numbers and flags of four kinds: a shift by one parameter shows. */
export const DEFAULTS: Readonly<Record<ParameterName, number | boolean | null>> = {
  nthread: 0,
  ftype: 7,
  output_tensor_type: NO_TYPE,
  token_embedding_type: NO_TYPE,
  allow_requantize: false,
  quantize_output_tensor: true,
  only_copy: false,
  pure: false,
  keep_split: false,
  dry_run: false,
  imatrix: null,
  kv_overrides: null,
  tt_overrides: null,
  prune_layers: null,
  max_buf_size: 8 * 2 ** 30,
};

/** What a library says of its defaults; `tail` is what it wrote behind them. */
export type ReadDefaults = Readonly<Record<ParameterName, unknown>> & { readonly tail: ArrayLike<number> };

/** Why these are not the parameters that this oslm knows; undefined where they are. */
export function layoutFault(read: ReadDefaults): string | undefined {
  for (const [name, value] of Object.entries(DEFAULTS)) {
    const found = read[name as ParameterName];
    if (found !== value) return `its default for ${name} reads as ${String(found)}, not as ${String(value)}`;
  }
  if (Array.from(read.tail).some((byte) => byte !== 0)) return "it has more parameters than are known";
  return undefined;
}
