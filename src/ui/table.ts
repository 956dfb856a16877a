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
  /** On a terminal that is too narrow for the table, left out: the last of them first. */
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

function forPeople<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminal: Terminal,
  above: readonly Row[],
): string {
  const measured = above.length > 0 ? above : rows;
  const parts = linesOf(columns, measured, terminal.width).map((some, at) => {
    const indent = at === 0 ? "" : INDENT;
    const { head, cells } = aligned(rows, some, { ...terminal, width: terminal.width - indent.length }, measured);
    const shown = (lines: readonly string[]) => lines.filter((line) => line !== "").map((line) => `${indent}${line}\n`);
    return { head: shown([head]), cells: cells.map(shown) };
  });
  const heads = above.length > 0 ? [] : parts.flatMap(({ head }) => head);
  return [...heads, ...rows.flatMap((_, row) => parts.flatMap(({ cells }) => cells[row] ?? []))].join("");
}

/**
 * The columns of each line that a row takes. What may go where the terminal is narrow, goes; then what may be cut is cut; where that
 * is not enough, the first column stands above the others, and these go on below where one line is too short for them.
 */
function linesOf<Row>(
  columns: readonly Column<Row>[],
  measured: readonly Row[],
  width: number,
): readonly (readonly Column<Row>[])[] {
  const kept = withoutSpare(columns, (some) => widthOf(some, measured) > width);
  const [first, ...others] = columns;
  if (first === undefined || widthOf(kept, measured, true) <= width) return [kept];
  const isTooWide = (some: readonly Column<Row>[]) => widthOf(some, measured) > width - INDENT.length;
  const lines: Column<Row>[][] = [[first], []];
  for (const column of withoutSpare(others, isTooWide)) {
    const line = lines.at(-1) ?? [];
    if (line.length === 0 || !isTooWide([...line, column])) line.push(column);
    else lines.push([column]);
  }
  return lines.filter((line) => line.length > 0);
}

/** So few of the columns that the others do. */
function withoutSpare<Row>(
  columns: readonly Column<Row>[],
  isTooWide: (columns: readonly Column<Row>[]) => boolean,
): readonly Column<Row>[] {
  const last = columns.findLastIndex(({ spare }) => spare);
  return last < 0 || !isTooWide(columns) ? columns : withoutSpare(columns.toSpliced(last, 1), isTooWide);
}

/**
 * Without sentences, which have lines of their own.
 * @param cut with what may be cut as narrow as it becomes
 */
function widthOf<Row>(columns: readonly Column<Row>[], rows: readonly Row[], cut = false): number {
  const widths = columns
    .filter(({ prose }) => !prose)
    .map((column) => {
      const width = Math.max(column.header.length, ...rows.map((row) => cellsOf(sanitizeLine(column.text(row)))));
      return cut && !column.whole ? Math.min(width, NARROWEST) : width;
    });
  return widths.reduce((sum, width) => sum + width + 2, -2);
}

/** The header, and the lines of each row: one, and more where sentences are wrapped. */
function aligned<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  terminal: Terminal,
  measured: readonly Row[],
): { readonly head: string; readonly cells: readonly (readonly string[])[] } {
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
  const cells = rows.map((row): string[] => {
    const texts = figures.map((column, index) => {
      const text = padded(textOf(column, row), index);
      return terminal.stdoutColor && column.style ? column.style(text, row) : text;
    });
    const line = texts.join("  ");
    if (prose === undefined) return [line.trimEnd()];
    const text = textOf(prose, row);
    if (!beside) return [line.trimEnd(), ...paragraph(text, terminal.width - BELOW.length).map(below)];
    const [first = "", ...more] = paragraph(text, terminal.width - taken);
    return [`${line}  ${first}`.trimEnd(), ...more.map((one) => " ".repeat(taken) + one)];
  });
  return { head: terminal.stdoutColor && title !== "" ? styled("bold", title) : title, cells };
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
