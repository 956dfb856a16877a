// What the process takes besides the model: Node, the library, and the vocabulary, which both of them hold.
import type { Geometry } from "../gguf/geometry.js";
import type { Bytes, Tokens } from "../model/types.js";

const MIB = 2 ** 20;

/**
 * Node with oslm and the library loaded takes 87 MiB resident; the rest is what Node's heap, llama.cpp's graphs and the template's
 * thread add while an answer is made. Measured with `node bench/run.mjs fit`, Node 20 on x64 Linux.
 */
export const PROCESS: Bytes = 96 * MIB;

/**
 * Each token of the vocabulary: its text, score and kind in llama.cpp's tables, and once more in node-llama-cpp's copy of the header, with
 * what reading that leaves behind in Node's heap. 230-340 bytes for vocabularies of 256,000: Node decides when it collects garbage.
 */
const PER_TOKEN: Bytes = 340;
/** The same with byte-pair encoding, whose merges take as much again: 490-740 bytes for 49,000 to 251,000. */
const PER_PAIRED_TOKEN: Bytes = 650;
/** Tokenizers without merges: `llm_load_vocab` reads them for "gpt2" and its kin alone (llama-vocab.cpp). */
const WITHOUT_MERGES = new Set(["llama", "bert", "t5", "rwkv", "plamo2"]);

/**
 * Each token of a prompt that fills the context: Node's arrays of tokens, the tokenizer's notes, and garbage, since with each batch
 * node-llama-cpp copies all tokens so far (LlamaContext.js, `_contextTokens.concat`). At 32,768 tokens 16 MiB; longer prompts were
 * not measured.
 */
const PER_PROMPT_TOKEN: Bytes = 500;

/** @param correction bytes that past loads on this machine took more, or less, than foreseen: see calibrate.ts */
export function processBytes(
  { vocab, tokenizer }: Pick<Geometry, "vocab" | "tokenizer">,
  { ctx, correction = 0 }: { readonly ctx: Tokens; readonly correction?: Bytes | undefined },
): Bytes {
  const each = WITHOUT_MERGES.has(tokenizer ?? "") ? PER_TOKEN : PER_PAIRED_TOKEN;
  return Math.max(PROCESS / 2, PROCESS + vocab * each + ctx * PER_PROMPT_TOKEN + correction);
}
