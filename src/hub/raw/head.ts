// The head of an HTTP reply, for the one kind of reply that is read without node:http.
import { ReplyHeaders } from "../headers.js";

/** A reply of another form is no error here: node:http is asked then, and judges it. */
export interface Head {
  readonly status: number;
  readonly headers: ReplyHeaders;
  /** Where the body begins. */
  readonly length: number;
}

const START = "HTTP/1.1 ";
/** Node's own limit. */
export const MAX_HEAD_BYTES = 16 * 1024;

/**
 * Reads `HTTP/1.1 206 ...` up to the empty line (RFC 9112, 2 to 5); `"incomplete"` while it has not come, undefined for
 * anything that is not plainly that: folded lines, other line ends, characters that do not belong there, too long a head.
 */
export function parseHead(bytes: Buffer): Head | "incomplete" | undefined {
  // What begins otherwise may never come to an empty line.
  if (bytes.toString("latin1", 0, START.length) !== START.slice(0, bytes.length)) return undefined;
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return bytes.length < MAX_HEAD_BYTES ? "incomplete" : undefined;
  if (end > MAX_HEAD_BYTES) return undefined;
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const status = /^HTTP\/1\.1 ([2-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/.exec(first)?.[1];
  if (status === undefined) return undefined;
  const fields: (readonly [string, string])[] = [];
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    fields.push([name, value]);
  }
  return { status: Number(status), headers: new ReplyHeaders(fields), length: end + 4 };
}

/** Bytes of the body; undefined when it ends otherwise than with its announced length, or leads elsewhere. */
export function bodyLength({ status, headers }: Head): number | undefined {
  const length = headers.get("content-length") ?? "";
  const isPlain = !headers.has("transfer-encoding") && (status < 300 || status >= 400);
  return isPlain && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}
