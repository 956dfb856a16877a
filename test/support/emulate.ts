// What a terminal shows after some output: the part of xterm that oslm and bash use. What scrolled off the top cannot be
// changed any more. Of our own, since tests need an error for what is not known: a terminal ignores it.

export interface Cell {
  readonly text: string;
  readonly style: Style;
}

export interface Style {
  /** One of the sixteen colors of terminals; undefined is the terminal's own. */
  readonly color?: number;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly inverse?: boolean;
}

const BLANK: Cell = { text: " ", style: {} };

/** After so many characters of the output the screen has so many rows. */
export interface Resize {
  readonly at: number;
  readonly rows: number;
}

/** All lines, from the first that scrolled away to the last on the screen. @throws Error for what it does not know */
export function emulate(raw: string, rows: number, resizes: readonly Resize[] = []): string[] {
  return emulateCells(raw, rows, Number.POSITIVE_INFINITY, resizes).map(textOf);
}

/** What the cells of a line say, without the space behind it. */
export function textOf(line: readonly Cell[]): string {
  return line
    .map((cell) => cell.text)
    .join("")
    .trimEnd();
}

/** The same with colors; lines that are longer than `columns` go on below. @throws Error for what it does not know */
export function emulateCells(
  raw: string,
  height: number,
  columns = Number.POSITIVE_INFINITY,
  resizes: readonly Resize[] = [],
): Cell[][] {
  const lines: Cell[][] = [[]];
  const waiting = [...resizes];
  let rows = height;
  let [row, column] = [0, 0];
  let style: Style = {};
  const top = (): number => Math.max(0, lines.length - rows);
  const down = (): void => {
    row++;
    if (row === lines.length) lines.push([]);
  };
  const put = (text: string): void => {
    if (column >= columns) {
      column = 0;
      down();
    }
    const line = lines[row] ?? [];
    while (line.length < column) line.push(BLANK);
    line[column++] = { text, style };
  };
  // As tmux and others do: a screen that becomes lower loses what is below the cursor first.
  const resize = (now: number): void => {
    const over = Math.min(lines.length, rows) - now;
    if (over > 0) lines.splice(Math.max(row + 1, lines.length - over));
    rows = now;
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals speak in them
  for (const { 0: token, 1: numbers, 2: letter, index } of raw.matchAll(/\u001b\[([\d;?<=>]*)([A-Za-z])|[\s\S]/gu)) {
    while (waiting[0] && waiting[0].at <= index) resize(waiting.shift()?.rows ?? rows);
    const count = Number(numbers || 1);
    if (letter === undefined) {
      if (token === "\r") column = 0;
      else if (token === "\n") down();
      else put(token);
    } else if (letter === "m") style = numbers?.split(";").reduce(restyle, style) ?? style;
    else if (letter === "A") row = Math.max(top(), row - count);
    else if (letter === "B") row = Math.min(lines.length - 1, row + count);
    else if (letter === "G") column = count - 1;
    else if (letter === "K" && numbers === "2") lines[row] = [];
    else if (letter === "K" && !Number(numbers)) lines[row]?.splice(column);
    else if (letter === "J" && !Number(numbers)) {
      lines[row]?.splice(column);
      lines.splice(row + 1);
    } else if (!/[hlu]/.test(letter)) throw new Error(`an unknown sequence: ${JSON.stringify(token)}`);
  }
  return lines;
}

const ON: Readonly<Record<string, Style>> = {
  1: { bold: true },
  2: { dim: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  22: { bold: false, dim: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
};

function restyle(style: Style, code: string): Style {
  const number = Number(code);
  if (number === 0) return {};
  if (number === 39) return { ...style, color: undefined };
  const bright = number >= 90 && number <= 97;
  if (bright || (number >= 30 && number <= 37)) return { ...style, color: bright ? number - 82 : number - 30 };
  const change = ON[code];
  if (change === undefined) throw new Error(`an unknown color or style: ${code}`);
  return { ...style, ...change };
}
