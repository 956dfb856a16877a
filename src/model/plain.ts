// Text from cards, headers and file names as a document may hold it.

/** Control characters, halves of surrogate pairs, line separators, and marks that change the direction of writing. */
const HOSTILE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;
/** Sentences that explain a conflict have a few hundred characters. */
const MAX_LENGTH = 2000;

/** One line of at most 2000 characters, without anything that is not written text. */
export function plain(text: string): string {
  const line = text
    .slice(0, MAX_LENGTH * 2)
    .replace(HOSTILE, " ")
    .trim();
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH - 1)}…` : line;
}
