// How much of a stranger's header is believed. Each limit is far above the largest real file known, and together they
// keep a hostile header to milliseconds and a few megabytes.

/** Real files have 20 to 60 keys; a few hold some hundred. */
export const MAX_KEYS = 65_536;
/** DeepSeek and Kimi, the largest, have about 1,100 to 2,000. */
export const MAX_TENSORS = 131_072;
/** The format's own limit on a key. */
export const MAX_KEY_BYTES = 65_535;
/** ggml refuses names of GGML_MAX_NAME (64) bytes and more. */
export const MAX_TENSOR_NAME_BYTES = 63;
/** GGML_MAX_DIMS. */
export const MAX_DIMS = 4;
/** Longer strings are walked over: the longest chat templates are near 100 KB, an embedded tokenizer.json takes megabytes. */
export const MAX_KEPT_STRING_BYTES = 1024 * 1024;
/** Arrays of up to this many scalars are kept: per-layer values come to 512 at most (LLAMA_MAX_LAYERS). */
export const MAX_KEPT_ARRAY = 1024;
/** All kept strings together. */
export const MAX_KEPT_BYTES = 16 * 1024 * 1024;
/** Gemma's tokenizer, among the largest, has 262,144 tokens; merges come to about twice the tokens. */
export const MAX_ARRAY_LENGTH = 8 * 1024 * 1024;
/** Header with tokenizer; Gemma's takes about 15 MB. */
export const MAX_HEADER_BYTES = 128 * 1024 * 1024;
/** First read: holds every geometry key of the files we know, so one request decides. Later reads double up to the second. */
export const FIRST_CHUNK = 64 * 1024;
export const LARGEST_CHUNK = 4 * 1024 * 1024;
