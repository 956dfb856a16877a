// The only caller of fetch: adds the token for the Hub's own origin and for no other, follows redirects by hand,
// refuses everything when offline, and bounds every wait.
import { OslmError } from "../errors.js";
import type { Milliseconds } from "../model/types.js";
import { networkError, shownUrl } from "./network-error.js";
import { createReply, type Reply } from "./reply.js";

export interface HttpOptions {
  /** Base URL of the Hub without a trailing slash. */
  readonly endpoint: string;
  readonly token?: string;
  /** Where the token came from, for messages. */
  readonly tokenSource?: string;
  readonly offline?: boolean;
  readonly fetch?: typeof fetch;
  readonly userAgent?: string;
  /** The longest wait for the first or the next byte; 30 s when not given. */
  readonly stallMs?: Milliseconds;
}

export interface HttpRequest {
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
}

/** The Python client gives the Hub 10 s a request; slow links and cold storage need more. */
const STALL_MS = 30_000;
/** resolve needs one or two; a rename adds one. */
const MAX_REDIRECTS = 6;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

export function createHttp(options: HttpOptions): Http {
  const doFetch = options.fetch ?? fetch;
  const home = new URL(options.endpoint).origin;
  const { token } = options;

  async function send(request: HttpRequest): Promise<Reply> {
    if (options.offline) throw new OslmError("offline", { wanted: shownUrl(request.url) });
    request.signal?.throwIfAborted();
    const wait = createWait(request.stallMs ?? options.stallMs ?? STALL_MS, request.signal);
    let url = request.url;
    try {
      for (let hop = 0; ; hop++) {
        const { origin } = new URL(url);
        const headers: Record<string, string> = {
          "user-agent": options.userAgent ?? "oslm",
          // Compressed bodies have neither a length nor ranges to check.
          "accept-encoding": "identity",
          ...request.headers,
        };
        if (token !== undefined && origin === home) headers.authorization = `Bearer ${token}`;
        wait.restart();
        const method = request.method ?? "GET";
        const response = await doFetch(url, { method, headers, redirect: "manual", signal: wait.signal });
        const location = REDIRECTS.has(response.status) ? response.headers.get("location") : null;
        wait.pause();
        if (location === null) return createReply(response, { url, fromHub: origin === home, wait });
        await response.body?.cancel();
        const next = nextUrl(url, location, hop);
        if (request.redirects === "own-origin" && next.origin !== home) {
          throw malformed(url, `redirects to another host: ${next.host}`);
        }
        url = next.href;
      }
    } catch (error) {
      wait.done();
      throw wait.explain(url, error);
    }
  }

  return {
    endpoint: options.endpoint,
    signedIn: token !== undefined,
    tokenSource: options.tokenSource ?? "",
    redact: (text) => (token === undefined ? text : text.replaceAll(token, "[token]")),
    send,
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

/** A stall clock tied to the caller's signal. `restart` before each wait, `pause` after it, `done` when the reply has been read. */
export interface Wait {
  readonly signal: AbortSignal;
  restart(): void;
  pause(): void;
  done(): void;
  /** What to throw for an error seen while waiting: ours as it is, the caller's abort as it is, the rest as `network`. */
  explain(url: string, error: unknown): unknown;
}

function createWait(stallMs: Milliseconds, outer: AbortSignal | undefined): Wait {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let stalled = false;
  const onAbort = () => controller.abort(outer?.reason);
  outer?.addEventListener("abort", onAbort, { once: true });
  return {
    signal: controller.signal,
    restart() {
      clearTimeout(timer);
      timer = setTimeout(() => {
        stalled = true;
        controller.abort();
      }, stallMs);
    },
    pause() {
      clearTimeout(timer);
    },
    done() {
      clearTimeout(timer);
      outer?.removeEventListener("abort", onAbort);
    },
    explain(url, error) {
      if (error instanceof OslmError) return error;
      if (outer?.aborted) return outer.reason;
      if (!stalled) return networkError(url, error);
      const reason = `nothing came for ${stallMs / 1000} seconds`;
      return new OslmError("network", { url: shownUrl(url), reason }, { cause: error });
    },
  };
}
