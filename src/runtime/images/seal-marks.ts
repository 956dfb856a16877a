// A prompt with images goes to the library as one text, in which special tokens are honoured everywhere. So that what a person or a file
// says stays text, an invisible space goes into each mark that it holds: the nearest there is to the same text.
import { OslmError } from "../../errors.js";
import { IMAGE_MARK } from "./messages.js";

/** ZERO WIDTH SPACE. */
const BREAK = "\u200B";

export interface Mark {
  readonly text: string;
  readonly control: boolean;
}

/**
 * The text with every mark broken, and the marks that were in it.
 * @param template the model's; marks that are no control tokens count where it writes them
 * @param file for messages
 * @throws OslmError malformed-gguf for marks made so that breaking one puts together another
 */
export function sealMarks(
  text: string,
  marks: readonly Mark[],
  template: string | null,
  file: string,
): { readonly text: string; readonly broken: readonly string[] } {
  const dangerous = marks.filter(({ text: mark, control }) => {
    if (mark.length < 2 || mark.trim() === "") return false;
    return control || template?.includes(mark) === true;
  });
  const broken = [IMAGE_MARK, ...dangerous.map((mark) => mark.text)].filter((mark) => text.includes(mark));
  // The shortest first: a mark that holds another is broken with it. So each space breaks what was whole, and there are no more than letters.
  const sealed = [...broken].sort((a, b) => a.length - b.length).reduce(breakAll, text);
  // Every mark was broken wherever it began: what is whole now has the space in it.
  if (dangerous.some(({ text: mark }) => mark.includes(BREAK) && sealed.includes(mark))) {
    const reason =
      "Its vocabulary has special tokens that text cannot be kept apart from: they hold an invisible space.";
    throw new OslmError("malformed-gguf", { file, reason });
  }
  return { text: sealed, broken };
}

/** Also where two of them overlap. */
function breakAll(text: string, mark: string): string {
  const pieces: string[] = [];
  let from = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
    pieces.push(text.slice(from, at + 1));
    from = at + 1;
  }
  return [...pieces, text.slice(from)].join(BREAK);
}
