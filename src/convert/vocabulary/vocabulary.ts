// A vocabulary as the engine has it, before its metadata is written.
import type { MetadataPair } from "../../gguf/write-header.js";
import type { TokenList } from "./token-list.js";

/** What a token may be for, as the files of tokenizers call it. */
export type Role = "bos" | "eos" | "unk" | "sep" | "pad" | "cls" | "mask";

export interface Vocabulary {
  /** `tokenizer.ggml.model`: merges by score, merges by rank of bytes, the likeliest split. */
  readonly model: "llama" | "gpt2" | "t5";
  /** `tokenizer.ggml.pre`: how a text is cut before anything is merged. */
  readonly pre: string;
  readonly tokens: TokenList;
  /** Ids of tokens that were added after training: some have no embedding. */
  readonly added: ReadonlySet<number>;
  /** In their order, `left right`; empty but for gpt2. */
  readonly merges: readonly string[];
  /** What only this kind has. */
  readonly pairs: readonly MetadataPair[];
  /** What the vocabulary's own file says of them; others may know better. */
  readonly roles: Readonly<Partial<Record<Role, number>>>;
  /** What its own tokenizer does to texts and the engine does not, `the normalization NFC`. */
  readonly leftOut: readonly string[];
}
