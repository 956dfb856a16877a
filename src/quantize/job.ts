// What the quantizer's process is asked, and what it says.

/** One call of llama_model_quantize. Numbers are those of llama.cpp: see file-types.ts and gguf/tensor-types.ts. */
export interface QuantizeCall {
  /** Absolute; the first of several shards, which become one file. */
  readonly input: string;
  /** Absolute; overwritten. */
  readonly output: string;
  readonly fileType: number;
  readonly threads: number;
  /** Of output.weight and of token_embd.weight, in place of what the file type says. */
  readonly outputType?: number;
  readonly embeddingType?: number;
  /** Regular expressions of C++ and the type of the tensors whose names have a part that fits; the first that does counts. */
  readonly tensorTypes: readonly (readonly [pattern: string, type: number])[];
  readonly leaveOutput: boolean;
  readonly allowRequantize: boolean;
  /** All tensors of one type, without the usual mixture. */
  readonly pure: boolean;
  /** Only says what would be done. */
  readonly dryRun: boolean;
  /** Words that the result's metadata gets besides the source's, or in their place; of at most 127 bytes each. */
  readonly metadata: readonly (readonly [key: string, value: string | number])[];
  /** The source's data is not laid out by 32 bytes, and the result's will be. */
  readonly realign: boolean;
  /** The most that is held of one tensor's rows. */
  readonly bufferBytes: number;
}

export interface QuantizerRequest {
  /** Path of libllama. */
  readonly library: string;
  /** Path of an importance matrix, for all calls. */
  readonly imatrix?: string;
  readonly calls: readonly QuantizeCall[];
}

/** A line of JSON each. */
export type QuantizerReply =
  /** What the importance matrix adds to the result's metadata; before the first call. */
  | { readonly is: "keys"; readonly pairs: readonly (readonly [key: string, value: string | number])[] }
  | { readonly is: "log"; readonly text: string }
  /** A call has ended, the first one first. */
  | { readonly is: "ended"; readonly code: number }
  /** No call was made. */
  | { readonly is: "no-quantizer" | "bad-imatrix"; readonly reason: string };
