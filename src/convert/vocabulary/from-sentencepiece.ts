// tokenizer.model -> vocabulary. Models of the BPE algorithm merge by score; those of the unigram algorithm take the
// likeliest split, for which the engine has what it made for T5.
import { OslmError } from "../../errors.js";
import type { MetadataPair } from "../../gguf/write-header.js";
import type { JsonObject } from "../read-json.js";
import { type AddedToken, addTokens, unescaped } from "./added-tokens.js";
import { malformed } from "./malformed.js";
import { flag } from "./pair.js";
import type { SentencePieceModel } from "./sentencepiece.js";
import { TOKEN_TYPE, TokenList } from "./token-list.js";
import type { Role, Vocabulary } from "./vocabulary.js";

/** @throws OslmError malformed-checkpoint, unsupported-checkpoint */
export function fromSentencePiece(
  file: string,
  model: SentencePieceModel,
  config: JsonObject | null,
  added: readonly AddedToken[],
): Vocabulary {
  const { pieces, algorithm } = model;
  if (algorithm !== "bpe" && algorithm !== "unigram") refuse(`of the algorithm ${algorithm}`);
  if (model.spaceAfter) refuse("that puts spaces after words");
  if (!model.escapeWhitespaces) refuse("that does not mark spaces");
  // The likeliest split that the engine looks for ends in <unk> where SentencePiece goes on byte by byte.
  if (algorithm === "unigram" && model.byteFallback) refuse("of the algorithm unigram with byte tokens");
  const tokens = new TokenList(file);
  for (const [id, piece] of pieces.entries()) {
    const text = piece.type === TOKEN_TYPE.userDefined ? unescaped(piece.text) : piece.text;
    tokens.set(id, { ...piece, text });
  }
  const roles = rolesOf(model);
  if (algorithm === "unigram" && roles.unk === undefined) throw malformed(file, "it has no token for what is unknown");
  const ids = addTokens(tokens, added, "marked");
  if (algorithm === "bpe") needBytes(tokens);
  return {
    model: algorithm === "bpe" ? "llama" : "t5",
    pre: "default",
    tokens,
    added: ids,
    merges: [],
    pairs: [spacePrefix(config, model.addDummyPrefix), ...(algorithm === "unigram" ? whatUnigramHas(file, model) : [])],
    roles,
    leftOut: algorithm === "bpe" ? leftOutOf(model) : [],
  };
}

/** For the algorithm unigram the engine does both. */
function leftOutOf({ charsmap, normalization, removeExtraWhitespaces }: SentencePieceModel): string[] {
  return [
    ...(charsmap.length > 0
      ? [`the normalization ${/^\w{1,40}$/.test(normalization) ? normalization : "of its own"}`]
      : []),
    ...(removeExtraWhitespaces ? ["the removal of spaces at both ends and of all but one between words"] : []),
  ];
}

/** A space before each text: transformers takes the word of tokenizer_config.json over the vocabulary's own. */
export function spacePrefix(config: JsonObject | null, own: boolean): MetadataPair {
  const said = config?.add_prefix_space;
  return flag("tokenizer.ggml.add_space_prefix", typeof said === "boolean" ? said : own);
}

/** The engine falls back on bytes for each character without a token, and ends the process where one is missing. */
export function needBytes(tokens: TokenList): void {
  const ids = tokens.ids();
  for (let byte = 0; byte < 256; byte++) {
    const name = `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
    if (!ids.has(name)) refuse(`without byte tokens: ${name} is missing`);
  }
}

function refuse(how: string): never {
  throw new OslmError("unsupported-checkpoint", { what: `a SentencePiece vocabulary ${how}`, known: [] });
}

function whatUnigramHas(file: string, { charsmap, removeExtraWhitespaces }: SentencePieceModel): MetadataPair[] {
  const pairs = [flag("tokenizer.ggml.remove_extra_whitespaces", removeExtraWhitespaces)];
  if (charsmap.length === 0) return pairs;
  // Its first four bytes say how long the table of prefixes is; replacements follow.
  const table =
    charsmap.length < 4 ? Number.NaN : new DataView(charsmap.buffer, charsmap.byteOffset).getUint32(0, true);
  if (!(table % 4 === 0 && table + 4 < charsmap.length)) throw malformed(file, "its precompiled_charsmap is cut off");
  pairs.push(["tokenizer.ggml.precompiled_charsmap", { type: "uint8", value: [...charsmap] }]);
  return pairs;
}

function rolesOf({ ids, pieces }: SentencePieceModel): Partial<Record<Role, number>> {
  const roles: Partial<Record<Role, number>> = {};
  for (const role of ["unk", "bos", "eos", "pad"] as const) {
    if (ids[role] >= 0 && ids[role] < pieces.length) roles[role] = ids[role];
  }
  return roles;
}
