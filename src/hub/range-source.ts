// Random access to a file on the Hub by ranged reads, for headers of models that are not here yet.
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";
import { checkFileReply } from "./file-reply.js";
import type { Http } from "./http.js";
import { PrefixReader } from "./prefix-source.js";
import { type Asked, replyError } from "./reply-error.js";

/** Bytes at random offsets; the same shape as the source of src/gguf. */
export interface ByteSource {
  readonly size: Bytes;
  /** The bytes from `offset`, exactly `length` of them or those up to the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

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
    if (end <= offset) return new Uint8Array(0);
    const seen = prefix.slice(offset, end);
    if (seen !== undefined) return seen;
    const range = `bytes=${offset}-${end - 1}`;
    const reply = await http.send({ url: file.url, headers: { range }, signal, redirects: "anywhere" });
    if (!reply.ok) throw await replyError(http, reply, asked);
    const { status, headers, url } = reply;
    try {
      checkFileReply(reply, asked.path ?? "");
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
    if (status !== 206 || got === undefined || got.start !== offset || got.end !== end - 1) {
      await reply.discard();
      throw new OslmError("malformed-reply", { url, reason: `does not answer the range ${range}` });
    }
    const bytes = await reply.bytes(end - offset);
    if (bytes.length === end - offset) return bytes;
    throw new OslmError("malformed-reply", { url, reason: `answers ${range} with ${bytes.length} bytes` });
  }
  return { size: file.size, read };
}

function lengthIn(headers: Headers): Bytes | undefined {
  const length = headers.get("content-length") ?? "";
  return /^\d{1,15}$/.test(length) ? Number(length) : undefined;
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
