// How fast a reply comes. Replies on a connection come one after the other, so this is the pace of the connection too.
import { setTimeout as sleep } from "node:timers/promises";

export interface Pace {
  /** Resolves when so many more bytes may be there at the other end. */
  pass(bytes: number): Promise<void>;
}

/** Waits before bytes go out, not after: else the client asks for the next range while the line is still busy. */
export function createPace(bytesPerSecond: number | undefined): Pace {
  if (bytesPerSecond === undefined) return { pass: async () => {} };
  let at = performance.now();
  return {
    async pass(bytes) {
      at += (bytes / bytesPerSecond) * 1000;
      const ms = at - performance.now();
      // Timers know whole milliseconds only; what they are late is caught up with by the next wait.
      if (ms >= 1) await sleep(ms);
    },
  };
}
