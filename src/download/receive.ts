// One request for the rest of a file, written as it comes.
import { OslmError } from "../errors.js";
import { parseContentRange } from "../hub/range-source.js";
import type { Reply } from "../hub/reply.js";
import { replyError } from "../hub/reply-error.js";
import type { Bytes } from "../model/types.js";
import type { Partial } from "../store/partial.js";
import type { Job, TransferDeps } from "./transfer.js";

/**
 * Gives the size of each piece once it is written. There is no If-Range: what is joined here is checked by its hash.
 * Until the reply is known to be this file, nothing that an earlier run left is touched.
 * @throws OslmError size-mismatch when the server's file has another size; otherwise what `http.send` throws
 */
export async function* receive(job: Job, partial: Partial, deps: TransferDeps): AsyncGenerator<Bytes, void> {
  const { path, size } = job.file;
  const from = partial.received;
  if (from === size && size > 0) return;
  const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
  const { signal, stallMs } = deps;
  const reply = await deps.http.send({ url: job.url, headers, signal, stallMs, redirects: "anywhere" });
  try {
    await checkReply(job, reply, deps, partial);
    const etag = reply.headers.get("etag");
    for await (const chunk of reply.chunks()) {
      await partial.write(chunk, etag);
      yield chunk.length;
    }
  } finally {
    await reply.discard();
  }
  if (partial.received === size) return;
  // Ended in good order: a shorter file. Without length and chunks a lost connection looks the same.
  if (reply.headers.has("content-length") || reply.headers.has("transfer-encoding")) {
    throw new OslmError("size-mismatch", { file: path, expected: size, actual: partial.received });
  }
  const reason = `the answer ended after ${partial.received} of ${size} bytes`;
  throw new OslmError("network", { url: reply.url, reason });
}

/** Lets only a reply pass whose bytes belong where the partial file ends, which is its beginning for a whole file. */
async function checkReply(job: Job, reply: Reply, { http }: TransferDeps, partial: Partial): Promise<void> {
  const { repo, file } = job;
  const { received } = partial;
  if (reply.status === 416) {
    await partial.restart();
    throw new OslmError("network", { url: reply.url, reason: "the server has fewer bytes than were here already" });
  }
  if (!reply.ok) throw await replyError(http, reply, { repo, path: file.path });
  if (/^text\/html/i.test(reply.headers.get("content-type") ?? "") && !/\.html?$/i.test(file.path)) {
    throw new OslmError("malformed-reply", { url: reply.url, reason: "a web page came in place of the file" });
  }
  if (reply.status === 206) {
    const range = parseContentRange(reply.headers.get("content-range"));
    if (range === undefined || range.start !== received || range.end !== file.size - 1) {
      const reason = "another part of the file came than was asked for";
      throw new OslmError("malformed-reply", { url: reply.url, reason });
    }
    if (range.total !== undefined && range.total !== file.size) throw wrongSize(job, range.total);
    checkLength(job, reply, file.size - received);
    return;
  }
  if (reply.status !== 200) {
    throw new OslmError("malformed-reply", { url: reply.url, reason: `answers a download with ${reply.status}` });
  }
  checkLength(job, reply, file.size);
  // The server knows no ranges: what was here already comes again.
  if (received > 0) await partial.restart();
}

function checkLength(job: Job, reply: Reply, expected: Bytes): void {
  const length = reply.headers.get("content-length");
  // A proxy that compresses all the same gives the length of what it sends, not of the file.
  if (length === null || (reply.headers.get("content-encoding") ?? "identity") !== "identity") return;
  if (Number(length) !== expected) throw wrongSize(job, job.file.size - expected + Number(length));
}

function wrongSize({ file }: Job, actual: Bytes): OslmError<"size-mismatch"> {
  return new OslmError("size-mismatch", { file: file.path, expected: file.size, actual });
}
