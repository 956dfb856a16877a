// A file on a plain web server: how large it is, and reads of its beginning.
import { OslmError } from "../errors.js";
import type { ByteSource } from "../gguf/source.js";
import { checkFileReply } from "../hub/file-reply.js";
import type { Http } from "../hub/http.js";
import { shownUrl } from "../hub/network-error.js";
import { createRangeSource, parseContentRange } from "../hub/range-source.js";
import type { Reply } from "../hub/reply.js";
import { replyError } from "../hub/reply-error.js";
import type { Bytes } from "../model/types.js";

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
  checkFileReply(reply, name);
  const size = sizeOf(reply);
  return createRangeSource(http, { url, size }, asked, signal);
}

function sizeOf({ status, headers, url }: Reply): Bytes {
  const malformed = (reason: string) => new OslmError("malformed-reply", { url, reason });
  const total = status === 206 ? parseContentRange(headers.get("content-range"))?.total : undefined;
  const length = status === 200 ? headers.get("content-length") : null;
  const size = total ?? (length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined);
  if (size === undefined || size < 1) throw malformed("the server does not tell the file's size");
  return size;
}
