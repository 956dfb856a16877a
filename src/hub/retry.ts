// Which failures pass by themselves, how long to wait for that, and tries again within a time that a person will wait.
import { setTimeout as sleepFor } from "node:timers/promises";
import { isOslmError, type NetworkFailure } from "../errors.js";
import type { Milliseconds } from "../model/types.js";
import type { ReplyHeaders } from "./headers.js";

export interface RetryOptions {
  /** Waits; a test makes it short. */
  readonly sleep?: ((ms: Milliseconds, signal: AbortSignal | undefined) => Promise<unknown>) | undefined;
  /** From 0 to 1, as Math.random: spreads the attempts of many clients. */
  readonly random?: (() => number) | undefined;
  /** A clock in milliseconds, as performance.now. */
  readonly now?: (() => Milliseconds) | undefined;
}

/** Runs a request until it succeeds, or fails for good; then throws its last failure, or the signal's reason. */
export type Retry = <T>(run: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

const MAX_ATTEMPTS = 4;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
/** No attempt begins later than this after the first; the Hub's windows are 300 s, and somebody sits and waits. */
const PATIENCE_MS = 60_000;
/** Retried only when the server has answered before: at the start they are mistakes of the set-up. */
const AT_START: readonly (NetworkFailure | undefined)[] = ["name-not-found", "refused"];

/** Requests of one run share what they know of the server. */
export function createRetry({ sleep, random = Math.random, now = () => performance.now() }: RetryOptions = {}): Retry {
  let reached = false;
  return async (run, signal) => {
    const start = now();
    let strange = 0;
    for (let attempt = 1; ; attempt++) {
      try {
        const value = await run();
        reached = true;
        return value;
      } catch (error) {
        signal?.throwIfAborted();
        const isNetwork = isOslmError(error, "network");
        if (isNetwork && !reached && AT_START.includes(error.facts.kind)) throw error;
        reached ||= !isNetwork;
        if (attempt >= MAX_ATTEMPTS || !(isStrange(error) ? ++strange <= STRANGE_RETRIES : mayPass(error))) throw error;
        const wait = askedWait(error) ?? backoff(attempt, random(), FIRST_WAIT_MS, LONGEST_WAIT_MS);
        if (now() - start + wait > PATIENCE_MS) throw error;
        await (sleep ?? sleepUnlessAborted)(wait, signal);
        signal?.throwIfAborted();
      }
    }
  };
}

/** Doubled with each attempt (from 1) up to `longest`, of which at least half. */
export function backoff(attempt: number, random: number, first: Milliseconds, longest: Milliseconds): Milliseconds {
  return Math.min(first * 2 ** (attempt - 1), longest) * (0.5 + random / 2);
}

const PERMANENT: readonly (NetworkFailure | undefined)[] = [
  "certificate-untrusted",
  "certificate-expired",
  "certificate-for-another-host",
  "proxy",
];

/** A captive portal or a middlebox passes; a server that says it twice means it. */
export const STRANGE_RETRIES = 1;

/** Whether the reply was not what was asked for: nothing of it can be used, and nothing says that it comes again. */
export function isStrange(error: unknown): boolean {
  return isOslmError(error, "malformed-reply") || isOslmError(error, "size-mismatch");
}

/** Whether the same request may succeed later. */
export function mayPass(error: unknown): boolean {
  if (isOslmError(error, "network")) return !PERMANENT.includes(error.facts.kind);
  if (isOslmError(error, "rate-limited")) return true;
  if (!isOslmError(error, "hub-failed")) return false;
  const { status } = error.facts;
  // 403 comes as hub-failed from a storage host only: its signed address has expired, and the Hub gives a new one.
  return status === 408 || status >= 500 || status === 403;
}

/** What the server asked for, and a second more, since its clock tells whole ones; undefined when it did not say. */
export function askedWait(error: unknown): Milliseconds | undefined {
  if (!isOslmError(error, "rate-limited") && !isOslmError(error, "hub-failed")) return undefined;
  const { retryAfterSeconds } = error.facts;
  return typeof retryAfterSeconds === "number" ? (retryAfterSeconds + 1) * 1_000 : undefined;
}

/**
 * Seconds to wait: Retry-After in seconds or as a date (RFC 9110, 10.2.3), else the `t` of a RateLimit header whose rest
 * is 0; null when neither says.
 */
export function retryAfter(headers: ReplyHeaders, now: Milliseconds = Date.now()): number | null {
  const after = headers.get("retry-after")?.trim() ?? "";
  if (/^\d{1,6}$/.test(after)) return Number(after);
  // By the server's own clock, where it tells: ours may be wrong.
  const [until, from = now] = [httpDate(after), httpDate(headers.get("date"))];
  if (until !== undefined) return Math.max(0, Math.ceil((until - from) / 1_000));
  const limit = headers.get("ratelimit") ?? "";
  const rest = /;\s*r=(\d{1,9})/.exec(limit)?.[1];
  const time = /;\s*t=(\d{1,6})/.exec(limit)?.[1];
  return rest !== undefined && Number(rest) === 0 && time !== undefined ? Number(time) : null;
}

/** Only the one form that servers may send; Date.parse alone takes all kinds of text. */
function httpDate(text: string | null): Milliseconds | undefined {
  const time = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text ?? "")
    ? Date.parse(text ?? "")
    : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

async function sleepUnlessAborted(ms: Milliseconds, signal: AbortSignal | undefined): Promise<void> {
  // The caller throws the signal's own reason.
  await sleepFor(ms, undefined, { signal }).catch(() => undefined);
}
