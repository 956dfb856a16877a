// tokenizer.json, as the tokenizers library of Hugging Face writes it: how far a vocabulary of merges follows from it.
import { OslmError } from "../../errors.js";
import { isObject, type JsonObject } from "../read-json.js";
import { malformed, shown } from "./malformed.js";

export const FILE = "tokenizer.json";

export interface Merges {
  /** Ids by text. */
  readonly vocab: Readonly<Record<string, unknown>>;
  readonly merges: readonly (readonly [left: string, right: string])[];
  readonly unknown: string | undefined;
  /** Characters without a token are written as `<0xHH>`. */
  readonly byteFallback: boolean;
  /** A word that is a token is that token, whatever the merges would make of it. */
  readonly ignoreMerges: boolean;
}

/** Twice the tokens is usual; Llama 3 has 280,147, Gemma 3 514,906. */
const MAX_MERGES = 8 * 1024 * 1024;

/** @throws OslmError malformed-checkpoint, unsupported-checkpoint for models that merge nothing */
export function readMerges(tokenizer: JsonObject): Merges {
  const model = tokenizer.model;
  if (!isObject(model)) throw malformed(FILE, "it has no model");
  // Files from before the types had names are told by what they have.
  const type = model.type ?? ("merges" in model ? "BPE" : undefined);
  if (type !== "BPE") {
    throw new OslmError("unsupported-checkpoint", { what: `a tokenizer of the type ${shown(type)}`, known: ["BPE"] });
  }
  for (const key of ["continuing_subword_prefix", "end_of_word_suffix"]) {
    if (model[key]) throw new OslmError("unsupported-checkpoint", { what: `a tokenizer with a ${key}`, known: [] });
  }
  const { vocab, merges } = model;
  if (!isObject(vocab)) throw malformed(FILE, "its model has no vocab");
  if (!Array.isArray(merges)) throw malformed(FILE, "its model has no merges");
  if (merges.length > MAX_MERGES) throw malformed(FILE, `it has ${merges.length} merges`);
  return {
    vocab,
    merges: merges.map((merge) => readMerge(merge, vocab)),
    unknown: typeof model.unk_token === "string" ? model.unk_token : undefined,
    byteFallback: model.byte_fallback === true,
    ignoreMerges: model.ignore_merges === true,
  };
}

/** `"a b"` until transformers 4.45, `["a", "b"]` since. */
function readMerge(merge: unknown, vocab: JsonObject): readonly [string, string] {
  const pair = typeof merge === "string" ? merge.split(" ") : merge;
  if (!Array.isArray(pair) || pair.length !== 2 || !pair.every((part) => typeof part === "string" && part !== "")) {
    throw malformed(FILE, `${shown(merge)} is no merge`);
  }
  const [left, right] = pair as [string, string];
  for (const part of [left, right, left + right]) {
    if (!Object.hasOwn(vocab, part))
      throw malformed(FILE, `the merge ${shown(merge)} needs ${shown(part)}, which is no token`);
  }
  return [left, right];
}

/** Steps of a normalizer or pre-tokenizer, those within others in their place. */
export function stepsOf(value: unknown, inner: "normalizers" | "pretokenizers" | "processors"): readonly JsonObject[] {
  const steps: JsonObject[] = [];
  const open: unknown[] = [value ?? []].flat();
  while (open.length > 0) {
    const step = open.shift();
    if (!isObject(step)) throw malformed(FILE, `${shown(step)} is none of its ${inner}`);
    const more = step.type === "Sequence" ? step[inner] : undefined;
    if (Array.isArray(more)) open.unshift(...more);
    else steps.push(step);
    if (steps.length + open.length > 64) throw malformed(FILE, `it has more than 64 ${inner}`);
  }
  return steps;
}

/** Whether texts become bytes, each shown as a letter, before they are merged. */
export function isByteLevel(tokenizer: JsonObject): boolean {
  return stepsOf(tokenizer.pre_tokenizer, "pretokenizers").some((step) => step.type === "ByteLevel");
}
