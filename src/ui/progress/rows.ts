// The board as rows of a terminal: name, bar, percentage, sizes, and rate with time left or what else happens.
import type { Bytes } from "../../model/types.js";
import { formatBytes, formatDuration } from "../format.js";
import type { Board, FileOnBoard } from "./board.js";
import { shortName } from "./short-name.js";

/** From here on there is room for sizes. */
const WIDE = 76;
/** From here on there is room for the time left. */
const MIDDLE = 36;
const LONGEST_BAR = 40;
const SHORTEST_BAR = 5;
const SHORTEST_NAME = 6;

interface Row {
  readonly path: string;
  readonly received: Bytes;
  readonly total: Bytes;
  readonly tail: string;
}

/** At most `height` rows of less than `columns` characters each: the active files, and their sum below several. */
export function progressRows(board: Board, columns: number, height: number): string[] {
  const { active, several } = board;
  if (active.length === 0) return [];
  // A character in the last column would let some terminals begin a new line.
  const room = Math.max(1, columns - 1);
  const speed = speedOf(board, room);
  const shown = active.slice(0, Math.max(1, height - (several ? 1 : 0)));
  const rows = shown.map((file): Row => ({ ...file, tail: stateOf(file, board.now()) ?? (several ? "" : speed) }));
  if (several && height > 1) rows.push({ path: "total", ...board.sum, tail: speed });
  return layOut(rows, room);
}

/** What a file that is not finished leaves on the screen when everything stops. */
export function lastRow({ path, received, total }: FileOnBoard): string {
  return `${path}  ${percent({ received, total })} of ${formatBytes(total)}`;
}

/** Rate and time left. */
export function speedOf(board: Board, room = Number.POSITIVE_INFINITY): string {
  const { perSecond, left } = board;
  if (perSecond === undefined) return "";
  const rate = `${formatBytes(perSecond)}/s`;
  if (left === undefined || room < MIDDLE) return rate;
  return `${rate.padEnd(8)}  ${formatDuration(left)}${room >= WIDE ? " left" : ""}`;
}

/** What keeps the bytes from coming. */
function stateOf({ received, total, doing, comparing, waitingUntil }: FileOnBoard, now: number): string | undefined {
  if (waitingUntil > now) return `retry in ${Math.ceil((waitingUntil - now) / 1000)} s`;
  if (comparing) return "comparing";
  return doing === "downloading" && received >= total ? "verifying" : undefined;
}

function layOut(rows: readonly Row[], room: number): string[] {
  const [sizes, tail] = room >= WIDE ? [18, 22] : room >= MIDDLE ? [0, 17] : [0, 9];
  const rest = room - 4 - 2 - (sizes > 0 ? sizes + 2 : 0) - 2 - tail;
  const longest = Math.max(...rows.map(({ path }) => shortName(path, Number.POSITIVE_INFINITY).length));
  const share = rest >= 24 ? Math.floor(rest * 0.6) : rest;
  const nameWidth = Math.max(SHORTEST_NAME, Math.min(longest, share));
  const barWidth = Math.min(LONGEST_BAR, rest - nameWidth - 2);
  return rows.map((row) => {
    const name = shortName(row.path, nameWidth).padEnd(nameWidth);
    const columns = [
      name,
      ...(barWidth >= SHORTEST_BAR ? [bar(row, barWidth)] : []),
      percent(row).padStart(4),
      ...(sizes > 0 ? [`${formatBytes(row.received)} of ${formatBytes(row.total)}`.padEnd(sizes)] : []),
      row.tail,
    ];
    return columns.join("  ").trimEnd().slice(0, room);
  });
}

function bar(row: Pick<Row, "received" | "total">, width: number): string {
  const full = Math.floor(shareOf(row) * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

function percent(row: Pick<Row, "received" | "total">): string {
  return `${Math.floor(shareOf(row) * 100)}%`;
}

function shareOf({ received, total }: Pick<Row, "received" | "total">): number {
  return Math.min(1, Math.max(0, received / Math.max(1, total)));
}
