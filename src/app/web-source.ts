// A file on a plain web server: how large it is, and reads of its beginning.
import { OslmError } from "../errors.js";
import type { ByteSource } from "../gguf/source.js";
import type { Http } from "../hub/http.js";
import { shownUrl } from "../hub/network-error.js";
import { createRangeSource, parseContentRange } from "../hub/range-source.js";
import type { Reply } from "../hub/reply.js";
import { replyError } from "../hub/reply-error.js";
import type { Bytes } from "../model/types.js";

/** Without ranges every look costs the file from its start: one look of this size is enough for nearly every header. */
const FIRST_LOOK: Bytes = 1024 * 1024;
/** A header that reaches further is read after the download. */
const LAST_LOOK: Bytes = 64 * 1024 * 1024;

/** @throws OslmError file-not-found, malformed-reply where the size stays unknown, and what Http.send throws */
export async function openWebSource(http: Http, url: string, name: string, signal: AbortSignal): Promise<ByteSource> {
  const reply = await http.send({ url, headers: { range: "bytes=0-0" }, signal, redirects: "anywhere" });
  if (reply.status === 404 || reply.status === 410) {
    await reply.discard();
    throw new OslmError("file-not-found", { path: shownUrl(url) });
  }
  const asked = { repo: "", path: name };
  if (!reply.ok) throw await replyError(http, reply, asked);
  await reply.discard();
  const size = sizeOf(reply);
  if (reply.status === 206) return createRangeSource(http, { url, size }, asked, signal);
  return createPrefixSource(http, { url, size }, asked, signal);
}

function sizeOf({ status, headers, url }: Reply): Bytes {
  const malformed = (reason: string) => new OslmError("malformed-reply", { url, reason });
  if (/^text\/html/i.test(headers.get("content-type") ?? "")) throw malformed("a web page came in place of the file");
  const total = status === 206 ? parseContentRange(headers.get("content-range"))?.total : undefined;
  const length = status === 200 ? headers.get("content-length") : null;
  const size = total ?? (length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined);
  if (size === undefined || size < 1) throw malformed("the server does not tell the file's size");
  return size;
}

/** For servers that know no ranges: asks for the whole file and hangs up when enough has come. */
function createPrefixSource(
  http: Http,
  { url, size }: { readonly url: string; readonly size: Bytes },
  asked: { readonly repo: string; readonly path: string },
  signal: AbortSignal,
): ByteSource {
  let prefix: Uint8Array = new Uint8Array(0);
  async function look(length: Bytes): Promise<Buffer> {
    const reply = await http.send({ url, signal, redirects: "anywhere" });
    if (!reply.ok) throw await replyError(http, reply, asked);
    const parts: Buffer[] = [];
    let got = 0;
    for await (const part of reply.chunks()) {
      parts.push(Buffer.from(part));
      got += part.length;
      if (got >= length) break;
    }
    await reply.discard();
    return Buffer.concat(parts).subarray(0, length);
  }
  async function read(offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, size);
    if (end > LAST_LOOK) {
      const reason = "the server knows no ranges, and the file's header is too long to be read without them";
      throw new OslmError("malformed-reply", { url: shownUrl(url), reason });
    }
    if (end > prefix.length) prefix = await look(Math.min(size, LAST_LOOK, Math.max(FIRST_LOOK, end * 2)));
    return prefix.subarray(offset, end);
  }
  return { size, read };
}
