// A Markdown table as lines.
import { type Span, span, widthOf, wrapSpans } from "./spans.js";

const GAP = "  ";
/** Narrower columns are no help. */
const LEAST = 4;

/** Header, a rule, and the rows; the widest columns give way until all fits, and their cells become several lines. */
export function tableLines(header: readonly Span[][], rows: readonly Span[][][], width: number): Span[][] {
  const widths = header.map((cell, index) =>
    Math.max(LEAST, ...[cell, ...rows.map((row) => row[index] ?? [])].map(widthOf)),
  );
  const room = width - GAP.length * (widths.length - 1);
  while (sum(widths) > room) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= LEAST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  const rule = widths.flatMap((wide, index) => [
    span("─".repeat(wide), "dim"),
    ...(index < widths.length - 1 ? [span(GAP)] : []),
  ]);
  return [...rowLines(header, widths), rule, ...rows.flatMap((row) => rowLines(row, widths))];
}

function rowLines(cells: readonly Span[][], widths: readonly number[]): Span[][] {
  const wrapped = widths.map((wide, index) => wrapSpans(cells[index] ?? [], wide));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, row) =>
    wrapped.flatMap((lines, index) => {
      const line = lines[row] ?? [];
      if (index === widths.length - 1) return line;
      return [...line, span(" ".repeat(Math.max(0, (widths[index] ?? 0) - widthOf(line))) + GAP)];
    }),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
