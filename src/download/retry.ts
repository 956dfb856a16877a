// Which failures of a download pass by themselves, and how long to wait for that.
import { askedWait, backoff, mayPass } from "../hub/retry.js";
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
  if (attempt >= MAX_ATTEMPTS || !mayPass(error)) return undefined;
  const asked = askedWait(error) ?? backoff(attempt, random, FIRST_WAIT_MS, LONGEST_WAIT_MS);
  return asked > LONGEST_ASKED_MS ? undefined : asked;
}
