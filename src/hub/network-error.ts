// What went wrong below HTTP, in plain words.
import { type NetworkFailure, OslmError } from "../errors.js";

type Meaning = readonly [pattern: RegExp, reason: string, kind?: NetworkFailure];

/** Codes of Node's net, dns, tls and http (and OpenSSL's names for certificates), by what they mean to a person. */
const MEANINGS: readonly Meaning[] = [
  [/^ECONNREFUSED$/, "the connection was refused", "refused"],
  // EAI_AGAIN is the name server's own trouble.
  [/^EAI_AGAIN$/, "the name server did not answer"],
  [/^(ENOTFOUND|EAI_\w+)$/, "the host name could not be found", "name-not-found"],
  [/^(EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/, "the network or host cannot be reached"],
  [/^ETIMEDOUT$/, "the server did not answer in time"],
  [/^(ECONNRESET|ECONNABORTED|EPIPE)$/, "the connection was lost"],
  [/^(ERR_SSL|EPROTO)/, "the encrypted connection could not be set up"],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    "the server's certificate is for another host name",
    "certificate-for-another-host",
  ],
  [/^CERT_HAS_EXPIRED$/, "the server's certificate has expired", "certificate-expired"],
  [/^CERT_NOT_YET_VALID$/, "the server's certificate is not valid yet", "certificate-expired"],
  [/(CERT|SIGNED|ISSUER|LEAF)/, "the server's certificate is not trusted", "certificate-untrusted"],
  [/^HPE_/, "the server's reply is not HTTP"],
];
const UNKNOWN: Meaning = [/$/, "the connection failed"];

/** A `network` error for what a request or a body stream threw; `url` is shown without its query. */
export function networkError(url: string, thrown: unknown): OslmError<"network"> {
  const { reason, kind } = meaningOf(thrown);
  return new OslmError("network", { url: shownUrl(url), reason, ...(kind && { kind }) }, { cause: thrown });
}

/** The words for it, with the code that an administrator may search for. */
export function meaningOf(thrown: unknown): { readonly reason: string; readonly kind?: NetworkFailure | undefined } {
  const code = codeOf(thrown);
  if (code === undefined) return { reason: UNKNOWN[1] };
  const [, reason, kind] = MEANINGS.find(([pattern]) => pattern.test(code)) ?? UNKNOWN;
  return { reason: `${reason} (${code})`, kind };
}

/** The address as it may appear in a message: signed queries, passwords and fragments are secrets or noise. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return "(not a URL)";
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** Libraries wrap the real cause one to three levels deep; an AggregateError holds one per address that was tried. */
function codeOf(thrown: unknown): string | undefined {
  let error = thrown;
  for (let depth = 0; depth < 5 && error instanceof Error; depth++) {
    if ("code" in error && typeof error.code === "string") return error.code;
    error = error instanceof AggregateError ? error.errors[0] : error.cause;
  }
  return undefined;
}
