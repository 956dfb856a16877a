// What an imported model is called.
import { lookup } from "../../catalog/catalog.js";
import { isOslmError, OslmError } from "../../errors.js";
import { formatRef, parseName } from "../../model/ref.js";
import type { StoredModel } from "../../model/types.js";

/** What a model's files and their source say of its name, best first; hostile text. */
export type NameHints = readonly (string | null | undefined)[];

interface Subject {
  readonly quant: string;
  readonly sha256: string;
}

/** A free name, made of the first hint that gives one; it shadows no name of the catalog. */
export function freeName(hints: NameHints, model: Subject, stored: readonly StoredModel[]): string {
  const [plain = "model"] = hints.flatMap((hint) => toPlainName(hint ?? "") ?? []);
  const base = isCatalogName(plain) ? `${plain}-local` : plain;
  for (let count = 1; ; count++) {
    const name = withQuant(count === 1 ? base : `${base}-${count}`, model.quant);
    const other = stored.find((one) => one.name === name);
    if (other === undefined || isSame(other, model)) return name;
  }
}

/**
 * The name that a person asked for, in canonical form.
 * @param help the command with a name that can be
 * @throws OslmError usage when it is no plain name, contradicts the model, is one of the catalog or that of another model
 */
export function askedName(
  asked: string,
  model: Pick<StoredModel, "quant" | "repo" | "path"> & Subject,
  stored: readonly StoredModel[],
  help: string,
): string {
  const refuse = (detail: string): never => {
    throw new OslmError("usage", { problem: `"${asked}" cannot be the model's name`, detail, help });
  };
  // What has spaces is read with dashes elsewhere; here it would be another name than was asked for.
  if (asked.toLowerCase() === "demo") refuse("It is the name of the embedded demo model.");
  const ref =
    (/\s/.test(asked) ? undefined : parseName(asked)) ??
    refuse("A name has letters, digits, dots and dashes, and perhaps :tag.");
  if (ref.quant !== undefined && ref.quant !== model.quant) {
    refuse(`It names the quantization ${ref.quant}, but the model's is ${model.quant}.`);
  }
  if (isCatalogName(ref.name)) refuse("It is a name of the catalog.");
  const name = formatRef(ref);
  const other = stored.find((one) => one.name === name);
  if (other !== undefined && !isReplaced(other, model)) refuse(`It is the name of ${other.path} already.`);
  return name;
}

/** The same file, or the same bytes of no repository: the new record takes the place of the old one. */
function isReplaced(other: StoredModel, model: Pick<StoredModel, "repo" | "path"> & Subject): boolean {
  return other.path === model.path || (other.repo === null && model.repo === null && isSame(other, model));
}

function withQuant(name: string, quant: string): string {
  return formatRef({ kind: "catalog", name, ...(quant !== "unknown" && { quant }) });
}

function isSame(stored: StoredModel, { sha256 }: Subject): boolean {
  return stored.files[0]?.sha256 === sha256;
}

/** `Llama 3.2 1B Instruct Q4_K_M` -> `llama-3.2-1b-instruct`; undefined when nothing is left. */
function toPlainName(text: string): string | undefined {
  const word = text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .slice(0, 60)
    .replace(/^[._-]+|[._-]+$/g, "");
  return parseName(word)?.name;
}

/** Whether the catalog has it, so that no stored model may be called so. */
export function isCatalogName(name: string): boolean {
  try {
    lookup(name);
    return true;
  } catch (error) {
    return !isOslmError(error, "unknown-model");
  }
}
