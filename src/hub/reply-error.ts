// From a refused request to a typed error: the table in the Hub's own client (huggingface_hub, hf_raise_for_status),
// by status, X-Error-Code and what was asked for.
import { OslmError } from "../errors.js";
import type { Http } from "./http.js";
import type { Answer } from "./reply.js";
import { retryAfter } from "./retry.js";

/** What the request was about, as far as it is known. */
export interface Asked {
  /** "" for what is about none. */
  readonly repo: string;
  readonly revision?: string;
  readonly path?: string;
}

/** Enough for the Hub's sentence; a proxy's HTML page is cut. */
const MAX_DETAIL = 300;
const MAX_ERROR_BODY = 65_536;

/** Reads what the reply says about its failure and closes it. Throws only the caller's abort. */
export async function replyError(http: Http, reply: Answer, asked: Asked): Promise<OslmError> {
  const { status, url } = reply;
  const code = reply.fromHub ? reply.headers.get("x-error-code") : null;
  const detail = clean(http.redact(await readDetail(reply)));
  const isOfRepo = asked.repo !== "";
  const missing = () => {
    const facts = { repo: asked.repo, endpoint: http.endpoint, signedIn: http.signedIn };
    return new OslmError("repo-not-found", facts);
  };
  if (status === 429) return new OslmError("rate-limited", { url, retryAfterSeconds: retryAfter(reply.headers) });
  if (reply.fromHub) {
    if (code === "GatedRepo") return gated(http, asked, status, detail);
    if (code === "RepoNotFound" && isOfRepo) return missing();
    if (code === "RevisionNotFound") {
      return new OslmError("revision-not-found", { repo: asked.repo, revision: asked.revision ?? "" });
    }
    if (code === "EntryNotFound") return noFile(asked);
    if (status === 401 && !http.signedIn && !isOfRepo) return new OslmError("forbidden", { url, reason: detail });
    // A 401 without a code: a stranger asked for something missing or private, or the token itself is bad.
    if (status === 401) {
      return http.signedIn
        ? new OslmError("bad-token", { endpoint: http.endpoint, source: http.tokenSource })
        : missing();
    }
    if (status === 403) {
      // The one refusal that the Hub tells apart by its text alone.
      return /public gated repositor/i.test(detail)
        ? gated(http, asked, status, detail)
        : new OslmError("forbidden", { url, reason: detail });
    }
    // Mirrors often lose the X-Error-Code header.
    if (status === 404 && isOfRepo) return asked.path === undefined ? missing() : noFile(asked);
  }
  const wait = retryAfter(reply.headers);
  return new OslmError("hub-failed", { url, status, detail, ...(wait !== null && { retryAfterSeconds: wait }) });
}

function noFile(asked: Asked): OslmError {
  return new OslmError("file-not-in-repo", { repo: asked.repo, path: asked.path ?? "" });
}

/** The Hub gives one code for all gated states; only the status and its sentence tell them apart. */
function gated(http: Http, asked: Asked, status: number, detail: string): OslmError<"gated"> {
  const state =
    status === 401
      ? "sign-in"
      : /awaiting a review/i.test(detail)
        ? "pending"
        : /public gated repositor|fine-grained/i.test(detail)
          ? "token-scope"
          : "not-listed";
  return new OslmError("gated", { repo: asked.repo, url: `${http.endpoint}/${asked.repo}`, state });
}

async function readDetail(reply: Answer): Promise<string> {
  const header = reply.headers.get("x-error-message");
  if (header !== null) {
    await reply.discard();
    return header;
  }
  let text: string;
  try {
    text = new TextDecoder().decode(await reply.bytes(MAX_ERROR_BODY));
  } catch (error) {
    // The status is known and matters more than a body that broke off; only an abort goes on.
    if (error instanceof OslmError) return "";
    throw error;
  }
  if (/html/i.test(reply.headers.get("content-type") ?? "")) return "a web page instead of a reply";
  return jsonMessage(text) ?? text;
}

function jsonMessage(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const message = typeof value === "object" && value !== null && "error" in value ? value.error : undefined;
    return typeof message === "string" ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Foreign text for a message: no control characters, nothing that looks like a token, not too long. */
function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
  const plain = text.replace(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+/g, " ").trim();
  return plain.replace(/\bhf_\w{8,}|Bearer\s+\S+/g, "[token]").slice(0, MAX_DETAIL);
}
