// Whether a text says more than the licenses that it holds: "MIT, but not for commercial use" opens like the MIT License.
import type { LicenseEntry } from "./catalogue.js";
import { normalizeText } from "./identify.js";
import { standardText } from "./standard-text.js";

/** So many words in a row have to stand in the standard text as well: fewer meet by chance. */
const ROW = 4;
/** Words that give or take rights: what a license's own text does not have of these is a term of somebody's. */
const TERMS =
  /^(?:not?|only|must|shall|may|except|unless|without|but|solely|exclu\w*|prohibit\w*|forbid\w*|restrict\w*|limit\w*|condition\w*|additional|subject|require\w*|permi\w*|allow\w*|agree\w*|consent\w*|commercial\w*|non\w*commercial\w*|personal|private|research|academic|educational|internal|purposes?|revenues?|users?|fees?|royalt\w*|military|europe\w*|eu|countries|outputs?|compet\w*)$/;

/** @param entries the licenses that were recognized in the text */
export function saysMore(text: string, entries: readonly LicenseEntry[]): boolean {
  const standards = entries.flatMap((entry) => standardText(entry)?.text ?? []);
  // Without a text to compare with nothing can be said; such licenses are not free ones.
  if (standards.length === 0) return false;
  const rows = new Set(standards.flatMap((standard) => rowsOf(wordsOf(standard))));
  const words = wordsOf(text);
  const known = new Set<number>();
  for (const [at, row] of rowsOf(words).entries()) {
    if (rows.has(row)) for (let offset = 0; offset < ROW; offset++) known.add(at + offset);
  }
  return words.some((word, at) => !known.has(at) && TERMS.test(word));
}

function wordsOf(text: string): readonly string[] {
  return normalizeText(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

function rowsOf(words: readonly string[]): readonly string[] {
  return words.slice(0, Math.max(0, words.length - ROW + 1)).map((_, at) => words.slice(at, at + ROW).join(" "));
}
