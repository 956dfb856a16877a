// The functions of llama.cpp that quantize, called in the library that the engine uses: the one file that knows koffi.
//
// Only for processes of their own: llama.cpp asserts, and a wrong layout of its parameters would overwrite memory.
import koffi from "koffi";
import { type Imatrix, importanceKeys } from "./imatrix.js";
import type { QuantizeCall } from "./job.js";
import { NO_TYPE, PARAMETERS, type ReadDefaults, TAIL_BYTES } from "./layout.js";
import type { RowType } from "./row-type.js";

export interface NativeQuantizer {
  /** Of the library, as it says itself. */
  readonly version: string;
  /** For layoutFault. */
  readDefaults(): ReadDefaults;
  /** What the library says while it works, in pieces that end anywhere. */
  onLog(tell: (text: string) => void): void;
  /** llama_model_quantize in a thread; 0 is success. */
  quantize(call: QuantizeCall, imatrix?: Imatrix): Promise<number>;
}

/** struct llama_model_kv_override (llama.h); the union is as wide as its text, and aligned as its numbers. */
const KEY_BYTES = 128;
const VALUE_WORDS = 16;
const INTEGER = 0;
const TEXT = 3;

/** @param path of libllama. Throws what the system says when it cannot be loaded or lacks a function */
export function openQuantizer(path: string): NativeQuantizer {
  const library = koffi.load(path);
  const tail = koffi.array("uint8_t", TAIL_BYTES);
  const importance = koffi.struct({ name: "const char *", data: "const float *", size: "size_t" });
  const override = koffi.struct({
    tag: "int32_t",
    key: koffi.array("uint8_t", KEY_BYTES),
    value: koffi.array("int64_t", VALUE_WORDS),
  });
  const tensorType = koffi.struct({ pattern: "const char *", type: "int32_t" });
  const parameters = koffi.struct({
    ...PARAMETERS,
    imatrix: koffi.pointer(importance),
    kv_overrides: koffi.pointer(override),
    tt_overrides: koffi.pointer(tensorType),
    tail,
  });
  const defaults = library.func("llama_model_quantize_default_params", koffi.struct({ ...PARAMETERS, tail }), []);
  const run = library.func("llama_model_quantize", "uint32_t", ["str", "str", koffi.pointer(parameters)]);
  const callback = koffi.pointer(koffi.proto("void (int level, const char *text, void *data)"));
  const setLog = library.func("llama_log_set", "void", [callback, "void *"]);
  return {
    version: String(library.func("llama_version", "str", [])()),
    readDefaults: () => defaults() as ReadDefaults,
    // Called as long as the library lives; from its threads too, which wait for this one then.
    onLog: (tell) =>
      setLog(
        koffi.register((_level: number, text: string) => tell(text), callback),
        null,
      ),
    quantize: (call, imatrix) =>
      new Promise((resolve, reject) => {
        const { tensorTypes, outputType, embeddingType } = call;
        run.async(
          call.input,
          call.output,
          {
            nthread: call.threads,
            ftype: call.fileType,
            output_tensor_type: outputType ?? NO_TYPE,
            token_embedding_type: embeddingType ?? NO_TYPE,
            allow_requantize: call.allowRequantize,
            quantize_output_tensor: !call.leaveOutput,
            only_copy: false,
            pure: call.pure,
            keep_split: false,
            dry_run: call.dryRun,
            imatrix: imatrix === undefined ? null : [...imatrix.entries.map(importanceOf), NO_IMPORTANCE],
            kv_overrides: overridesOf(call, imatrix),
            tt_overrides:
              tensorTypes.length === 0
                ? null
                : [...tensorTypes.map(([pattern, type]) => ({ pattern, type })), { pattern: null, type: NO_TYPE }],
            prune_layers: null,
            max_buf_size: call.bufferBytes,
            tail: new Uint8Array(TAIL_BYTES),
          },
          (error: unknown, code: number) => (error ? reject(error) : resolve(code)),
        );
      }),
  };
}

const NO_IMPORTANCE = { name: null, data: null, size: 0 };

function importanceOf({ name, values }: Imatrix["entries"][number]) {
  return { name, data: values, size: values.length };
}

/** What the result's metadata gets besides the source's. */
function overridesOf({ realign, metadata }: QuantizeCall, imatrix: Imatrix | undefined) {
  const pairs = [
    ...(imatrix === undefined ? [] : importanceKeys(imatrix)),
    ...metadata,
    // The quantizer copies the key, and lays out its result by 32 all the same.
    ...(realign ? [["general.alignment", 32] as const] : []),
  ];
  if (pairs.length === 0) return null;
  const made = pairs.map(([key, value]) => ({
    tag: typeof value === "number" ? INTEGER : TEXT,
    ...bytesOf(key, value),
  }));
  return [...made, { tag: INTEGER, ...bytesOf("", 0) }];
}

function bytesOf(key: string, value: string | number) {
  const name = new Uint8Array(KEY_BYTES);
  new TextEncoder().encodeInto(key, name.subarray(0, -1));
  const words = new BigInt64Array(VALUE_WORDS);
  if (typeof value === "number") words[0] = BigInt(value);
  else new TextEncoder().encodeInto(value, new Uint8Array(words.buffer).subarray(0, -1));
  return { key: name, value: words };
}

export interface NativeChunks {
  /** ggml_fp16_to_fp32_row and ggml_bf16_to_fp32_row; a copy of F32. @param out as long as there are weights */
  toFloats(from: RowType, weights: Uint8Array, out: Float32Array): void;
  /** ggml_quantize_chunk; `out` has ggml_row_size for each row. */
  quantize(type: number, rows: Float32Array, out: Uint8Array, perRow: number, importance: Float32Array | null): void;
  /** ggml_row_size. */
  rowBytes(type: number, perRow: number): number;
  /** ggml_quantize_requires_imatrix. */
  needsImportance(type: number): boolean;
  /** ggml_validate_row_data: can these blocks be computed with? */
  isSound(type: number, bytes: Uint8Array): boolean;
}

/** @param path of libggml-base. Throws what the system says when it cannot be loaded or lacks a function */
export function openChunks(path: string): NativeChunks {
  const library = koffi.load(path);
  const quantize = library.func(
    "size_t ggml_quantize_chunk(int type, const float *src, _Out_ uint8_t *dst, int64_t start, int64_t nrows, int64_t n_per_row, const float *imatrix)",
  );
  const fromF16 = library.func("void ggml_fp16_to_fp32_row(const uint8_t *x, _Out_ float *y, int64_t k)");
  const fromBf16 = library.func("void ggml_bf16_to_fp32_row(const uint8_t *x, _Out_ float *y, int64_t k)");
  const rowSize = library.func("size_t ggml_row_size(int type, int64_t ne)");
  const requires = library.func("bool ggml_quantize_requires_imatrix(int type)");
  const validate = library.func("bool ggml_validate_row_data(int type, const uint8_t *data, size_t nbytes)");
  return {
    quantize(type, rows, out, perRow, importance) {
      const written = Number(quantize(type, rows, out, 0, rows.length / perRow, perRow, importance));
      if (written !== out.length) throw new RangeError(`${written} bytes in place of ${out.length}`);
    },
    toFloats(from, weights, out) {
      if (from === "F16") fromF16(weights, out, out.length);
      else if (from === "BF16") fromBf16(weights, out, out.length);
      else new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(weights);
    },
    rowBytes: (type, perRow) => Number(rowSize(type, perRow)),
    needsImportance: (type) => requires(type) as boolean,
    isSound: (type, bytes) => validate(type, bytes, bytes.length) as boolean,
  };
}
