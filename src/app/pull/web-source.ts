// A file on a plain web server: how large it is, and reads of its beginning.
import { OslmError } from "../../errors.js";
import type { ByteSource } from "../../gguf/source.js";
import { checkFileReply } from "../../hub/file-reply.js";
import type { Http } from "../../hub/http.js";
import type { Hub } from "../../hub/hub.js";
import { shownUrl } from "../../hub/network-error.js";
import { createRangeSource, parseContentRange } from "../../hub/range-source.js";
import type { Reply } from "../../hub/reply.js";
import { replyError } from "../../hub/reply-error.js";
import type { Bytes } from "../../model/types.js";
import type { WebFile } from "./web-files.js";

/**
 * What may pass is tried again, with the first question and with every read. @throws OslmError file-not-found,
 * malformed-reply where the size stays unknown, and what Http.send throws
 */
export async function openWebSource(
  { http, retry }: Pick<Hub, "http" | "retry">,
  { url, name }: Pick<WebFile, "url" | "name">,
  signal: AbortSignal,
): Promise<ByteSource> {
  const size = await retry(() => askSize(http, { url, name }, signal), signal);
  const source = createRangeSource(http, { url, size }, { repo: "", path: name }, signal);
  return { size, read: (offset, length) => retry(() => source.read(offset, length), signal) };
}

async function askSize(http: Http, { url, name }: Pick<WebFile, "url" | "name">, signal: AbortSignal): Promise<Bytes> {
  const reply = await http.send({ url, headers: { range: "bytes=0-0" }, signal, redirects: "anywhere" });
  if (reply.status === 404 || reply.status === 410) {
    await reply.discard();
    throw new OslmError("file-not-found", { path: shownUrl(url) });
  }
  if (!reply.ok) throw await replyError(http, reply, { repo: "", path: name });
  await reply.discard();
  checkFileReply(reply, name);
  return sizeOf(reply);
}

function sizeOf({ status, headers, url }: Reply): Bytes {
  const malformed = (reason: string) => new OslmError("malformed-reply", { url, reason });
  const total = status === 206 ? parseContentRange(headers.get("content-range"))?.total : undefined;
  const length = status === 200 ? headers.get("content-length") : null;
  const size = total ?? (length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined);
  if (size === undefined || size < 1) throw malformed("the server does not tell the file's size");
  return size;
}
