// The message that is being written: letters as people see them, pasted texts as one thing each, and a cursor.
import { sanitize } from "../../sanitize.js";

/** A letter with all its marks, or a text that was pasted and is shown folded. */
export type Cell = string | { readonly paste: string };

export interface Draft {
  readonly cells: readonly Cell[];
  /** Before which cell. */
  readonly cursor: number;
}

export type Step = "left" | "right" | "wordLeft" | "wordRight" | "lineStart" | "lineEnd" | "start" | "end";

export const EMPTY: Draft = { cells: [], cursor: 0 };

/** Longer ones are shown as their number of lines. */
const [FOLD_LINES, FOLD_CHARS] = [5, 1000];

const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** What will be sent. */
export function textOf({ cells }: Draft): string {
  return cells.map((cell) => (typeof cell === "string" ? cell : cell.paste)).join("");
}

/** What stands for a cell on the screen. */
export function shownCell(cell: Cell): string {
  if (typeof cell === "string") return cell === "\t" ? "  " : cell;
  const lines = cell.paste.replace(/\n$/, "").split("\n").length;
  return lines > 1 ? `[${lines} lines]` : `[${cell.paste.length} characters]`;
}

export function insert(draft: Draft, text: string): Draft {
  const cells = Array.from(letters.segment(sanitize(text)), ({ segment }) => segment);
  return add(draft, cells);
}

/** A long text becomes one cell. */
export function paste(draft: Draft, text: string): Draft {
  const clean = sanitize(text);
  const folds = clean.split("\n").length > FOLD_LINES || clean.length > FOLD_CHARS;
  return folds ? add(draft, [{ paste: clean }]) : insert(draft, clean);
}

/** A draft of a text that was written before, the cursor at its end. */
export function draftOf(text: string): Draft {
  return paste(EMPTY, text);
}

export function move({ cells, cursor }: Draft, step: Step): Draft {
  return { cells, cursor: target(cells, cursor, step) };
}

/** The same in the line above or below; undefined where there is none. */
export function moveLine({ cells, cursor }: Draft, direction: "up" | "down"): Draft | undefined {
  const start = target(cells, cursor, "lineStart");
  const column = cursor - start;
  if (direction === "up") {
    if (start === 0) return undefined;
    const above = target(cells, start - 1, "lineStart");
    return { cells, cursor: Math.min(above + column, start - 1) };
  }
  const end = target(cells, cursor, "lineEnd");
  if (end === cells.length) return undefined;
  return { cells, cursor: Math.min(end + 1 + column, target(cells, end + 1, "lineEnd")) };
}

/** Takes away what lies between the cursor and where the step would lead. */
export function erase(draft: Draft, step: Step): Draft {
  const { cells, cursor } = draft;
  const other = target(cells, cursor, step);
  const [from, to] = [Math.min(cursor, other), Math.max(cursor, other)];
  return { cells: [...cells.slice(0, from), ...cells.slice(to)], cursor: from };
}

function add({ cells, cursor }: Draft, more: readonly Cell[]): Draft {
  return { cells: [...cells.slice(0, cursor), ...more, ...cells.slice(cursor)], cursor: cursor + more.length };
}

function target(cells: readonly Cell[], cursor: number, step: Step): number {
  switch (step) {
    case "left":
      return Math.max(0, cursor - 1);
    case "right":
      return Math.min(cells.length, cursor + 1);
    case "wordLeft": {
      let at = cursor;
      while (at > 0 && !isWord(cells[at - 1])) at--;
      while (at > 0 && isWord(cells[at - 1])) at--;
      return at;
    }
    case "wordRight": {
      let at = cursor;
      while (at < cells.length && !isWord(cells[at])) at++;
      while (at < cells.length && isWord(cells[at])) at++;
      return at;
    }
    case "lineStart":
      return cells.lastIndexOf("\n", cursor - 1) + 1 > cursor || cursor === 0
        ? 0
        : cells.lastIndexOf("\n", cursor - 1) + 1;
    case "lineEnd": {
      const end = cells.indexOf("\n", cursor);
      return end < 0 ? cells.length : end;
    }
    case "start":
      return 0;
    case "end":
      return cells.length;
    default:
      return step satisfies never;
  }
}

function isWord(cell: Cell | undefined): boolean {
  return cell !== undefined && (typeof cell !== "string" || /[\p{L}\p{N}_]/u.test(cell));
}
