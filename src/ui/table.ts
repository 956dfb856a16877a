// Tables with two faces: aligned columns for people, tab-separated lines for programs.
import { styleText } from "node:util";
import { cellsOf, cutToCells } from "./cells.js";
import { sanitizeLine } from "./sanitize.js";
import type { Terminal } from "./terminal.js";
import { wrap } from "./wrap.js";

export interface Column<Row> {
  readonly header: string;
  /** What a person sees. */
  text(row: Row): string;
  /** What a program gets; the same as `text` unless given. */
  raw?(row: Row): string;
  readonly right?: boolean;
  /** Never cut, such as names that people paste. */
  readonly whole?: boolean;
  /** On a terminal that is too narrow for the table, left out: the last of them first. Then the first column has lines of its own. */
  readonly spare?: boolean;
  /** Sentences, in the last column: wrapped in the room that is left, or below the row where that is little; never cut. */
  readonly prose?: boolean;
  /** Colors for the padded text; only where there are colors. */
  style?(text: string, row: Row): string;
}

/** Sentences in a narrower column are hard to read. */
const PROSE_WIDTH = 32;
const BELOW = "    ";

/**
 * The table as text, lines ended by newlines; empty for no rows. On a terminal the widest columns shrink to fit.
 * @param above rows that are shown already: what is below them has their widths, and no header
 */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminal: Terminal,
  above: readonly Row[] = [],
): string {
  if (rows.length === 0) return "";
  return terminal.stdoutTty ? forPeople(rows, columns, terminal, above) : forPrograms(rows, columns);
}

function forPrograms<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cell = (column: Column<Row>, row: Row): string => sanitizeLine(column.raw ? column.raw(row) : column.text(row));
  return `${rows.map((row) => columns.map((column) => cell(column, row)).join("\t")).join("\n")}\n`;
}

const INDENT = "  ";
/** Of a column that may be cut. */
const NARROWEST = 8;

/** What may go where the terminal is narrow, goes; where that is not enough, the first column stands above the others. */
function forPeople<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminal: Terminal,
  above: readonly Row[],
): string {
  if (!columns.some(({ spare }) => spare)) return aligned(rows, columns, terminal, above);
  const measured = above.length > 0 ? above : rows;
  const over = (some: readonly Column<Row>[], room: number) => widthOf(some, measured) > room;
  const kept = withoutSpare(columns, (some) => over(some, terminal.width));
  const [first, ...others] = columns;
  if (first === undefined || widthOf(kept, measured, true) <= terminal.width)
    return aligned(rows, kept, terminal, above);
  const room = terminal.width - INDENT.length;
  const below = withoutSpare(others, (some) => over(some, room));
  const lines = (some: readonly Column<Row>[], width: number) =>
    aligned(rows, some, { ...terminal, width }, above)
      .trimEnd()
      .split("\n");
  const figures = lines(below, room);
  return lines([first], terminal.width)
    .map((line, at) => `${line}\n${INDENT}${figures[at] ?? ""}\n`)
    .join("");
}

/** So few of the columns that the others do. */
function withoutSpare<Row>(
  columns: readonly Column<Row>[],
  isTooWide: (columns: readonly Column<Row>[]) => boolean,
): readonly Column<Row>[] {
  const last = columns.findLastIndex(({ spare }) => spare);
  return last < 0 || !isTooWide(columns) ? columns : withoutSpare(columns.toSpliced(last, 1), isTooWide);
}

/** @param cut with what may be cut as narrow as it becomes */
function widthOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], cut = false): number {
  const widths = columns.map((column) => {
    const width = Math.max(column.header.length, ...rows.map((row) => cellsOf(sanitizeLine(column.text(row)))));
    return cut && !column.whole ? Math.min(width, NARROWEST) : width;
  });
  return widths.reduce((sum, width) => sum + width + 2, -2);
}

function aligned<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminal: Terminal,
  above: readonly Row[],
): string {
  const measured = above.length > 0 ? above : rows;
  const prose = columns.at(-1)?.prose ? columns.at(-1) : undefined;
  const figures = prose ? columns.slice(0, -1) : columns;
  const textOf = (column: Column<Row>, row: Row) => sanitizeLine(column.text(row));
  const widths = figures.map((column) =>
    Math.max(column.header.length, ...measured.map((row) => cellsOf(textOf(column, row)))),
  );
  const whole = figures.map((column) => column.whole === true);
  shrink(widths, whole, terminal.width - 2 * (figures.length - 1));
  const padded = (text: string, index: number): string => {
    const width = widths[index] ?? 0;
    const cut = whole[index] ? text : cutToCells(text, width);
    const spaces = " ".repeat(Math.max(0, width - cellsOf(cut)));
    return figures[index]?.right ? spaces + cut : cut + spaces;
  };
  const taken = widths.reduce((sum, width) => sum + width + 2, 0);
  const beside = prose !== undefined && terminal.width - taken >= PROSE_WIDTH;
  // Between the rows it would drown them.
  const below = (text: string): string => BELOW + (terminal.stdoutColor ? styled("dim", text) : text);
  const titles = [...figures.map(({ header }, index) => padded(header, index)), ...(beside ? [prose.header] : [])];
  const title = titles.join("  ").trimEnd();
  const lines = rows.flatMap((row) => {
    const cells = figures.map((column, index) => {
      const text = padded(textOf(column, row), index);
      return terminal.stdoutColor && column.style ? column.style(text, row) : text;
    });
    const line = cells.join("  ");
    if (prose === undefined) return [line.trimEnd()];
    const text = textOf(prose, row);
    if (!beside) return [line.trimEnd(), ...paragraph(text, terminal.width - BELOW.length).map(below)];
    const [first = "", ...more] = paragraph(text, terminal.width - taken);
    return [`${line}  ${first}`.trimEnd(), ...more.map((one) => " ".repeat(taken) + one)];
  });
  const head = terminal.stdoutColor ? styled("bold", title) : title;
  return `${[...(above.length > 0 ? [] : [head]), ...lines].join("\n")}\n`;
}

function styled(style: "bold" | "dim", text: string): string {
  return styleText(style, text, { validateStream: false });
}

function paragraph(text: string, width: number): string[] {
  return text === "" ? [] : wrap(text, width, "").split("\n");
}

/** Takes from the widest column that may be cut until the sum fits, but leaves every column 8 characters. */
function shrink(widths: number[], whole: readonly boolean[], room: number): void {
  for (let over = widths.reduce((a, b) => a + b, 0) - room; over > 0; over--) {
    const free = widths.map((width, index) => (whole[index] ? 0 : width));
    const widest = free.indexOf(Math.max(...free));
    if ((free[widest] ?? 0) <= NARROWEST) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}
