// One request and the head of its reply, by node:http: for large bodies it costs half the processor time of fetch and
// 30 MB less memory.
import { type IncomingMessage, type OutgoingHttpHeaders, request as requestHttp } from "node:http";
import { type RequestOptions, request as requestHttps } from "node:https";
import { checkServerIdentity } from "node:tls";
import { OslmError } from "../errors.js";
import type { Route } from "./agents.js";
import { proxyRefusal, proxyUnreachable } from "./proxy-error.js";
import type { Wait } from "./wait.js";

export interface Question {
  readonly method: "GET" | "HEAD";
  readonly headers: OutgoingHttpHeaders;
  readonly route: Route;
}

/** Gives the reply with its body unread. Throws what Node's net, tls and http make of a failure, `network` for a proxy's. */
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

function attempt(url: URL, { method, headers, route }: Question, wait: Wait): Promise<IncomingMessage> {
  const { agent, proxy } = route;
  return new Promise((resolve, reject) => {
    let reply: IncomingMessage | undefined;
    let stopped = false;
    let proxyAnswered = false;
    const options = { method, headers, agent, ...(proxy !== undefined && identityOf(url)) };
    const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, options);
    wait.watch((reason) => {
      stopped = true;
      request.destroy(reason);
      // While a proxy is being connected to, the request has no socket yet and would tell nobody.
      reject(reason);
    });
    // Both agents tell it; only a tunnel has a status then. What a proxy says there is no word of the server.
    request.once("proxyConnect", ({ statusCode = 200 }: { statusCode?: number }) => {
      proxyAnswered = true;
      if (proxy !== undefined && statusCode !== 200) request.destroy(proxyRefusal(url, proxy, statusCode));
    });
    request.once("response", (message) => {
      reply = message;
      // Its reader looks at `errored`; an error event that nobody hears would end the process.
      message.on("error", () => {});
      if (proxy !== undefined && message.statusCode === 407) {
        reject(proxyRefusal(url, proxy, 407));
        message.destroy();
        return;
      }
      wait.watch((reason) => message.destroy(reason));
      resolve(message);
    });
    request.on("error", (error: NodeJS.ErrnoException) => {
      // A body that is not HTTP fails the request; the reply itself would only tell of a lost connection. After its end
      // there may be anything: that is not part of it.
      if (reply !== undefined && !reply.complete) reply.destroy(error);
      if (request.reusedSocket && !stopped && (error.code === "ECONNRESET" || error.code === "EPIPE")) {
        reject(new LostReuse("the idle connection was closed", { cause: error }));
        return;
      }
      const isOfProxy = proxy !== undefined && !proxyAnswered && !request.reusedSocket && !(error instanceof OslmError);
      reject(isOfProxy && !stopped ? proxyUnreachable(url, proxy, error) : error);
    });
    request.end();
  });
}

/** Of a server that is named by its IP address, the tunnel's agent would compare the certificate with the proxy's name. */
function identityOf({ hostname }: URL): Pick<RequestOptions, "checkServerIdentity"> {
  const host = hostname.replace(/^\[|\]$/g, "");
  return { checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate) };
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
