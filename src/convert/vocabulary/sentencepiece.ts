// tokenizer.model: SentencePiece's ModelProto, of which a vocabulary needs a dozen fields. Their numbers and defaults are
// those of sentencepiece_model.proto.
import { BinaryReader, type WireType } from "@bufbuild/protobuf/wire";
import { malformed } from "./malformed.js";
import type { TokenType } from "./token-list.js";

export interface Piece {
  readonly text: string;
  readonly score: number;
  readonly type: TokenType;
}

export interface SentencePieceModel {
  readonly pieces: readonly Piece[];
  readonly algorithm: "unigram" | "bpe" | "word" | "char";
  /** -1 where there is none. */
  readonly ids: { readonly unk: number; readonly bos: number; readonly eos: number; readonly pad: number };
  readonly byteFallback: boolean;
  /** The space stands after a word instead of before it. */
  readonly spaceAfter: boolean;
  readonly addDummyPrefix: boolean;
  readonly removeExtraWhitespaces: boolean;
  readonly escapeWhitespaces: boolean;
  /** Rules of normalization, compiled; empty for none. */
  readonly charsmap: Uint8Array;
  /** What those rules are called: nmt_nfkc, identity ... */
  readonly normalization: string;
}

const ALGORITHMS = ["unigram", "bpe", "word", "char"] as const;
const PIECE = { text: "", score: 0, type: 1 };
const TRAINER = { algorithm: 1, spaceAfter: false, byteFallback: false, unk: 0, bos: 1, eos: 2, pad: -1 };
const NORMALIZER = {
  charsmap: new Uint8Array(),
  normalization: "",
  addDummyPrefix: true,
  removeExtraWhitespaces: true,
  escapeWhitespaces: true,
};

/** The largest known has 262,144. */
const MAX_PIECES = 1024 * 1024;

/** @throws OslmError malformed-checkpoint for what is not a SentencePiece model */
export function readSentencePiece(file: string, bytes: Uint8Array): SentencePieceModel {
  const pieces: Piece[] = [];
  let trainer = TRAINER;
  let normalizer = NORMALIZER;
  try {
    fields(bytes, (reader, field, type) => {
      if (type !== BYTES) return false;
      if (field === 1 && pieces.push(readPiece(reader.bytes())) > MAX_PIECES) {
        throw new RangeError(`it has more than ${MAX_PIECES} pieces`);
      }
      if (field === 2) trainer = readTrainer(reader.bytes());
      else if (field === 3) normalizer = readNormalizer(reader.bytes());
      return field >= 1 && field <= 3;
    });
  } catch (cause) {
    throw malformed(file, `it is no SentencePiece model: ${(cause as Error).message}`);
  }
  const algorithm = ALGORITHMS[trainer.algorithm - 1];
  if (pieces.length === 0 || algorithm === undefined) throw malformed(file, "it is no SentencePiece model");
  const { unk, bos, eos, pad, byteFallback, spaceAfter } = trainer;
  return { pieces, algorithm, ids: { unk, bos, eos, pad }, byteFallback, spaceAfter, ...normalizer };
}

/** A field of a wire type that its number does not have is none of ours: `take` says whether it took the value. */
type Take = (reader: BinaryReader, field: number, type: WireType) => boolean;
const VARINT = 0;
const BYTES = 2;
const FLOAT = 5;

function fields(bytes: Uint8Array, take: Take): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (!take(reader, field, type)) reader.skip(type, field);
  }
}

function readPiece(bytes: Uint8Array): Piece {
  const piece = { ...PIECE };
  fields(bytes, (reader, field, type) => {
    if (field === 1 && type === BYTES) piece.text = reader.string(true);
    else if (field === 2 && type === FLOAT) piece.score = reader.float();
    else if (field === 3 && type === VARINT) piece.type = reader.int32();
    else return false;
    return true;
  });
  if (piece.type < 1 || piece.type > 6) throw new RangeError(`a piece has the type ${piece.type}`);
  return piece as Piece;
}

function readTrainer(bytes: Uint8Array): typeof TRAINER {
  const trainer = { ...TRAINER };
  fields(bytes, (reader, field, type) => {
    if (type !== VARINT) return false;
    if (field === 3) trainer.algorithm = reader.int32();
    else if (field === 24) trainer.spaceAfter = reader.bool();
    else if (field === 35) trainer.byteFallback = reader.bool();
    else if (field === 40) trainer.unk = reader.int32();
    else if (field === 41) trainer.bos = reader.int32();
    else if (field === 42) trainer.eos = reader.int32();
    else if (field === 43) trainer.pad = reader.int32();
    else return false;
    return true;
  });
  return trainer;
}

function readNormalizer(bytes: Uint8Array): typeof NORMALIZER {
  const normalizer = { ...NORMALIZER };
  fields(bytes, (reader, field, type) => {
    if (field === 1 && type === BYTES) normalizer.normalization = reader.string();
    else if (field === 2 && type === BYTES) normalizer.charsmap = reader.bytes().slice();
    else if (type !== VARINT) return false;
    else if (field === 3) normalizer.addDummyPrefix = reader.bool();
    else if (field === 4) normalizer.removeExtraWhitespaces = reader.bool();
    else if (field === 5) normalizer.escapeWhitespaces = reader.bool();
    else return false;
    return true;
  });
  return normalizer;
}
