// Random access to a file on the Hub by ranged reads, for headers of models that are not here yet.
import { OslmError } from "../errors.js";
import type { Span } from "../model/spans.js";
import type { Bytes } from "../model/types.js";
import { checkFileReply } from "./file-reply.js";
import type { ReplyHeaders } from "./headers.js";
import type { Http } from "./http.js";
import { shownUrl } from "./network-error.js";
import { PrefixReader } from "./prefix-source.js";
import { refusedRange } from "./refused-range.js";
import { type Asked, replyError } from "./reply-error.js";

/** Bytes at random offsets; the same shape as the source of src/gguf. */
export interface ByteSource {
  readonly size: Bytes;
  /** The bytes from `offset`, exactly `length` of them or those up to the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Replies for one read: 64 KiB may come in kilobytes, and no server makes us ask for each byte. */
const MAX_PARTS = 64;

/**
 * A server that ignores the range sends the whole file: it is read as far as is needed, and let go of. Reads throw
 * `malformed-reply` for an answer that is neither, `size-mismatch` when the file has another size than listed, and what
 * `http.send` throws.
 */
export function createRangeSource(
  http: Http,
  file: { readonly url: string; readonly size: Bytes },
  asked: Asked,
  signal?: AbortSignal,
): ByteSource {
  const prefix = new PrefixReader();
  const wrongSize = (actual: Bytes) =>
    new OslmError("size-mismatch", { file: asked.path ?? "", expected: file.size, actual });

  async function read(offset: number, length: number): Promise<Uint8Array> {
    if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
      throw new RangeError(`read(${offset}, ${length})`);
    }
    const end = Math.min(offset + length, file.size);
    const parts: Uint8Array[] = [];
    for (let at = offset; at < end; ) {
      const part = prefix.slice(at, end) ?? (await ask(at, end));
      parts.push(part);
      at += part.length;
      if (at < end && parts.length >= MAX_PARTS) {
        const reason = `answers bytes ${offset}-${end - 1} with more than ${MAX_PARTS} parts`;
        throw new OslmError("malformed-reply", { url: shownUrl(file.url), reason });
      }
    }
    const [first = new Uint8Array(0), ...rest] = parts;
    return rest.length === 0 ? first : Buffer.concat(parts);
  }

  /** Bytes from `offset`, at least one and none beyond `end`. */
  async function ask(offset: number, end: number): Promise<Uint8Array> {
    const range = `bytes=${offset}-${end - 1}`;
    const reply = await http.send({ url: file.url, headers: { range }, signal, redirects: "anywhere" });
    const { status, headers, url } = reply;
    const path = asked.path ?? "";
    try {
      if (status === 416) throw refusedRange(reply, { path, size: file.size });
      if (!reply.ok) throw await replyError(http, reply, asked);
      checkFileReply(reply, path);
    } catch (error) {
      await reply.discard();
      throw error;
    }
    const got = parseContentRange(headers.get("content-range"));
    const isWhole = status === 200 && got === undefined;
    const total = isWhole ? lengthIn(headers) : got?.total;
    if (total !== undefined && total !== file.size && (isWhole || status === 206)) {
      await reply.discard();
      throw wrongSize(total);
    }
    if (isWhole) {
      await prefix.look(reply, end, file.size);
      return prefix.slice(offset, end) ?? new Uint8Array(0);
    }
    if (status !== 206 || got === undefined || !isStartOf(got, { start: offset, end })) {
      await reply.discard();
      throw new OslmError("malformed-reply", { url, reason: `does not answer the range ${range}` });
    }
    const expected = got.end + 1 - offset;
    const bytes = await reply.bytes(expected);
    if (bytes.length === expected) return bytes;
    throw new OslmError("malformed-reply", { url, reason: `answers ${range} with ${bytes.length} bytes` });
  }
  return { size: file.size, read };
}

function lengthIn(headers: ReplyHeaders): Bytes | undefined {
  const length = headers.get("content-length") ?? "";
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/** Servers may answer with the beginning of what was asked for (RFC 9110, 15.3.7); the rest is asked for again. */
export function isStartOf(got: ContentRange, asked: Span): boolean {
  return got.start === asked.start && got.end >= got.start && got.end < asked.end;
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
