// A stall clock tied to the caller's signal: bounds every wait for a server.
import { OslmError } from "../errors.js";
import type { Milliseconds } from "../model/types.js";
import { networkError, shownUrl } from "./network-error.js";

export interface Wait {
  /** How long it waits. */
  readonly stallMs: Milliseconds;
  /** Names what to destroy when the clock runs out or the caller aborts, in place of what was named before. */
  watch(destroy: (reason: Error) => void): void;
  /** Starts the clock before a wait. */
  restart(): void;
  /** Stops it after one. */
  pause(): void;
  /** Lets go of the signal; the reply has been read. */
  done(): void;
  /** What to throw for an error seen while waiting: ours as it is, the caller's abort as it is, the rest as `network`. */
  explain(url: string, error: unknown): unknown;
}

export function createWait(stallMs: Milliseconds, outer: AbortSignal | undefined): Wait {
  let destroy: (reason: Error) => void = () => {};
  let timer: NodeJS.Timeout | undefined;
  let stalled = false;
  const onAbort = () => destroy(new Error("aborted"));
  const onStall = () => {
    stalled = true;
    destroy(new Error("stalled"));
  };
  outer?.addEventListener("abort", onAbort, { once: true });
  return {
    stallMs,
    watch(next) {
      destroy = next;
    },
    restart() {
      clearTimeout(timer);
      timer = setTimeout(onStall, stallMs);
    },
    pause() {
      clearTimeout(timer);
    },
    done() {
      clearTimeout(timer);
      outer?.removeEventListener("abort", onAbort);
    },
    explain(url, error) {
      if (error instanceof OslmError) return error;
      if (outer?.aborted) return outer.reason;
      if (!stalled) return networkError(url, error);
      const reason = `nothing came for ${stallMs / 1000} seconds`;
      return new OslmError("network", { url: shownUrl(url), reason }, { cause: error });
    },
  };
}
