// Who may have a repository: tokens and gates.

export interface AccessFacts {
  gated: { repo: string; url: string; state: "sign-in" | "not-listed" | "pending" | "token-scope" };
  "not-signed-in": { endpoint: string /** Where a token would be kept. */; file: string };
  "bad-token": { endpoint: string; source: string };
  forbidden: { url: string; reason: string };
}
