// A reply whose body is read under a stall clock and a size limit.
import type { IncomingMessage } from "node:http";
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";
import { readBody } from "./body.js";
import { release } from "./exchange.js";
import { shownUrl } from "./network-error.js";
import { noDrip } from "./no-drip.js";
import type { Wait } from "./wait.js";

export interface Reply {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: Headers;
  /** The address that answered, without its query. */
  readonly url: string;
  /** The same with its query, which may be a signature: to be asked again, never to be shown. */
  readonly address: string;
  /** False when a redirect led to another host, which knows nothing of the Hub's errors. */
  readonly fromHub: boolean;
  /**
   * The body in pieces, once. Throws `network` when it stalls, drips, breaks or is shorter than announced; leaving the loop
   * closes the connection.
   */
  chunks(): AsyncGenerator<Buffer, void>;
  /** The whole body. Throws `malformed-reply` when it is longer than `limit`, besides what `chunks` throws. */
  bytes(limit: Bytes): Promise<Buffer>;
  /** Lets go of a reply that is not wanted, or not any more. Never throws. */
  discard(): Promise<void>;
}

interface Origin {
  readonly address: string;
  readonly fromHub: boolean;
  readonly wait: Wait;
}

export function createReply(message: IncomingMessage, { address, fromHub, wait }: Origin): Reply {
  const status = message.statusCode ?? 0;
  const url = shownUrl(address);

  async function* chunks(): AsyncGenerator<Buffer, void> {
    try {
      yield* noDrip(readBody(message, wait), url, wait.stallMs);
    } catch (error) {
      throw wait.explain(address, error);
    }
  }

  async function bytes(limit: Bytes): Promise<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of chunks()) {
      length += part.length;
      if (length > limit) throw new OslmError("malformed-reply", { url, reason: `is longer than ${limit} bytes` });
      parts.push(part);
    }
    return Buffer.concat(parts, length);
  }

  return {
    status,
    ok: status >= 200 && status < 300,
    headers: headersOf(message),
    url,
    address,
    fromHub,
    chunks,
    bytes,
    async discard() {
      wait.done();
      release(message);
    },
  };
}

function headersOf({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return headers;
}
