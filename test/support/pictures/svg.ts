// A screen of a terminal as an SVG file that needs nothing else: its own background, and whatever monospace font there is.
import type { Cell, Style } from "../emulate.js";
import { textOf } from "../emulate.js";

/** In pixels; 0.6 of the size of the font is how wide most monospace fonts are. */
const FONT = 14;
const [WIDTH, HEIGHT, MARGIN] = [0.6 * FONT, 19, 16];

/** On dark gray, and readable there; a terminal's black is gray here. */
const PALETTE = [
  ["6e7681", "ff7b72", "7ee787", "e3b341", "79c0ff", "d2a8ff", "56d4dd", "c9d1d9"],
  ["8b949e", "ffa198", "56d364", "f2cc60", "a5d6ff", "e2c5ff", "b3f0ff", "ffffff"],
].flat();

/** Drawn instead of written: fonts leave gaps between them. How much of the cell is covered. */
const BLOCKS: Readonly<Record<string, number>> = { "█": 1, "▓": 0.6, "▒": 0.4, "░": 0.2 };

/** @param columns the width of the terminal @param title what the picture shows, for those who hear it */
export function drawScreen(lines: readonly (readonly Cell[])[], columns: number, title: string): string {
  const [width, height] = [columns * WIDTH + 2 * MARGIN, lines.length * HEIGHT + 2 * MARGIN];
  const styles = new Set<string>();
  const rows = lines.map(
    (line, row) =>
      `<g>${runsOf(line)
        .map((run) => mark(run, row, styles))
        .join("")}</g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${round(width)} ${height}" width="${round(width)}" height="${height}">
<title>${escaped(title)}</title>
<style>
text{font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;white-space:pre;fill:#e6edf3}
${[...styles].sort().map(rule).join("\n")}
</style>
<rect width="100%" height="100%" rx="8" fill="#161b22" stroke="#30363d"/>
${rows.join("\n")}
</svg>
`;
}

interface Run {
  readonly column: number;
  readonly text: string;
  readonly style: Style;
}

/** Pieces of one style, each at its own place, so that another font shifts no column. */
function runsOf(line: readonly Cell[]): Run[] {
  const runs: Run[] = [];
  const end = textOf(line).length;
  line.slice(0, end).forEach(({ text, style }, column) => {
    const last = runs.at(-1);
    const goes = last && isBlock(last.text) === isBlock(text) && classOf(last.style) === classOf(style);
    if (last && goes && !(last.text.endsWith("  ") && text !== " ") && (!isBlock(text) || last.text.endsWith(text)))
      runs[runs.length - 1] = { ...last, text: last.text + text };
    else runs.push({ column, text, style });
  });
  // Not every program that draws keeps spaces at the beginning.
  const trimmed = runs.map(({ column, text, style }) => ({
    column: column + text.length - text.trimStart().length,
    text: text.trim(),
    style,
  }));
  return trimmed.filter(({ text }) => text !== "");
}

function isBlock(text: string): boolean {
  return BLOCKS[text.charAt(0)] !== undefined;
}

function mark({ column, text, style }: Run, row: number, styles: Set<string>): string {
  const names = classOf(style);
  for (const name of names.split(" ")) if (name) styles.add(name);
  const [x, y] = [round(MARGIN + column * WIDTH), MARGIN + row * HEIGHT];
  const attribute = names ? ` class="${names}"` : "";
  const cover = BLOCKS[text.charAt(0)];
  if (cover !== undefined) {
    const fill = style.color === undefined ? "#e6edf3" : `#${PALETTE[style.color]}`;
    const opacity = round(cover * (style.dim ? 0.65 : 1));
    return `<rect x="${x}" y="${y + 3}" width="${round(text.length * WIDTH)}" height="${HEIGHT - 5}" fill="${fill}" fill-opacity="${opacity}"><title>${text}</title></rect>`;
  }
  const length = round(text.length * WIDTH);
  return `<text x="${x}" y="${y + FONT}" textLength="${length}"${attribute}>${escaped(text)}</text>`;
}

function classOf({ color, bold, dim, italic, underline, inverse }: Style): string {
  const names = [
    color === undefined ? "" : `c${color}`,
    bold ? "b" : "",
    dim ? "d" : "",
    italic ? "i" : "",
    underline ? "u" : "",
    inverse ? "v" : "",
  ];
  return names.filter(Boolean).join(" ");
}

function rule(name: string): string {
  if (name.startsWith("c")) return `.${name}{fill:#${PALETTE[Number(name.slice(1))]}}`;
  const rules: Readonly<Record<string, string>> = {
    b: "font-weight:700",
    d: "fill-opacity:.65",
    i: "font-style:italic",
    u: "text-decoration:underline",
    v: "font-weight:700;text-decoration:underline",
  };
  return `.${name}{${rules[name]}}`;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
