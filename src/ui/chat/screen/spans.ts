// Text in pieces that look different, wrapped by the columns that a terminal gives them.
import { styleText } from "node:util";
import stringWidth from "string-width";
import { sanitize } from "../../sanitize.js";

export type Look =
  | "plain"
  | "bold"
  | "italic"
  | "strike"
  | "dim"
  | "accent"
  | "code"
  | "link"
  | "heading"
  | "keyword"
  | "string"
  | "comment"
  | "number"
  | "name";

export interface Span {
  readonly text: string;
  readonly look: Look;
}

type Formats = Parameters<typeof styleText>[0];

/** Colors of the terminal's own palette: they fit light and dark backgrounds alike. */
const FORMATS: Readonly<Record<Exclude<Look, "plain">, Formats>> = {
  bold: "bold",
  italic: "italic",
  strike: "strikethrough",
  dim: "dim",
  accent: ["bold", "cyan"],
  code: "cyan",
  link: "underline",
  heading: "bold",
  keyword: "magenta",
  string: "green",
  comment: "dim",
  number: "yellow",
  name: "blueBright",
};

/** @param color whether styles may be written at all */
export function paint(spans: readonly Span[], color: boolean): string {
  return spans
    .map(({ text, look }) => (color && look !== "plain" && text !== "" ? styled(FORMATS[look], text) : text))
    .join("");
}

function styled(format: Formats, text: string): string {
  return styleText(format, text, { validateStream: false });
}

/** Nothing in it steers the terminal: Markdown's numbers (`&#27;`) become control characters only when it is read. */
export function span(text: string, look: Look = "plain"): Span {
  return { text: sanitize(text), look };
}

export function widthOf(spans: readonly Span[]): number {
  return stringWidth(spans.map(({ text }) => text).join(""));
}

/** Lines of at most `width` columns; words are cut only where they are wider than a line. A newline in the text ends a line. */
export function wrapSpans(spans: readonly Span[], width: number): Span[][] {
  const lines: Span[][] = [[]];
  let used = 0;
  const put = (text: string, look: Look): void => {
    const line = lines.at(-1);
    const last = line?.at(-1);
    if (last?.look === look) line?.splice(-1, 1, { text: last.text + text, look });
    else line?.push({ text, look });
    used += stringWidth(text);
  };
  const breakLine = (): void => {
    lines.push([]);
    used = 0;
  };
  // Words may be made of spans of several looks, so blanks are where lines break.
  for (const word of words(spans)) {
    if (word === "\n") {
      breakLine();
      continue;
    }
    const wide = widthOf(word);
    const isBlank = word.every(({ text }) => BLANK.test(text));
    if (used + wide > width && used > 0) {
      breakLine();
      if (isBlank) continue;
    }
    for (const { text, look } of word) {
      for (const piece of used + wide > width ? pieces(text, width) : [text]) {
        if (used + stringWidth(piece) > width && used > 0) breakLine();
        put(piece, look);
      }
    }
  }
  return lines.map(trimEnd);
}

/** A no-break space is none. */
const BLANK = /^[ \t]+$/;

/** Runs of blanks, and of anything else. */
function words(spans: readonly Span[]): (readonly Span[] | "\n")[] {
  const found: (Span[] | "\n")[] = [];
  let kind: "blank" | "word" | undefined;
  for (const { text, look } of spans) {
    for (const part of text.split(/(\n|[ \t]+)/)) {
      if (part === "") continue;
      if (part === "\n") {
        found.push("\n");
        kind = undefined;
        continue;
      }
      const own = BLANK.test(part) ? "blank" : "word";
      const last = found.at(-1);
      if (own === kind && last !== undefined && last !== "\n") last.push({ text: part, look });
      else found.push([{ text: part, look }]);
      kind = own;
    }
  }
  return found;
}

const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A word that is wider than a line, letter by letter. */
function pieces(text: string, width: number): string[] {
  return stringWidth(text) < width && text.length < 2
    ? [text]
    : Array.from(letters.segment(text), ({ segment }) => segment);
}

function trimEnd(line: Span[]): Span[] {
  const last = line.at(-1);
  if (last === undefined || last.text.trimEnd() === last.text) return line;
  const text = last.text.trimEnd();
  return [...line.slice(0, -1), ...(text === "" ? [] : [{ ...last, text }])];
}

/** Where the second column would be too narrow it comes below the first, set in by so much. */
const BELOW = 4;

/** A line of two columns, as lists have them, keeps its second one when it is wrapped; one that is set in stays so. */
export function wrapHanging(line: string, look: Look, width: number): Span[][] {
  const column = (/^\s*\S.*? {2,}(?=\S)/.exec(line) ?? /^ */.exec(line))?.[0].length ?? 0;
  if (column === 0 || stringWidth(line) <= width) return wrapSpans([span(line, look)], width);
  const [first, second] = [line.slice(0, column), line.slice(column)];
  if (column <= width / 2) {
    const rest = wrapSpans([span(second, look)], width - column);
    return rest.map((own, row) => [span(row === 0 ? first : " ".repeat(column), look), ...own]);
  }
  const rest = wrapSpans([span(second, look)], width - BELOW);
  return [...wrapSpans([span(first, look)], width), ...rest.map((own) => [span(" ".repeat(BELOW), look), ...own])];
}
