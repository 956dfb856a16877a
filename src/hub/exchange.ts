// One request and the head of its reply, by node:http: for large bodies it costs half the processor time of fetch and
// 30 MB less memory.
import { type Agent, type IncomingMessage, type OutgoingHttpHeaders, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Wait } from "./wait.js";

export interface Question {
  readonly method: "GET" | "HEAD";
  readonly headers: OutgoingHttpHeaders;
  readonly agent: Agent;
}

/** Gives the reply with its body unread. Throws what Node's net, tls and http make of a failure. */
export async function exchange(url: URL, question: Question, wait: Wait): Promise<IncomingMessage> {
  try {
    return await attempt(url, question, wait);
  } catch (error) {
    // The server closed an idle connection in the very moment of its reuse; it never saw this request.
    if (error instanceof LostReuse) return await attempt(url, question, wait);
    throw error;
  }
}

class LostReuse extends Error {}

function attempt(url: URL, question: Question, wait: Wait): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let reply: IncomingMessage | undefined;
    let stopped = false;
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, question);
    wait.watch((reason) => {
      stopped = true;
      request.destroy(reason);
    });
    request.once("response", (message) => {
      reply = message;
      // Its reader looks at `errored`; an error event that nobody hears would end the process.
      message.on("error", () => {});
      wait.watch((reason) => message.destroy(reason));
      resolve(message);
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      // A body that is not HTTP fails the request; the reply itself would only tell of a lost connection. After its end
      // there may be anything: that is not part of it.
      if (reply !== undefined && !reply.complete) reply.destroy(error);
      const lost = request.reusedSocket && !stopped && (error.code === "ECONNRESET" || error.code === "EPIPE");
      reject(lost ? new LostReuse("the idle connection was closed", { cause: error }) : error);
    });
    request.end();
  });
}

/** Bodies up to this length are read to their end, which keeps the connection; longer ones cost more than a new one. */
const SMALL_BODY = 65_536;
const DRAIN_MS = 2_000;

/** Lets go of a reply whose body is not wanted. */
export function release(message: IncomingMessage): void {
  if (message.destroyed || message.readableEnded) return;
  const length = Number(message.headers["content-length"] ?? Number.NaN);
  if (!(length <= SMALL_BODY)) {
    message.destroy();
    return;
  }
  const timer = setTimeout(() => message.destroy(), DRAIN_MS).unref();
  message.once("close", () => clearTimeout(timer)).resume();
}
