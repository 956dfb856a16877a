// What a thread that quantizes rows is asked, and what it answers: a few numbers each, and bytes after them.
import { type RowType, WEIGHT_BYTES } from "./row-type.js";

export interface ChunkTask {
  /** ggml_type. */
  readonly type: number;
  readonly from: RowType;
  readonly perRow: number;
  /** Of the rows, which follow. */
  readonly bytes: number;
  /** After the rows a float for each column tells how much it matters. */
  readonly important: boolean;
}

export type ChunkReply =
  | { readonly bytes: Uint8Array }
  /** The first weight that is not finite, or as large as none is. */
  | { readonly odd: number; readonly weight: number }
  /** Of these weights nothing can be made. */
  | { readonly bad: string }
  /** The library cannot be used. */
  | { readonly unavailable: string };

const FROM = Object.keys(WEIGHT_BYTES) as RowType[];
export const TASK_BYTES = 5 * 8;
export const REPLY_BYTES = 3 * 8;
const [BYTES, ODD, BAD, UNAVAILABLE] = [0, 1, 2, 3];

export function writeTask({ type, from, perRow, bytes, important }: ChunkTask): Uint8Array {
  return new Uint8Array(Float64Array.of(type, FROM.indexOf(from), perRow, bytes, Number(important)).buffer);
}

export function readTask(head: Uint8Array): ChunkTask {
  const [type = 0, from = 0, perRow = 0, bytes = 0, important = 0] = numbersIn(head);
  return { type, from: FROM[from] as RowType, perRow, bytes, important: important === 1 };
}

/** @param head gets the numbers. Gives the bytes that follow. */
export function writeReply(reply: ChunkReply, head: Uint8Array): Uint8Array {
  const rest = "odd" in reply ? new Uint8Array(0) : "bytes" in reply ? reply.bytes : encoded(reply);
  const kind = "odd" in reply ? ODD : "bytes" in reply ? BYTES : "bad" in reply ? BAD : UNAVAILABLE;
  const more = "odd" in reply ? [reply.odd, reply.weight] : [rest.length, 0];
  head.set(new Uint8Array(Float64Array.of(kind, ...more).buffer));
  return rest;
}

/** @param take gives the next so many bytes */
export async function readReply(take: (bytes: number) => Promise<Uint8Array>): Promise<ChunkReply> {
  const [kind, first = 0, weight = 0] = numbersIn(await take(REPLY_BYTES));
  if (kind === ODD) return { odd: first, weight };
  const bytes = await take(first);
  if (kind === BYTES) return { bytes };
  const text = new TextDecoder().decode(bytes);
  return kind === BAD ? { bad: text } : { unavailable: text };
}

const encoded = (reply: { readonly bad: string } | { readonly unavailable: string }): Uint8Array =>
  new TextEncoder().encode("bad" in reply ? reply.bad : reply.unavailable);

/** They may lie anywhere in a buffer. */
const numbersIn = (head: Uint8Array): Float64Array => new Float64Array(new Uint8Array(head).buffer);
