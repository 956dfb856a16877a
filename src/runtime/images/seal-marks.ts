// A prompt with images goes to the library as one text, in which special tokens are honoured everywhere. So that what a person or a file
// says stays text, an invisible space goes into each mark that it holds: the nearest there is to the same text.
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
 */
export function sealMarks(
  text: string,
  marks: readonly Mark[],
  template: string | null,
): { readonly text: string; readonly broken: readonly string[] } {
  const dangerous = marks.filter(({ text: mark, control }) => {
    if (mark.length < 2 || mark.trim() === "") return false;
    return control || template?.includes(mark) === true;
  });
  const broken = [IMAGE_MARK, ...dangerous.map((mark) => mark.text)].filter((mark) => text.includes(mark));
  let sealed = text;
  // The longest first: within a mark may be another.
  for (const mark of broken.sort((a, b) => b.length - a.length)) {
    sealed = sealed.replaceAll(mark, `${mark.slice(0, 1)}${BREAK}${mark.slice(1)}`);
  }
  // What is left of one may be another.
  return { text: broken.length === 0 ? text : sealMarks(sealed, marks, template).text, broken };
}
