// The vocabulary of a published checkpoint as metadata of a GGUF file.
import { OslmError } from "../../errors.js";
import type { MetadataPair } from "../../gguf/write-header.js";
import { isObject, type JsonObject } from "../read-json.js";
import { readAddedTokens } from "./added-tokens.js";
import { chatTemplates } from "./chat-template.js";
import { type ReadFile, readBounded, readObject } from "./files.js";
import { fromByteFallback } from "./from-byte-fallback.js";
import { fromByteLevel } from "./from-byte-level.js";
import { fromSentencePiece } from "./from-sentencepiece.js";
import { text } from "./pair.js";
import { tokensAround } from "./post-processor.js";
import { readSentencePiece } from "./sentencepiece.js";
import { slowTokenizer } from "./slow-tokenizer.js";
import { specialTokens } from "./special-tokens.js";
import type { Token } from "./token-list.js";
import { isByteLevel } from "./tokenizer-json.js";
import type { Vocabulary } from "./vocabulary.js";

/** Is told what the engine will not do that the checkpoint's own tokenizer does, `the normalization NFC`. */
export type LeaveOut = (step: string) => void;

/**
 * `tokenizer.*`, in the order in which llama.cpp's own files have it.
 * @param read files of the checkpoint's folder: tokenizer.model or tokenizer.json, and what stands beside them
 * @param size how many tokens the model has embeddings for; default: what config.json says
 * @throws OslmError malformed-checkpoint, unsupported-checkpoint
 */
export async function readVocabulary(
  read: ReadFile,
  size?: number,
  leaveOut: LeaveOut = () => {},
): Promise<readonly MetadataPair[]> {
  const files = {
    tokenizer: await readObject(read, "tokenizer.json"),
    tokenizerConfig: await readObject(read, "tokenizer_config.json"),
    specialTokensMap: await readObject(read, "special_tokens_map.json"),
    config: await readObject(read, "config.json"),
    generationConfig: await readObject(read, "generation_config.json"),
  };
  const vocabulary = await choose(read, files.tokenizer, files.tokenizerConfig);
  for (const step of vocabulary.leftOut) leaveOut(step);
  const tokens = vocabulary.tokens.complete(size ?? sizeOf(files.config), vocabulary.added);
  const special = { ...files, around: tokensAround(files.tokenizer), templated: files.tokenizer !== null };
  return [
    text("tokenizer.ggml.model", vocabulary.model),
    text("tokenizer.ggml.pre", vocabulary.pre),
    ...lists(vocabulary, tokens),
    ...specialTokens(vocabulary, tokens, special),
    ...vocabulary.pairs,
    ...(await chatTemplates(read, files.tokenizerConfig)),
  ];
}

/** Where both are there, tokenizer.model is what tokenizer.json was made of, unless that is of another kind altogether. */
async function choose(read: ReadFile, tokenizer: JsonObject | null, config: JsonObject | null): Promise<Vocabulary> {
  const added = readAddedTokens(await readObject(read, "added_tokens.json"), tokenizer, config);
  if (tokenizer !== null && isByteLevel(tokenizer)) return fromByteLevel(tokenizer, config, added);
  for (const file of ["tokenizer.model", "spiece.model"]) {
    const bytes = await readBounded(read, file);
    if (bytes !== null) return fromSentencePiece(file, readSentencePiece(file, bytes), config, added);
  }
  if (tokenizer !== null) return fromByteFallback(tokenizer, config, added);
  const slow = await slowTokenizer(read, config);
  if (slow !== null) return fromByteLevel(slow, config, [...readAddedTokens(null, slow, null), ...added]);
  // Ranks of bytes with no merges, and special tokens by numbers: nothing at hand proves what would be made of it.
  const tekken = await readBounded(read, "tekken.json");
  throw new OslmError("unsupported-checkpoint", {
    what: tekken === null ? "a checkpoint without a tokenizer" : "the tokenizer tekken.json (Mistral's own form)",
    known: ["tokenizer.model", "tokenizer.json", "vocab.json with merges.txt"],
  });
}

function lists({ model, merges }: Vocabulary, tokens: readonly Token[]): MetadataPair[] {
  const pairs: MetadataPair[] = [
    ["tokenizer.ggml.tokens", { type: "string", value: tokens.map((token) => token.text) }],
  ];
  if (model !== "gpt2") {
    pairs.push(["tokenizer.ggml.scores", { type: "float32", value: tokens.map((token) => token.score) }]);
  }
  pairs.push(["tokenizer.ggml.token_type", { type: "int32", value: tokens.map((token) => token.type) }]);
  if (model === "gpt2") pairs.push(["tokenizer.ggml.merges", { type: "string", value: merges }]);
  return pairs;
}

function sizeOf(config: JsonObject | null): number | undefined {
  const part = config?.text_config;
  for (const one of [config, isObject(part) ? part : null]) {
    const size = one?.vocab_size;
    if (Number.isSafeInteger(size) && (size as number) > 0) return size as number;
  }
  return undefined;
}
