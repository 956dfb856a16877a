// What went wrong below HTTP, in plain words.
import { OslmError } from "../errors.js";

/** Codes of Node's net, dns and tls and of undici, by what they mean to a person. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, "the connection was refused"],
  [/^(ENOTFOUND|EAI_\w+)$/, "the host name could not be found"],
  [/^(EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/, "the network or host cannot be reached"],
  [/^(ETIMEDOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/, "the server did not answer in time"],
  [/^(ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|UND_ERR_ABORTED)$/, "the connection was lost"],
  [/^UND_ERR_(RES|REQ)_CONTENT_LENGTH_MISMATCH$/, "the connection was lost"],
  [/^ERR_TLS_CERT_ALTNAME_INVALID$/, "the server's certificate is for another host"],
  [/^CERT_HAS_EXPIRED$/, "the server's certificate has expired"],
  [/(CERT|SIGNED|ISSUER|LEAF)/, "the server's certificate is not trusted"],
  [/^(ERR_SSL|EPROTO)/, "the encrypted connection could not be set up"],
  [/^HPE_/, "the server's reply is not HTTP"],
];

/** A `network` error for what fetch or a body stream threw; `url` is shown without its query. */
export function networkError(url: string, thrown: unknown): OslmError<"network"> {
  const code = codeOf(thrown);
  const known = REASONS.find(([pattern]) => code !== undefined && pattern.test(code))?.[1];
  const reason = known ?? "the connection failed";
  return new OslmError(
    "network",
    { url: shownUrl(url), reason: code === undefined ? reason : `${reason} (${code})` },
    { cause: thrown },
  );
}

/** The address as it may appear in a message: signed queries, passwords and fragments are secrets or noise. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return "(not a URL)";
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** fetch wraps the real cause one to three levels deep; an AggregateError holds one per address that was tried. */
function codeOf(thrown: unknown): string | undefined {
  let error = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    if ("code" in error && typeof error.code === "string") return error.code;
    error = error instanceof AggregateError ? error.errors[0] : error.cause;
  }
  return undefined;
}
