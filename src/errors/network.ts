// The way to a server.

/**
 * Failures below HTTP that a person has to do something about. Bad certificates and proxies never pass by themselves; a
 * server that is not found or refuses connections may come back.
 */
export type NetworkFailure =
  | "certificate-untrusted"
  | "certificate-expired"
  | "certificate-for-another-host"
  | "proxy"
  | "name-not-found"
  | "refused";

export interface NetworkFacts {
  network: {
    url: string;
    reason: string;
    /** Not given for what may pass by itself. */
    kind?: NetworkFailure;
    /** A command that needs no server: what was asked for is stored. */
    instead?: string;
  };
  "rate-limited": { url: string; retryAfterSeconds: number | null };
  "hub-failed": { url: string; status: number; detail: string; retryAfterSeconds?: number; instead?: string };
  offline: { wanted: string };
}
