// Which failures pass by themselves, and how long to wait for that.
import { OslmError } from "../errors.js";
import type { Milliseconds } from "../model/types.js";

/** As often as huggingface_hub tries. */
export const MAX_ATTEMPTS = 5;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 8_000;
/** A server may ask for more patience than that, but then a person should decide. */
const LONGEST_ASKED_MS = 300_000;

/**
 * Time to wait before attempt `attempt + 1`, or undefined when trying again is pointless.
 * @param random from 0 to 1: spreads the attempts of many clients
 */
export function retryDelay(error: unknown, attempt: number, random: number): Milliseconds | undefined {
  if (attempt >= MAX_ATTEMPTS || !(error instanceof OslmError)) return undefined;
  const backoff = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS) * (0.5 + random / 2);
  switch (error.code) {
    case "network":
      return backoff;
    case "hub-failed": {
      const { status } = error.facts as { status: number };
      // 403 from a storage host is a signed address that has expired: asking the Hub again gives a new one.
      return status === 408 || status >= 500 || status === 403 ? backoff : undefined;
    }
    case "rate-limited": {
      const { retryAfterSeconds } = error.facts as { retryAfterSeconds: number | null };
      const asked = retryAfterSeconds === null ? backoff : (retryAfterSeconds + 1) * 1_000;
      return asked > LONGEST_ASKED_MS ? undefined : asked;
    }
    default:
      return undefined;
  }
}
