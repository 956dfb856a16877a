// Where one file's bytes come from: the address it was asked at, and the storage host that this led to.
import { OslmError } from "../errors.js";
import { checkFileReply } from "../hub/file-reply.js";
import type { Http } from "../hub/http.js";
import { isStartOf, parseContentRange } from "../hub/range-source.js";
import { refusedRange } from "../hub/refused-range.js";
import type { Answer } from "../hub/reply.js";
import { replyError } from "../hub/reply-error.js";
import { isStrange } from "../hub/retry.js";
import type { Span } from "../model/spans.js";
import type { Bytes, Milliseconds } from "../model/types.js";
import type { Job } from "./job.js";

export interface Opened {
  readonly reply: Answer;
  /** What comes: the asked range or its beginning, or the whole file from a server that knows no ranges. */
  readonly span: Span;
}

/** Beyond that the ETag means nothing: some hosts give every server of theirs another one. */
const MAX_CHANGES = 2;

/** One of several servers behind an address may know no ranges: asked again, another one may answer. */
const MAX_WHOLES = 2;

export class Source {
  /** A storage address that worked. It is signed and expires, and is forgotten with its first refusal. */
  #address: string | undefined;
  #etag: string | undefined;
  #changes = 0;
  /** Set by the first range that came as one. */
  #cuts = false;
  /** Set once the server answers ranges with the whole file. */
  #whole = false;

  constructor(
    private readonly job: Job,
    private readonly http: Http,
    private readonly stallMs?: Milliseconds,
  ) {}

  /** False when only the whole file can be had. */
  get knowsRanges(): boolean {
    return !this.#whole;
  }

  /**
   * Asks for a range. A reply passes only if its bytes belong where they will be written; until then, nothing that is
   * here is touched. Servers that can cut are asked again when they do not. The ETag of a file that changes meanwhile is noted: whether the bytes are right, the hash says.
   * @throws OslmError size-mismatch when the server's file has another size, malformed-reply, gated ..., network,
   *   rate-limited, hub-failed
   */
  async open(span: Span, signal: AbortSignal, wholes = 0): Promise<Opened> {
    const kept = this.#address;
    let reply: Answer = await this.#ask(kept ?? this.job.url, span, signal);
    if (kept !== undefined && reply.status >= 400 && !isBusy(reply)) {
      // An expired signature, or a storage host that has moved: the first address knows better.
      if (this.#address === kept) this.#address = undefined;
      await reply.discard();
      reply = await this.#ask(this.job.url, span, signal);
    }
    try {
      const opened = await this.#check(reply, span, wholes);
      this.#address = reply.address;
      return opened;
    } catch (error) {
      await reply.discard();
      if (error instanceof Changed) return this.open(span, signal, wholes);
      if (error instanceof Whole) return this.open(span, signal, wholes + 1);
      // The next attempt begins at the first address, which may lead to another host by now.
      if (isStrange(error) && this.#address === kept) this.#address = undefined;
      throw error;
    }
  }

  async #ask(url: string, span: Span, signal: AbortSignal): Promise<Answer> {
    const headers: Record<string, string> = {};
    if (!this.#isAll(span)) {
      headers.range = `bytes=${span.start}-${span.end - 1}`;
      // RFC 9110, 13.1.5: a file that has changed comes whole. Weak ETags are not allowed there.
      const etag = this.#changes > MAX_CHANGES ? undefined : this.#etag;
      if (etag !== undefined && !etag.startsWith("W/")) headers["if-range"] = etag;
    }
    const request = { url, headers, signal, stallMs: this.stallMs, redirects: "anywhere" } as const;
    return url === this.#address ? this.http.sendAgain(request) : this.http.send(request);
  }

  async #check(reply: Answer, span: Span, wholes: number): Promise<Opened> {
    const { file, repo = "" } = this.job;
    const etag = reply.headers.get("etag") ?? undefined;
    if (reply.status === 416) throw refusedRange(reply, file);
    if (!reply.ok) throw await replyError(this.http, reply, { repo, path: file.path });
    checkFileReply(reply, file.path);
    if (reply.status === 206) {
      const range = parseContentRange(reply.headers.get("content-range"));
      if (range === undefined || !isStartOf(range, span)) {
        throw malformed(reply, "another part of the file came than was asked for");
      }
      if (range.total !== undefined && range.total !== file.size) throw this.#wrongSize(range.total);
      const come = { start: span.start, end: range.end + 1 };
      this.#checkLength(reply, come.end - come.start);
      this.#etag = etag;
      this.#cuts = true;
      return { reply, span: come };
    }
    if (reply.status !== 200) throw malformed(reply, `answers a download with ${reply.status}`);
    this.#checkLength(reply, file.size);
    if (this.#isAll(span)) {
      this.#etag = etag;
      return { reply, span };
    }
    const asked = this.#etag;
    this.#etag = etag;
    if (asked !== undefined && asked !== etag && ++this.#changes <= MAX_CHANGES) throw new Changed();
    // At the beginning of a file nothing is lost by taking the whole.
    if ((this.#cuts || span.start > 0) && wholes < MAX_WHOLES && !this.#whole) throw new Whole();
    this.#whole = true;
    return { reply, span: { start: 0, end: file.size } };
  }

  #isAll({ start, end }: Span): boolean {
    return start === 0 && end === this.job.file.size;
  }

  #checkLength(reply: Answer, expected: Bytes): void {
    const length = reply.headers.get("content-length");
    if (length === null) return;
    if (Number(length) !== expected) throw this.#wrongSize(this.job.file.size - expected + Number(length));
  }

  #wrongSize(actual: Bytes): OslmError<"size-mismatch"> {
    const { path, size } = this.job.file;
    return new OslmError("size-mismatch", { file: path, expected: size, actual });
  }
}

/** The file has another ETag than the pieces before. */
class Changed extends Error {}

/** The whole file came in place of a range. */
class Whole extends Error {}

/** The address is right, the server only cannot now. */
function isBusy({ status }: Answer): boolean {
  return status === 408 || status === 429 || status >= 500;
}

function malformed(reply: Answer, reason: string): OslmError<"malformed-reply"> {
  return new OslmError("malformed-reply", { url: reply.url, reason });
}
