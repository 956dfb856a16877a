// Random access to a file on the Hub by ranged reads, for headers of models that are not here yet.
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";
import type { Http } from "./http.js";
import { type Asked, replyError } from "./reply-error.js";

/** Bytes at random offsets; the same shape as the source of src/gguf. */
export interface ByteSource {
  readonly size: Bytes;
  /** The bytes from `offset`, exactly `length` of them or those up to the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Reads throw `malformed-reply` when the server ignores the range or answers another one, `size-mismatch` when the file
 * has another size than listed, and what `http.send` throws.
 */
export function createRangeSource(
  http: Http,
  file: { readonly url: string; readonly size: Bytes },
  asked: Asked,
  signal?: AbortSignal,
): ByteSource {
  async function read(offset: number, length: number): Promise<Uint8Array> {
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
      throw new RangeError(`read(${offset}, ${length})`);
    }
    const end = Math.min(offset + length, file.size);
    if (end <= offset) return new Uint8Array(0);
    const range = `bytes=${offset}-${end - 1}`;
    const reply = await http.send({ url: file.url, headers: { range }, signal, redirects: "anywhere" });
    if (!reply.ok) throw await replyError(http, reply, asked);
    const got = parseContentRange(reply.headers.get("content-range"));
    // A server that ignores the range sends the whole model; closing the connection is all there is to do.
    if (reply.status !== 206 || got === undefined || got.start !== offset || got.end !== end - 1) {
      await reply.discard();
      throw new OslmError("malformed-reply", { url: reply.url, reason: `does not answer the range ${range}` });
    }
    if (got.total !== undefined && got.total !== file.size) {
      await reply.discard();
      throw new OslmError("size-mismatch", { file: asked.path ?? "", expected: file.size, actual: got.total });
    }
    const bytes = await reply.bytes(end - offset);
    if (bytes.length === end - offset) return bytes;
    throw new OslmError("malformed-reply", { url: reply.url, reason: `answers ${range} with ${bytes.length} bytes` });
  }
  return { size: file.size, read };
}

export interface ContentRange {
  readonly start: number;
  /** Inclusive, as on the wire. */
  readonly end: number;
  /** Undefined when the server writes `*`. */
  readonly total?: number;
}

/** `bytes 0-99/1000` or `bytes 0-99/*`; undefined for anything else. */
export function parseContentRange(header: string | null): ContentRange | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(header ?? "");
  if (match === null) return undefined;
  const [, start, end, total] = match;
  return { start: Number(start), end: Number(end), ...(total === "*" ? {} : { total: Number(total) }) };
}
