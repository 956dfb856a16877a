// Which size of a family a tag means. Ollama's tags and the ends of the Hub's names say more than the size, in any order:
// `8x7b-instruct-v0.1`, `3.8b-mini-128k-instruct`, `7b-qwen-distill`.
import type { CatalogFamily, CatalogSize } from "./catalog.js";

/**
 * The size that is so called, or the one that all words of the tag are true of; undefined where that is none or several. What
 * is said of the training alone (`instruct`) is asked of the default size.
 * @param wanted in small letters
 */
export function findSize(family: CatalogFamily, wanted: string): CatalogSize | undefined {
  const exact = family.sizes.find(({ size, aliases }) => size === wanted || aliases?.includes(wanted));
  if (exact) return exact;
  const words = wordsOf(wanted);
  const named = family.sizes.filter((size) =>
    [size.size, ...(size.aliases ?? [])].some((call) => wordsOf(call).every((word) => words.includes(word))),
  );
  const training = words.every((word) => TRAINING.has(word));
  const meant = training ? family.sizes.filter(({ size }) => size === family.defaultSize) : named;
  const [found, ...others] = meant.filter((size) => {
    const known = said(family, size);
    return words.every((word) => known.has(word));
  });
  return others.length === 0 ? found : undefined;
}

const TRAINING: ReadonlySet<string> = new Set(["instruct", "chat", "base", "text"]);

/** What is true of a size: what it is called, also by its vendor, and Ollama's words for a model that only goes on with a text. */
function said({ modality }: CatalogFamily, { size, aliases = [], original, base }: CatalogSize): ReadonlySet<string> {
  const repo = original.slice(original.indexOf("/") + 1).toLowerCase();
  const untrained = base === true ? ["base", "text", ...(modality === "code" ? ["code"] : [])] : [];
  return new Set([...[size, ...aliases, repo].flatMap(wordsOf), ...untrained]);
}

/** Google writes `it` for what Ollama calls `instruct`; v1 is v1.0. */
function wordsOf(text: string): string[] {
  return text.split("-").map((word) => (word === "it" ? "instruct" : word.replace(/^(v\d+)\.0$/, "$1")));
}
