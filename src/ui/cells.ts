// How wide a text is on a terminal. `string-width` knows it too, but as an ES module that each start of `oslm list` would load.

const PLAIN = /^[ -~]*$/;
/** Blocks that Unicode's EastAsianWidth.txt has as Wide or Fullwidth, and emoji: two cells. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/u;
const NOTHING = /^[\p{Mark}\p{Default_Ignorable_Code_Point}\p{Cc}]*$/u;

let segmenter: Intl.Segmenter | undefined;
/** What people take for one letter each. Made when needed: most tables are plain. */
function* lettersOf(text: string): Generator<string> {
  segmenter ??= new Intl.Segmenter("en");
  for (const { segment } of segmenter.segment(text)) yield segment;
}

/** Cells that `text`, which is one line, takes. */
export function cellsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let cells = 0;
  for (const letter of lettersOf(text)) cells += cellsOfLetter(letter);
  return cells;
}

/** `text` in at most so many cells; what was cut off leaves an ellipsis. */
export function cutToCells(text: string, most: number): string {
  if (cellsOf(text) <= most) return text;
  let [kept, cells] = ["", 0];
  for (const letter of lettersOf(text)) {
    cells += cellsOfLetter(letter);
    if (cells > most - 1) break;
    kept += letter;
  }
  return `${kept}…`;
}

function cellsOfLetter(letter: string): number {
  if (WIDE.test(letter)) return 2;
  return NOTHING.test(letter) ? 0 : 1;
}
