// What a load needs against what there is, for people who look before they read.
import { styleText } from "node:util";
import type { Bytes } from "../model/types.js";
import { wrap } from "./wrap.js";

export interface MemoryParts {
  readonly weights: Bytes;
  readonly cache: Bytes;
  /** Compute buffers and whatever else. */
  readonly rest: Bytes;
}

const [WEIGHTS, CACHE, REST, LIMIT, MORE] = ["█", "▓", "░", "│", "▸"];
/** Where in the bar the limit stands; beyond it there is room to see by how much something is too large. */
const LIMIT_AT = 0.75;

/** `width` characters: weights, cache and the rest to scale, a line where memory ends, an arrow where the bar would go on. */
export function memoryBar({ weights, cache, rest }: MemoryParts, limit: Bytes, width: number): string {
  const edge = Math.round(width * LIMIT_AT);
  const cells = (bytes: Bytes) => Math.round((bytes / Math.max(1, limit)) * edge);
  // The ends are rounded, not the lengths: the whole is as long as the sum.
  const ends = [cells(weights), cells(weights + cache), cells(weights + cache + rest)] as const;
  const glyph = (at: number): string => {
    if (at === width - 1 && ends[2] > width) return MORE;
    if (at === edge) return LIMIT;
    return at < ends[0] ? WEIGHTS : at < ends[1] ? CACHE : at < ends[2] ? REST : " ";
  };
  return Array.from({ length: width }, (_, at) => glyph(at)).join("");
}

/** What the signs of a bar mean, in one line or two. */
export function barLegend(limit: string, width: number): readonly string[] {
  const parts = `${WEIGHTS} weights  ${CACHE} KV cache  ${REST} buffers and program`;
  const edge = `${LIMIT} usable: ${limit}`;
  const line = `${parts}  ${edge}`;
  return line.length <= width ? [line] : [parts, wrap(edge, width, "  ")];
}

/** Bars tell their parts apart by shade; colors are added to that. */
export function colorBar(text: string): string {
  const color = (part: string, name: "cyan" | "yellow" | "magenta" | "red") =>
    styleText(name, part, { validateStream: false });
  return text
    .replace(/█+/g, (part) => color(part, "cyan"))
    .replace(/▓+/g, (part) => color(part, "yellow"))
    .replace(/░+/g, (part) => color(part, "magenta"))
    .replace(/▸/g, (part) => color(part, "red"));
}
