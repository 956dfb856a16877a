// What a GGUF file's name tells: quantization, shard, model, and whether it is a model at all. Names follow no standard;
// the forms are those of the publishers in the catalog (bartowski, unsloth, TheBloke, mradermacher, Qwen, google, microsoft ...).
import { parseQuant } from "../model/quant.js";

export interface FileNameParts {
  /** Name of the model without quantization and shard, in lower case, letters and digits only. */
  readonly model: string;
  /** Canonical label, or `unknown`. */
  readonly quant: string;
  /** Null for a file that stands alone. */
  readonly shard: { readonly index: number; readonly count: number } | null;
}

export type FileKind = "model" | "projector" | "other";

/** A label between separators: `-Q4_K_M`, `.q5_k_s`, `_q4_0-it`, `-UD-Q4_K_XL`, `.i1-IQ3_XXS`, `-fp16`, `-q4`. */
const LABEL =
  /(?<=^|[-._])(?:i1-)?((?:UD-)?(?:IQ[1-4]_(?:XXS|XS|NL|S|M)|T?Q[1-8]_(?:K(?:_(?:XL|L|M|S))?|[01])|Q[48]|(?:MX|NV)FP4(?:_MOE)?|BF16|FP?16|FP?32))(?=$|[-._])/gi;
/** Removed from llama.cpp; such files no longer load. */
const REMOVED = /(?:I?Q4_(?:0|NL)_[48]_[48])(?=$|[-._/])/i;
const SHARD = /-(\d{5})-of-(\d{5})$/;

/** Words that mark a file as an accessory, unless the repository itself is named so. */
const ACCESSORIES = ["imatrix", "lora", "adapter", "draft", "drafter", "assistant", "eagle", "eagle3", "dflash", "mtp"];

/** Repository and file names without case and punctuation: `Qwen2-0.5B` and `qwen2-0_5b` are the same. */
export function plainName(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.gguf$/i, "");
}

/** Of a format that llama.cpp does not read any more? */
export function isRemoved(path: string): boolean {
  return REMOVED.test(path.replace(/\.gguf$/i, ""));
}

export function fileKind(path: string, repoName: string): FileKind {
  if (!/\.gguf$/i.test(path)) return "other";
  if (/mmproj/i.test(path)) return "projector";
  if (isRemoved(path)) return "other";
  const words = (text: string) => text.toLowerCase().split(/[^a-z0-9]+/);
  const own = new Set(words(repoName));
  return words(path).some((word) => ACCESSORIES.includes(word) && !own.has(word)) ? "other" : "model";
}

/** The last label in the name counts, then the last of the folder: a model's own name may hold one (`...-qat-q4_0-...`). */
export function parseFileName(path: string): FileNameParts {
  const [, index, count] = SHARD.exec(baseOf(path)) ?? [];
  const base = baseOf(path).replace(SHARD, "");
  const folder = path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  const inName = lastLabel(base);
  const label = inName ?? lastLabel(folder.slice(folder.lastIndexOf("/") + 1));
  const model = inName === undefined ? base : base.slice(0, inName.from) + base.slice(inName.to);
  return {
    model: plainName(model),
    quant: label?.quant ?? "unknown",
    shard: index === undefined || count === undefined ? null : { index: Number(index), count: Number(count) },
  };
}

function lastLabel(text: string): { quant: string; from: number; to: number } | undefined {
  const found = [...text.matchAll(LABEL)].flatMap((match) => {
    const quant = parseQuant(match[1] ?? "");
    return quant === undefined ? [] : [{ quant, from: match.index, to: match.index + match[0].length }];
  });
  return found.at(-1);
}
