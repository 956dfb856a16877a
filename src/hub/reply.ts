// A reply whose body is read under a stall clock and a size limit.
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";
import type { Wait } from "./http.js";
import { shownUrl } from "./network-error.js";

export interface Reply {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  /** The address that answered, without its query. */
  readonly url: string;
  /** False when a redirect led to another host, which knows nothing of the Hub's errors. */
  readonly fromHub: boolean;
  /** The body in pieces, once. Throws `network` when it stalls or breaks; leaving the loop closes the connection. */
  chunks(): AsyncGenerator<Uint8Array, void>;
  /** The whole body. Throws `malformed-reply` when it is longer than `limit`, besides what `chunks` throws. */
  bytes(limit: Bytes): Promise<Uint8Array>;
  /** Closes the connection of a reply that is not wanted. Never throws. */
  discard(): Promise<void>;
}

interface Origin {
  readonly url: string;
  readonly fromHub: boolean;
  readonly wait: Wait;
}

export function createReply(response: Response, { url, fromHub, wait }: Origin): Reply {
  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    const reader = response.body?.getReader();
    let finished = false;
    try {
      while (reader !== undefined) {
        wait.restart();
        const { done, value } = await reader.read();
        if (done) break;
        // The consumer may take its time over a chunk; only waiting for the server counts as a stall.
        wait.pause();
        yield value;
      }
      finished = true;
    } catch (error) {
      throw wait.explain(url, error);
    } finally {
      wait.done();
      if (!finished) await reader?.cancel().catch(() => undefined);
    }
  }

  async function bytes(limit: Bytes): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let length = 0;
    for await (const part of chunks()) {
      length += part.length;
      if (length > limit) {
        throw new OslmError("malformed-reply", { url: shownUrl(url), reason: `is longer than ${limit} bytes` });
      }
      parts.push(part);
    }
    return Buffer.concat(parts, length);
  }

  return {
    status: response.status,
    ok: response.ok,
    headers: response.headers,
    url: shownUrl(url),
    fromHub,
    chunks,
    bytes,
    async discard() {
      wait.done();
      await response.body?.cancel().catch(() => undefined);
    },
  };
}
