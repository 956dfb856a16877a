// A stall clock tied to the caller's signal: bounds every wait for a server.
import { OslmError } from "../errors.js";
import type { Bytes, Milliseconds } from "../model/types.js";
import { networkError, shownUrl } from "./network-error.js";

export interface Wait {
  /** Names what to destroy when the clock runs out or the caller aborts, in place of what was named before. */
  watch(destroy: (reason: Error) => void): void;
  /** Starts the clock before a wait. */
  restart(): void;
  /** So many bytes of a body have come: the clock starts again, unless it is stopped or they come too slowly. */
  came(bytes: Bytes): void;
  /** Stops it after a wait. */
  pause(): void;
  /** Lets go of the signal; the reply has been read. */
  done(): void;
  /** What to throw for an error seen while waiting: ours as it is, the caller's abort as it is, the rest as `network`. */
  explain(url: string, error: unknown): unknown;
}

/** A server that drips is no better than a silent one; a telephone line brought twenty times as much. */
const LEAST_PER_SECOND: Bytes = 256;

export function createWait(stallMs: Milliseconds, outer: AbortSignal | undefined): Wait {
  let destroy: (reason: Error) => void = () => {};
  let timer: NodeJS.Timeout | undefined;
  let since: Milliseconds | undefined;
  /** Since drips were looked for: only time spent waiting, as the reader may take its own. */
  let [received, waited] = [0, 0];
  let failure: string | undefined;
  const onAbort = () => destroy(new Error("aborted"));
  const stop = (reason: string) => {
    failure = reason;
    destroy(new Error("stalled"));
  };
  const start = () => {
    since = performance.now();
    timer = setTimeout(() => stop(`nothing came for ${stallMs / 1000} seconds`), stallMs);
  };
  const pause = () => {
    clearTimeout(timer);
    if (since !== undefined) waited += performance.now() - since;
    since = undefined;
  };
  outer?.addEventListener("abort", onAbort, { once: true });
  return {
    watch(next) {
      destroy = next;
    },
    restart() {
      pause();
      start();
    },
    came(bytes) {
      const runs = since !== undefined;
      pause();
      received += bytes;
      if (waited >= stallMs) {
        const seconds = waited / 1000;
        if (received < seconds * LEAST_PER_SECOND) {
          return stop(`only ${received} bytes came in ${seconds.toFixed(seconds < 10 ? 1 : 0)} seconds`);
        }
        [received, waited] = [0, 0];
      }
      if (runs) start();
    },
    pause,
    done() {
      pause();
      outer?.removeEventListener("abort", onAbort);
    },
    explain(url, error) {
      if (error instanceof OslmError) return error;
      if (outer?.aborted) return outer.reason;
      if (failure === undefined) return networkError(url, error);
      return new OslmError("network", { url: shownUrl(url), reason: failure }, { cause: error });
    },
  };
}
