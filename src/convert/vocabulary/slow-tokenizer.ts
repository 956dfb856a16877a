// vocab.json and merges.txt, which some older checkpoints have in place of tokenizer.json: the same vocabulary, but for how
// texts are cut. That is part of the tokenizer's class in transformers, by its name.
import { OslmError } from "../../errors.js";
import type { JsonObject } from "../read-json.js";
import { type ReadFile, readObject, readText } from "./files.js";
import { shown } from "./malformed.js";
import { QWEN2 } from "./pre-tokenizers.js";

const WORDS = { type: "ByteLevel", add_prefix_space: false };
const CLASSES: Readonly<Record<string, JsonObject>> = {
  GPT2Tokenizer: { pre_tokenizer: WORDS },
  CodeGenTokenizer: { pre_tokenizer: WORDS },
  Qwen2Tokenizer: {
    normalizer: { type: "NFC" },
    pre_tokenizer: [
      { type: "Split", pattern: { Regex: QWEN2 }, behavior: "Isolated" },
      { ...WORDS, use_regex: false },
    ],
  },
};

/** Special to all of these classes, whether or not a file says so. */
const END = "<|endoftext|>";

/** Both files as the tokenizer.json that they would be; null without them. Throws malformed-checkpoint, unsupported-checkpoint. */
export async function slowTokenizer(read: ReadFile, config: JsonObject | null): Promise<JsonObject | null> {
  const vocab = await readObject(read, "vocab.json");
  const merges = await readText(read, "merges.txt");
  if (vocab === null || merges === null) return null;
  const name = String(config?.tokenizer_class ?? "").replace(/Fast$/, "");
  if (!Object.hasOwn(CLASSES, name)) {
    const what = `vocab.json and merges.txt of the tokenizer class ${shown(name)}`;
    throw new OslmError("unsupported-checkpoint", { what, known: Object.keys(CLASSES) });
  }
  const lines = merges.split("\n").map((line) => line.replace(/\r$/, ""));
  // The first line tells a version.
  const kept = lines.filter((line, at) => line !== "" && !(at === 0 && line.startsWith("#version")));
  const added = Object.hasOwn(vocab, END) ? [{ id: vocab[END], content: END, special: true }] : [];
  return { ...CLASSES[name], added_tokens: added, model: { type: "BPE", vocab, merges: kept } };
}
