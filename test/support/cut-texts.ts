// How a tokenizer.json cuts a text: the steps of Hugging Face's tokenizers library in the words of the table of pre-tokenizers,
// and the merges within each piece. Slow and plain.

const WORDS = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** Steps that are no patterns, by what the library does: src/pre_tokenizers/digits.rs, punctuation.rs, byte_level.rs. */
const NAMED: Readonly<Record<string, string>> = {
  words: WORDS,
  "digits each": "\\p{N}",
  "digits together": "\\p{N}+",
  "punctuation Contiguous": "[\\p{P}$+<=>^`|~]+",
};

/** A pattern of Oniguruma as one of JavaScript, for what the table has. */
function javaScript(pattern: string): RegExp {
  const plain = pattern
    .replaceAll("(?i:'s|'t|'re|'ve|'m|'ll|'d)", "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])")
    .replaceAll("(?i:[sdmt]|ll|ve|re)", "(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])")
    // Taking and never giving back is the same here: what follows cannot begin with what was taken.
    .replaceAll("?+", "?")
    .replaceAll("++", "+")
    // One class within another.
    .replace("|[.,!?…。，、।۔،])]", "|.,!?…。，、।۔،)]");
  return new RegExp(plain, "gu");
}

/** Pieces of a text after all steps; what lies between matches is a piece too. */
export function cut(steps: readonly string[], text: string): string[] {
  let pieces = [text];
  for (const step of steps) {
    const pattern = javaScript(NAMED[step] ?? step.replace(/^split /, ""));
    pieces = pieces.flatMap((piece) => {
      const parts: string[] = [];
      let at = 0;
      for (const { index, 0: match } of piece.matchAll(pattern)) {
        parts.push(piece.slice(at, index), match);
        at = index + match.length;
      }
      return [...parts, piece.slice(at)].filter((part) => part !== "");
    });
  }
  return pieces;
}

/** The lowest rank first, of equal ones the leftmost. @param ranks of pairs of bytes, `a b` */
export function mergePairs(piece: string, ranks: ReadonlyMap<string, number>): number[][] {
  const symbols = [...Buffer.from(piece)].map((byte) => [byte]);
  for (;;) {
    let best = -1;
    let lowest = Number.POSITIVE_INFINITY;
    for (let i = 0; i + 1 < symbols.length; i++) {
      const rank = ranks.get(`${symbols[i]} ${symbols[i + 1]}`) ?? Number.POSITIVE_INFINITY;
      if (rank < lowest) [best, lowest] = [i, rank];
    }
    if (best < 0) return symbols;
    symbols.splice(best, 2, [...(symbols[best] as number[]), ...(symbols[best + 1] as number[])]);
  }
}
