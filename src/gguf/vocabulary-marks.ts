// The tokens of a vocabulary that are marks: what begins and ends turns, and must not be taken from what a person says.
import type { Cursor } from "./cursor.js";
import { MAX_KEPT_STRING_BYTES } from "./limits.js";
import { readMetadata } from "./metadata.js";
import { readString, type ValueStart } from "./read-value.js";
import type { ByteSource } from "./source.js";
import type { MetadataValue } from "./values.js";

export interface VocabularyMark {
  readonly text: string;
  /** A control token; the others, which a vocabulary defines besides, are marks where a template writes them. */
  readonly control: boolean;
}

export interface VocabularyMarks {
  readonly marks: readonly VocabularyMark[];
  /** Empty where there are none. */
  readonly bosToken: string;
  readonly eosToken: string;
}

/** LLAMA_TOKEN_TYPE_CONTROL, LLAMA_TOKEN_TYPE_USER_DEFINED. */
const CONTROL = 3;
const USER_DEFINED = 4;

/** @throws OslmError malformed-gguf */
export async function vocabularyMarks(source: ByteSource, name: string): Promise<VocabularyMarks> {
  const types = await readArray(source, name, "tokenizer.ggml.token_type", async (cursor, length) => {
    const kinds = new Map<number, number>();
    for (let at = 0; at < length; at++) {
      await cursor.need(4, "a token's type");
      const kind = cursor.i32();
      if (kind === CONTROL || kind === USER_DEFINED) kinds.set(at, kind);
    }
    return kinds;
  });
  const { metadata } = await readMetadata(source, name);
  const bos = idOf(metadata, "bos");
  const eos = idOf(metadata, "eos");
  const texts = await readArray(source, name, "tokenizer.ggml.tokens", async (cursor, length) => {
    const found = new Map<number, string>();
    for (let at = 0; at < length; at++) {
      const text = await readString(cursor, MAX_KEPT_STRING_BYTES, "a token");
      // What keeps text apart from marks; no control token that anybody uses has one.
      if (types?.get(at) === CONTROL && text.includes("\u200B"))
        cursor.fail("A control token holds an invisible space.");
      if (types?.has(at) || at === bos || at === eos) found.set(at, text);
    }
    return found;
  });
  return {
    marks: [...(types ?? [])].map(([id, kind]) => ({ text: texts?.get(id) ?? "", control: kind === CONTROL })),
    bosToken: texts?.get(bos) ?? "",
    eosToken: texts?.get(eos) ?? "",
  };
}

/** Where a header names none, llama.cpp takes those of its kind of tokenizer; a SentencePiece model's are 1 and 2. */
function idOf(metadata: ReadonlyMap<string, MetadataValue>, which: "bos" | "eos"): number {
  const id = metadata.get(`tokenizer.ggml.${which}_token_id`);
  if (typeof id === "number") return id;
  return metadata.get("tokenizer.ggml.model") === "llama" ? { bos: 1, eos: 2 }[which] : -1;
}

/** Undefined where there is no such array. */
async function readArray<T>(
  source: ByteSource,
  name: string,
  wanted: string,
  read: (cursor: Cursor, length: number) => Promise<T>,
): Promise<T | undefined> {
  const isIt = (key: string, { length }: ValueStart): boolean => key === wanted && length !== undefined;
  const { cursor, stoppedAt } = await readMetadata(source, name, isIt);
  return stoppedAt === null ? undefined : read(cursor, stoppedAt.start.length ?? 0);
}
