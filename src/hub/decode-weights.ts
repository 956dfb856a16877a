// What the Hub has read of a repository's weights, without anybody downloading them. All of it may be absent, and none is a reason to
// refuse a model.
import { refusedPaths } from "../model/safe-path.js";
import type { Bytes, Tokens } from "../model/types.js";

/** null where the Hub does not say. */
export interface ReadWeights {
  readonly parameters: number | null;
  /** Of the GGUF file that the Hub has looked at; it does not say which. */
  readonly architecture: string | null;
  readonly context: Tokens | null;
  readonly chatTemplate: string | null;
  /** Of the GGUF files that the Hub has looked at. */
  readonly fileSize: Bytes | null;
  /** Names of the GGUF files, safe on every disk. */
  readonly ggufFiles: readonly string[];
}

/** Repositories with every quantization in many parts have some hundreds. */
const MOST_FILES = 2000;
/** A thousand trillions: what claims more is no model. */
const MOST = 1e15;
const MAX_TEMPLATE = 256 * 1024;

/** @param entry a model's JSON of the Hub's list or info: the fields `gguf`, `safetensors` and `siblings` of it */
export function decodeWeights(entry: Readonly<Record<string, unknown>>): ReadWeights {
  const gguf = fieldsOf(entry.gguf);
  const safetensors = fieldsOf(entry.safetensors);
  const { architecture, chat_template: template } = gguf;
  const names = namesOf(entry.siblings).filter((name) => /\.gguf$/i.test(name));
  const refused = refusedPaths(names);
  return {
    parameters: countOf(gguf.total) ?? countOf(safetensors.total),
    architecture: typeof architecture === "string" && /^[\w.-]{1,64}$/.test(architecture) ? architecture : null,
    context: countOf(gguf.context_length),
    chatTemplate: typeof template === "string" && template.length <= MAX_TEMPLATE ? template : null,
    fileSize: countOf(gguf.totalFileSize),
    ggufFiles: names.filter((name) => !refused.has(name)),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function countOf(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 && value <= MOST ? value : null;
}

function namesOf(siblings: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(siblings) ? siblings.slice(0, MOST_FILES) : [];
  return list.flatMap((one) => {
    const { rfilename } = fieldsOf(one);
    return typeof rfilename === "string" ? [rfilename] : [];
  });
}
