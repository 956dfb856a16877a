// The way to a server.
import type { NetworkFacts, NetworkFailure } from "../../errors/network.js";
import { capitalized } from "../../model/capitalized.js";
import type { Entries } from "./entry.js";
import { NO_FILE } from "./words.js";

const NETWORK_HINTS: Record<NetworkFailure, string> = {
  "certificate-untrusted": "set NODE_EXTRA_CA_CERTS to the file with your network's root certificate (PEM)",
  "certificate-expired": "check the clock of this machine; else the server's owner has to renew it",
  "certificate-for-another-host": "check HF_ENDPOINT and any proxy in between",
  proxy: "check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; a password goes in as http://user:password@host:port",
  "name-not-found": "check HF_ENDPOINT and the connection; behind a proxy set HTTPS_PROXY",
  refused: "check HF_ENDPOINT, the connection and any firewall, then run the same command again",
};

const networkHint = (kind: NetworkFailure | undefined): string =>
  kind === undefined ? "check the connection, then run the same command again" : NETWORK_HINTS[kind];

const orWithout = (hint: string, instead: string | undefined): string =>
  instead === undefined ? hint : `${hint}; or, since it is on this disk: ${instead}`;

export const networkReports: Entries<NetworkFacts> = {
  network: (f) => [
    7,
    `${f.url} cannot be reached`,
    `${capitalized(f.reason)}.`,
    orWithout(networkHint(f.kind), f.instead),
  ],
  "rate-limited": (f) => [
    7,
    `${f.url} refuses more requests for now`,
    f.retryAfterSeconds === null ? "The limit of requests was reached." : `It allows more in ${f.retryAfterSeconds} s.`,
    "wait; with a token (oslm auth login) the limit is higher",
  ],
  "hub-failed": (f) => [
    7,
    `${f.url} failed with status ${f.status}`,
    f.detail || (f.status === 404 || f.status === 410 ? NO_FILE : "The server did not say why."),
    orWithout("run the same command again later", f.instead),
  ],
  offline: (f) => [
    7,
    `${f.wanted} is not on this disk, and oslm is offline`,
    "--offline, HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE forbids every request.",
    "run the same command once without it",
  ],
};
