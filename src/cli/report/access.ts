// Who may have a repository: tokens and gates.
import type { AccessFacts } from "../../errors/access.js";
import type { Entries } from "./entry.js";

/** Which of the four it is, and the page where a person can change it. */
const GATED: Record<AccessFacts["gated"]["state"], readonly [fact: string, hint: (url: string) => string]> = {
  "sign-in": [
    "The Hub wants to know who asks, and no token was sent.",
    (url) => `open ${url}, accept its terms, then run   oslm auth login`,
  ],
  "not-listed": [
    "The account of this token is not on the list of those who were given access.",
    (url) => `open ${url} with that account and ask for access, then run the same command again`,
  ],
  pending: [
    "The account's request for access awaits a review by the authors.",
    (url) => `open ${url} to see its state; run the same command again once it is granted`,
  ],
  "token-scope": [
    "This fine-grained token lacks the permission to read public gated repositories.",
    (url) =>
      `open ${new URL("/settings/tokens", url).href}, add that permission to the token, then run the same command again`,
  ],
};

export const accessReports: Entries<AccessFacts> = {
  gated: (f) => [4, `${f.repo} needs you to accept its terms on the Hub`, GATED[f.state][0], GATED[f.state][1](f.url)],
  "not-signed-in": (f) => [
    4,
    `not signed in to ${f.endpoint}`,
    `Neither HF_TOKEN nor ${f.file} holds a token.`,
    "oslm auth login",
  ],
  "bad-token": (f) => [
    4,
    `${f.endpoint} does not accept the token`,
    `The token from ${f.source} is wrong or has expired.`,
    /^H[A-Z_]+$/.test(f.source)
      ? `set ${f.source} to a token from ${f.endpoint}/settings/tokens, or unset it for public models`
      : `oslm auth login   (tokens are made at ${f.endpoint}/settings/tokens)`,
  ],
  forbidden: (f) => [4, `access to ${f.url} is refused`, f.reason, "check the repository's page for the reason"],
};
