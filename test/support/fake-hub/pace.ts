// How fast a connection gives bytes: one pace for all replies on it, as a line has.
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** When the line of a socket is free again, on the clock of `performance.now()`. */
const freeAt = new WeakMap<Socket, number>();

export interface Pace {
  /** Resolves when so many more bytes may be there at the other end. */
  pass(bytes: number): Promise<void>;
}

/** A line that has been idle saves nothing up; within a reply, late timers are caught up with. */
export function paceOf(socket: Socket | null, bytesPerSecond: number | undefined): Pace {
  if (socket === null || bytesPerSecond === undefined) return { pass: async () => {} };
  let at = Math.max(performance.now(), freeAt.get(socket) ?? 0);
  return {
    async pass(bytes) {
      at += (bytes / bytesPerSecond) * 1000;
      freeAt.set(socket, at);
      const ms = at - performance.now();
      // Timers know whole milliseconds only.
      if (ms >= 1) await sleep(ms);
    },
  };
}
