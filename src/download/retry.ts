// Which failures of a download pass by themselves, and how long to wait for that.
import { isOslmError } from "../errors.js";
import { askedWait, backoff, isStrange, mayPass, STRANGE_RETRIES } from "../hub/retry.js";
import type { Bytes, Milliseconds } from "../model/types.js";

/** As often as huggingface_hub tries. */
export const MAX_ATTEMPTS = 5;
/** An attempt that brought this much was no failure: large files over bad lines go on as long as they move. */
export const PROGRESS_BYTES: Bytes = 256 * 1024;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 8_000;
/** A server may ask for more patience than that, but then a person should decide. */
const LONGEST_ASKED_MS = 300_000;

/** Failures of one file since it last moved on. */
export class Failures {
  #count = 0;
  #strange = 0;

  /** The file has moved on. */
  forget(): void {
    this.#count = 0;
    this.#strange = 0;
  }

  /**
   * Counts a failure; gives the time to wait before the next attempt, or undefined when that is pointless.
   * @param random from 0 to 1: spreads the attempts of many clients
   */
  add(error: unknown, random: number): Milliseconds | undefined {
    this.#count++;
    const may = isStrange(error) ? ++this.#strange <= STRANGE_RETRIES : mayPass(error);
    if (this.#count >= MAX_ATTEMPTS || !may) return undefined;
    const asked = askedWait(error) ?? backoff(this.#count, random, FIRST_WAIT_MS, LONGEST_WAIT_MS);
    return asked > LONGEST_ASKED_MS ? undefined : asked;
  }
}

/** Why there is another attempt, for people. */
export function reasonOf(error: unknown): string {
  if (isOslmError(error, "network")) return error.facts.reason;
  if (isOslmError(error, "hub-failed")) return `the server answered ${error.facts.status}`;
  if (isOslmError(error, "rate-limited")) return "the server asks to wait";
  if (isOslmError(error, "malformed-reply")) return error.facts.reason;
  if (isOslmError(error, "size-mismatch")) return `${error.facts.actual} bytes in place of ${error.facts.expected}`;
  return isOslmError(error) ? error.code : String(error);
}
