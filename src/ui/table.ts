// Tables with two faces: aligned columns for people, tab-separated lines for programs.
import { styleText } from "node:util";
import { sanitizeLine } from "./sanitize.js";
import type { Terminal } from "./terminal.js";

export interface Column<Row> {
  readonly header: string;
  /** What a person sees. */
  text(row: Row): string;
  /** What a program gets; the same as `text` unless given. */
  raw?(row: Row): string;
  readonly right?: boolean;
  /** Never cut, such as names that people paste. */
  readonly whole?: boolean;
}

/** The table as text, lines ended by newlines; empty for no rows. On a terminal the widest columns shrink to fit. */
export function renderTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], terminal: Terminal): string {
  if (rows.length === 0) return "";
  return terminal.stdoutTty ? forPeople(rows, columns, terminal) : forPrograms(rows, columns);
}

function forPrograms<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cell = (column: Column<Row>, row: Row): string => sanitizeLine(column.raw ? column.raw(row) : column.text(row));
  return `${rows.map((row) => columns.map((column) => cell(column, row)).join("\t")).join("\n")}\n`;
}

function forPeople<Row>(rows: readonly Row[], columns: readonly Column<Row>[], terminal: Terminal): string {
  const cells = [
    columns.map((column) => column.header),
    ...rows.map((row) => columns.map((c) => sanitizeLine(c.text(row)))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => (line[index] ?? "").length)));
  const whole = columns.map((column) => column.whole === true);
  shrink(widths, whole, terminal.width - 2 * (columns.length - 1));
  const lines = cells.map((line) =>
    line
      .map((text, index) => {
        const width = widths[index] ?? 0;
        const cut = text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text;
        return columns[index]?.right ? cut.padStart(width) : cut.padEnd(width);
      })
      .join("  ")
      .trimEnd(),
  );
  const [header = "", ...body] = lines;
  const head = terminal.stdoutColor ? styleText("bold", header, { validateStream: false }) : header;
  return `${[head, ...body].join("\n")}\n`;
}

/** Takes from the widest column that may be cut until the sum fits, but leaves every column 8 characters. */
function shrink(widths: number[], whole: readonly boolean[], room: number): void {
  for (let over = widths.reduce((a, b) => a + b, 0) - room; over > 0; over--) {
    const free = widths.map((width, index) => (whole[index] ? 0 : width));
    const widest = free.indexOf(Math.max(...free));
    if ((free[widest] ?? 0) <= 8) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}
