// Reads from the beginning of a file whose server knows no ranges: each look asks for the whole and hangs up early.
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";
import type { Reply } from "./reply.js";

/** Enough for nearly every header, so that one look does. */
const FIRST_LOOK: Bytes = 1024 * 1024;
/** A header that reaches further can be read after the download only. */
const LAST_LOOK: Bytes = 64 * 1024 * 1024;

/** Keeps what has come, so that what was seen is not asked for again. */
export class PrefixReader {
  #prefix = Buffer.alloc(0);

  /** Undefined when the bytes up to `end` have not come yet. */
  slice(offset: Bytes, end: Bytes): Buffer | undefined {
    return end <= this.#prefix.length ? this.#prefix.subarray(offset, end) : undefined;
  }

  /** Takes what is wanted from a reply with the whole file of `size` bytes. Throws `malformed-reply`, and what `chunks` does. */
  async look(reply: Reply, end: Bytes, size: Bytes): Promise<void> {
    if (end > LAST_LOOK) {
      await reply.discard();
      const reason = "the server knows no ranges, and the file's header is too long to be read without them";
      throw new OslmError("malformed-reply", { url: reply.url, reason });
    }
    const enough = Math.min(size, LAST_LOOK, Math.max(FIRST_LOOK, end * 2));
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of reply.chunks()) {
      parts.push(part);
      length += part.length;
      if (length >= enough) break;
    }
    await reply.discard();
    if (length < end) throw new OslmError("malformed-reply", { url: reply.url, reason: `ends after ${length} bytes` });
    this.#prefix = Buffer.concat(parts, length);
  }
}
