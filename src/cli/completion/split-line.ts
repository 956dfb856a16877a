// The words of a line that is still being typed, as bash would read them; nothing in it is expanded.

export interface TypedLine {
  /** The last one is being typed, and may be empty. */
  readonly words: readonly string[];
  /** So many characters of the last word stay as they are: readline replaces what follows the last break or quotation mark. */
  readonly kept: number;
}

/** What a backslash takes its meaning from between double quotes. */
const ESCAPED_IN_QUOTES = /[$`"\\]/;

/**
 * @param line all before the cursor
 * @param breaks where readline begins a new word besides blanks: `COMP_WORDBREAKS`, with the colon of `name:tag`
 */
export function splitLine(line: string, breaks: string): TypedLine {
  const words: string[] = [];
  // Undefined between two words; "" is one, in quotes.
  let word: string | undefined;
  let kept = 0;
  let quote = "";
  let isEscaped = false;
  for (const char of line) {
    if (isEscaped) {
      word = (word ?? "") + (quote === "" || ESCAPED_IN_QUOTES.test(char) ? char : `\\${char}`);
      isEscaped = false;
    } else if (char === "\\" && quote !== "'") isEscaped = true;
    else if (quote === "" ? char === '"' || char === "'" : char === quote) {
      quote = quote === "" ? char : "";
      word ??= "";
      kept = word.length;
    } else if (quote === "" && /\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      kept = 0;
    } else {
      word = (word ?? "") + char;
      if (quote === "" && breaks.includes(char)) kept = word.length;
    }
  }
  return { words: [...words, word ?? ""], kept };
}
