// A small tokenizer.json of the byte-level kind: the 256 bytes, a few merges, and what a test adds.

type Json = Readonly<Record<string, unknown>>;

/** GPT-2 shows bytes that are no visible letters of Latin-1 by the letters from U+0100. */
export const BYTE_LETTERS: readonly string[] = (() => {
  const visible = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(visible(byte) ? byte : next++));
})();

const MERGES = ["h e", "l l", "he ll", "hell o", "Ġ w"];

export const added = (id: number, content: string, special = true): Json => ({
  id,
  content,
  special,
  normalized: false,
});

/** 261 tokens, then those in `over.added_tokens`. */
export function tinyTokenizer(over: Json = {}, model: Json = {}): Json {
  const merged = MERGES.map((merge) => merge.replace(" ", ""));
  return {
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true },
    post_processor: null,
    ...over,
    model: {
      type: "BPE",
      vocab: Object.fromEntries([...BYTE_LETTERS, ...merged].map((text, id) => [text, id])),
      merges: MERGES,
      ...model,
    },
  };
}
