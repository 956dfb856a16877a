// A fetch for @huggingface/hub. The library loses response headers (and with them X-Error-Code), parses any JSON of any
// length, follows `rel="next"` to any host with the token, and has neither timeouts nor an abort signal; this one puts
// our own HTTP below it, so that only well-formed, bounded, successful replies of the Hub ever reach the library.
import { OslmError } from "../errors.js";
import type { ReplyHeaders } from "./headers.js";
import type { Http } from "./http.js";
import { shownUrl } from "./network-error.js";
import { type Asked, replyError } from "./reply-error.js";
import type { Retry } from "./retry.js";

export interface ApiFetchOptions {
  readonly asked: Asked;
  readonly signal?: AbortSignal | undefined;
  readonly retry: Retry;
}

/** 1000 entries of a tree are about 300 kB. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;
/** At 1000 entries a page this is far beyond what the Hub recommends for one repository (100,000 files). */
const MAX_PAGES = 200;

/** For lists: the library loops over them without looking. The returned function may be called once per page; it throws OslmError where fetch would answer with an error. */
export function createApiFetch(http: Http, { asked, signal, retry }: ApiFetchOptions): typeof fetch {
  let pages = 0;
  return async (input) => {
    const url = String(input);
    if (new URL(url).origin !== new URL(http.endpoint).origin) throw malformed(url, "the next page is on another host");
    if (++pages > MAX_PAGES) throw malformed(url, `more than ${MAX_PAGES} pages`);
    const headers = { accept: "application/json" };
    return await retry(async () => {
      const reply = await http.send({ url, headers, signal, redirects: "own-origin" });
      if (!reply.ok) throw await replyError(http, reply, asked);
      const json = parse(new TextDecoder().decode(await reply.bytes(MAX_JSON_BYTES)));
      if (!Array.isArray(json)) throw malformed(url, "is not a JSON array");
      return answer(json, reply.headers);
    }, signal);
  };
}

/** What the library reads of a Response; headers.ts says why it is none. */
function answer(json: unknown, headers: ReplyHeaders): Response {
  const plain: Pick<Response, "ok" | "json"> & { headers: Pick<Headers, "get"> } = {
    ok: true,
    headers,
    json: async () => json,
  };
  return plain as Response;
}

/** Undefined for what is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function malformed(url: string, reason: string): OslmError<"malformed-reply"> {
  return new OslmError("malformed-reply", { url: shownUrl(url), reason });
}
