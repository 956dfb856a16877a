// The only way to the network: adds the token for the Hub's own origin and for no other, follows redirects by hand,
// refuses everything when offline, and bounds every wait.
import { OslmError } from "../errors.js";
import type { Milliseconds } from "../model/types.js";
import { createAgents, type ProxyFor } from "./agents.js";
import { exchange, release } from "./exchange.js";
import { shownUrl } from "./network-error.js";
import { createLanes } from "./raw/lanes.js";
import { createRawReply } from "./raw/raw-reply.js";
import { type Answer, createReply, type Reply } from "./reply.js";
import { createWait, type Wait } from "./wait.js";

export interface HttpOptions {
  /** Base URL of the Hub without a trailing slash. */
  readonly endpoint: string;
  readonly token?: string;
  /** Where the token came from, for messages. */
  readonly tokenSource?: string;
  readonly offline?: boolean;
  readonly userAgent?: string;
  /** The longest wait for the first or the next bytes, of which some hundred a second must come; 30 s when not given. */
  readonly stallMs?: Milliseconds;
  /** No proxies when not given. */
  readonly proxyFor?: ProxyFor;
}

export interface HttpRequest {
  /** Of the Hub or of any other server; only the Hub's own origin is sent the token. */
  readonly url: string;
  readonly method?: "GET" | "HEAD";
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Replies to API calls stay on the Hub's origin; files come from wherever the Hub sends us. */
  readonly redirects: "own-origin" | "anywhere";
  readonly stallMs?: Milliseconds | undefined;
}

export interface Http {
  readonly endpoint: string;
  readonly signedIn: boolean;
  readonly tokenSource: string;
  /** Foreign text without our token, which a mirror may have sent back in it. */
  redact(text: string): string;
  /**
   * Sends one request and follows its redirects; any status comes back as a reply. Throws `offline`, `network`,
   * `malformed-reply` (a redirect that must not be followed), and the signal's own reason when it was aborted.
   */
  send(request: HttpRequest): Promise<Reply>;
  /** The same for an address that has answered `send`: where that can be, a large body comes by a shorter way. */
  sendAgain(request: HttpRequest): Promise<Answer>;
  /** Closes idle connections; none of them keeps the process alive. */
  close(): void;
}

/** The Python client gives the Hub 10 s a request; slow links and cold storage need more. */
const STALL_MS = 30_000;
/** resolve needs one or two; a rename adds one. */
const MAX_REDIRECTS = 6;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function createHttp(options: HttpOptions): Http {
  const agents = createAgents(options.proxyFor);
  const lanes = createLanes((url) => agents.closeIdle(url));
  const home = new URL(options.endpoint).origin;
  const { token } = options;

  /** The clock of one request. Throws `offline`, and the signal's reason. */
  function begin({ url, signal, stallMs = options.stallMs ?? STALL_MS }: HttpRequest): Wait {
    if (options.offline) throw new OslmError("offline", { wanted: shownUrl(url) });
    signal?.throwIfAborted();
    return createWait(stallMs, signal);
  }

  function headersFor({ headers }: HttpRequest, url: URL): Record<string, string> {
    return {
      "user-agent": options.userAgent ?? "oslm",
      // Compressed bodies have neither a length nor ranges to check.
      "accept-encoding": "identity",
      ...headers,
      ...(token !== undefined && url.origin === home && { authorization: `Bearer ${token}` }),
    };
  }

  async function send(request: HttpRequest): Promise<Reply> {
    const wait = begin(request);
    let address = request.url;
    try {
      for (let hop = 0; ; hop++) {
        const url = new URL(address);
        // Node would send it as an Authorization header.
        if (url.username !== "" || url.password !== "") throw malformed(address, "the address holds a password");
        const headers = headersFor(request, url);
        wait.restart();
        const question = { method: request.method ?? "GET", headers, route: await agents.routeTo(url) };
        const message = await exchange(url, question, wait);
        wait.pause();
        const location = REDIRECTS.has(message.statusCode ?? 0) ? message.headers.location : undefined;
        if (location === undefined) return createReply(message, { address, fromHub: url.origin === home, wait });
        release(message);
        const next = nextUrl(address, location, hop);
        if (request.redirects === "own-origin" && next.origin !== home) {
          throw malformed(address, `redirects to another host: ${next.host}`);
        }
        address = next.href;
      }
    } catch (error) {
      wait.done();
      throw wait.explain(address, error);
    }
  }

  async function sendAgain(request: HttpRequest): Promise<Answer> {
    const url = new URL(request.url);
    if (options.offline || (await agents.routeTo(url)).proxy !== undefined) return send(request);
    const wait = begin(request);
    try {
      const raw = await lanes.ask(url, headersFor(request, url), wait);
      const origin = { address: request.url, fromHub: url.origin === home, wait };
      if (raw !== undefined) return createRawReply(raw, origin, () => lanes.keep(url, raw));
    } catch (error) {
      wait.done();
      throw wait.explain(request.url, error);
    }
    wait.done();
    return send(request);
  }

  return {
    endpoint: options.endpoint,
    signedIn: token !== undefined,
    tokenSource: options.tokenSource ?? "",
    redact: (text) => (token === undefined ? text : text.replaceAll(token, "[token]")),
    send,
    sendAgain,
    close() {
      agents.close();
      lanes.close();
    },
  };
}

function nextUrl(from: string, location: string, hop: number): URL {
  if (hop >= MAX_REDIRECTS) throw malformed(from, "redirects too often");
  if (!URL.canParse(location, from)) throw malformed(from, "redirects to no valid address");
  const next = new URL(location, from);
  if (next.protocol !== "https:" && next.protocol !== "http:") throw malformed(from, "redirects away from http(s)");
  if (next.protocol === "http:" && new URL(from).protocol === "https:") {
    throw malformed(from, "redirects from https to http");
  }
  return next;
}

function malformed(url: string, reason: string): OslmError<"malformed-reply"> {
  return new OslmError("malformed-reply", { url: shownUrl(url), reason });
}
