// "Did you mean": the known words nearest to a mistyped one. For model names, and for the verbs of the command line.

/** Longer words are not typing errors, and the comparison takes time proportional to the product of both lengths. */
const MAX_LENGTH = 64;

/**
 * At most `limit` of `candidates`, nearest first. Near is: begins with the word (or the word with it), or differs by at
 * most one typing error per three letters (a letter added, left out, replaced, or two neighbours swapped). Case is ignored.
 */
export function suggest(word: string, candidates: readonly string[], limit = 3): string[] {
  const typed = word.toLowerCase();
  if (typed.length < 2 || typed.length > MAX_LENGTH) return [];
  const allowed = Math.max(1, Math.floor(typed.length / 3));
  return candidates
    .map((candidate) => ({ candidate, score: score(typed, candidate.toLowerCase()) }))
    .filter(({ score }) => score < allowed + 1)
    .sort((left, right) => left.score - right.score)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/**
 * Edit distance; a beginning ranks after an error of one letter and before one of two, the shorter rest first. Where only one
 * letter is missing at the end, that is likelier than another letter in the middle.
 */
function score(typed: string, candidate: string): number {
  const distance = editDistance(typed, candidate);
  const goesOn = candidate.startsWith(typed);
  const rest = Math.abs(candidate.length - typed.length) / (2 * MAX_LENGTH);
  if (goesOn) return Math.min(distance - rest, 1 + rest);
  return candidate.length > 2 && typed.startsWith(candidate) ? Math.min(distance, 1 + rest) : distance;
}

/** Damerau-Levenshtein distance in its restricted form ("optimal string alignment"): no part is edited twice. */
export function editDistance(left: string, right: string): number {
  if (Math.abs(left.length - right.length) > MAX_LENGTH) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let best = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped =
        row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) best = Math.min(best, (beforeLast[column - 2] ?? 0) + 1);
      current.push(best);
    }
    beforeLast = last;
    last = current;
  }
  return last[right.length] ?? 0;
}
