// A draft as lines of the screen.
import stringWidth from "string-width";
import { type Draft, shownCell } from "./draft.js";

export interface DraftLines {
  readonly lines: readonly string[];
  /** Where the cursor is in them, in columns of the terminal. */
  readonly row: number;
  readonly column: number;
}

/** The part around the cursor, at most `height` lines of `width` columns. */
export function draftLines({ cells, cursor }: Draft, width: number, height: number): DraftLines {
  const lines: string[] = [""];
  let used = 0;
  let [row, column] = [0, 0];
  const breakLine = (): void => {
    lines.push("");
    used = 0;
  };
  for (const [index, cell] of cells.entries()) {
    const shown = shownCell(cell);
    const wide = cell === "\n" ? 0 : stringWidth(shown);
    // One column stays free, so that the cursor never stands beyond the edge.
    if (used > 0 && used + wide >= width) breakLine();
    if (index === cursor) [row, column] = [lines.length - 1, used];
    if (cell === "\n") breakLine();
    else {
      lines[lines.length - 1] += shown;
      used += wide;
    }
  }
  if (cursor === cells.length) [row, column] = [lines.length - 1, used];
  const first = Math.max(0, Math.min(row - Math.floor(height / 2), lines.length - height));
  return { lines: lines.slice(first, first + height), row: row - first, column: Math.min(column, width - 1) };
}
