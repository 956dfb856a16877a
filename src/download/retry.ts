// Which failures pass by themselves, and how long to wait for that.
import { isOslmError } from "../errors.js";
import type { Bytes, Milliseconds } from "../model/types.js";

/** As often as huggingface_hub tries. */
export const MAX_ATTEMPTS = 5;
/** An attempt that brought this much was no failure: large files over bad lines go on as long as they move. */
export const PROGRESS_BYTES: Bytes = 1024 * 1024;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 8_000;
/** A server may ask for more patience than that, but then a person should decide. */
const LONGEST_ASKED_MS = 300_000;

/**
 * Time to wait before attempt `attempt + 1`, or undefined when trying again is pointless.
 * @param random from 0 to 1: spreads the attempts of many clients
 */
export function retryDelay(error: unknown, attempt: number, random: number): Milliseconds | undefined {
  if (attempt >= MAX_ATTEMPTS) return undefined;
  const backoff = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS) * (0.5 + random / 2);
  if (isOslmError(error, "network")) return backoff;
  if (isOslmError(error, "hub-failed")) {
    const { status } = error.facts;
    // 403 comes as hub-failed from a storage host only: its signed address has expired, and the Hub gives a new one.
    return status === 408 || status >= 500 || status === 403 ? backoff : undefined;
  }
  if (isOslmError(error, "rate-limited")) {
    const { retryAfterSeconds } = error.facts;
    const asked = retryAfterSeconds === null ? backoff : (retryAfterSeconds + 1) * 1_000;
    return asked > LONGEST_ASKED_MS ? undefined : asked;
  }
  return undefined;
}
