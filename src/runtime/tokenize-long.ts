// Texts of any length to token ids, in pieces: the tokenizer takes a second for a megabyte, and hears nothing meanwhile.
import type { Tokens } from "../model/types.js";
import type { LoadedModel } from "./engine.js";
import type { Pause } from "./pauses.js";

type Tokenizer = Pick<LoadedModel, "tokenize">;

/** Characters that are tokenized at once; then up to as many more until there is a good place to cut. */
const PIECE = 32_768;
/** Characters of a text that is counted to the end. */
export const LONG_TEXT = 1_000_000;
/** Characters at either end of a longer one that tell how many tokens it has. */
const SAMPLE = 100_000;
/** Begins no token but its own: what is put before what follows it shows by itself. */
const LEAD = "\u0001";

/**
 * Token ids of `text`: the same as of one call, but for one that goes on for 64 kB without a line's end or a blank.
 * @param continues whether it follows other text: then no blank is put before it, as many tokenizers do
 */
export async function tokenizeLong(
  model: Tokenizer,
  text: string,
  special: boolean,
  pause: Pause,
  continues = false,
): Promise<number[]> {
  const tokens: number[][] = [];
  for (const { start, end } of piecesOf(text)) {
    const piece = text.slice(start, end);
    tokens.push(start === 0 && !continues ? model.tokenize(piece, special) : continued(model, piece, special));
    await pause();
  }
  return tokens.flat();
}

/** Tokens of a text alone; of one with more than a million characters an estimate by its beginning and its end. */
export async function countTokens(model: Tokenizer, text: string, pause: Pause): Promise<Tokens> {
  const samples = text.length <= LONG_TEXT ? [text] : [text.slice(0, SAMPLE), text.slice(-SAMPLE)];
  let tokens = 0;
  let chars = 0;
  for (const sample of samples) {
    tokens += (await tokenizeLong(model, sample, false, pause)).length;
    chars += sample.length;
  }
  return chars === text.length ? tokens : Math.round((tokens / chars) * text.length);
}

/** Cut where no token goes across: behind the end of a line, else before a blank. */
export function* piecesOf(text: string): Generator<{ readonly start: number; readonly end: number }, void> {
  let start = 0;
  while (start < text.length) {
    const end = text.length - start <= 2 * PIECE ? text.length : start + PIECE + placeToCut(text, start + PIECE);
    yield { start, end };
    start = end;
  }
}

function placeToCut(text: string, from: number): number {
  const near = text.slice(from, from + PIECE);
  const place = [/(?<=\S\n)(?=\S)/, /(?<=\S)(?= \S)/].map((good) => near.search(good)).find((found) => found > 0);
  // Not within a character.
  return place ?? (/^[\udc00-\udfff]/.test(near) ? 1 : 0);
}

function continued(model: Tokenizer, text: string, special: boolean): number[] {
  const lead = model.tokenize(LEAD, special);
  const tokens = model.tokenize(LEAD + text, special);
  return lead.every((token, index) => tokens[index] === token)
    ? tokens.slice(lead.length)
    : model.tokenize(text, special);
}
