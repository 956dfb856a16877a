// A reply whose body is read under a stall clock and a size limit.
import type { IncomingMessage } from "node:http";
import { OslmError } from "../errors.js";
import type { Bytes } from "../model/types.js";
import { readBody } from "./body.js";
import { release } from "./exchange.js";
import { ReplyHeaders } from "./headers.js";
import { shownUrl } from "./network-error.js";
import { pourInto, type Vessel } from "./vessel.js";
import type { Wait } from "./wait.js";

/** What every reply has. */
export interface Answer {
  readonly status: number;
  readonly ok: boolean;
  readonly headers: ReplyHeaders;
  /** The address that answered, without its query. */
  readonly url: string;
  /** The same with its query, which may be a signature: to be asked again, never to be shown. */
  readonly address: string;
  /** False when a redirect led to another host, which knows nothing of the Hub's errors. */
  readonly fromHub: boolean;
  /** The whole body, once. Throws `malformed-reply` when it is longer than `limit`, besides what `pour` throws. */
  bytes(limit: Bytes): Promise<Buffer>;
  /**
   * The whole body, once. Throws `network` when it stalls, drips, breaks or is shorter than announced, and
   * what the vessel throws.
   */
  pour(vessel: Vessel): Promise<void>;
  /** Lets go of a reply that is not wanted, or not any more. Never throws. */
  discard(): Promise<void>;
}

export interface Reply extends Answer {
  /** The body in pieces, once; leaving the loop closes the connection. Throws what `pour` throws. */
  chunks(): AsyncGenerator<Buffer, void>;
}

export interface Origin {
  readonly address: string;
  readonly fromHub: boolean;
  readonly wait: Wait;
}

export function createReply(message: IncomingMessage, { address, fromHub, wait }: Origin): Reply {
  const status = message.statusCode ?? 0;
  const url = shownUrl(address);

  async function* chunks(): AsyncGenerator<Buffer, void> {
    try {
      yield* readBody(message, wait);
    } catch (error) {
      throw wait.explain(address, error);
    }
  }

  async function bytes(limit: Bytes): Promise<Buffer> {
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of chunks()) {
      length += part.length;
      if (length > limit) {
        throw new OslmError("malformed-reply", { url, reason: `is longer than ${limit} bytes`, limit });
      }
      parts.push(part);
    }
    return Buffer.concat(parts, length);
  }

  async function pour(vessel: Vessel): Promise<void> {
    for await (const chunk of chunks()) {
      for (let at = pourInto(vessel, chunk); at < chunk.length; at += pourInto(vessel, chunk.subarray(at))) {
        await vessel.freed();
      }
    }
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
    pour,
    async discard() {
      wait.done();
      release(message);
    },
  };
}

function headersOf({ headersDistinct }: IncomingMessage): ReplyHeaders {
  const lines = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value) => [name, value] as const),
  );
  return new ReplyHeaders(lines);
}
