// The body of a reply in pieces, as they come from the socket: hundreds of megabytes a second pass here.
import type { IncomingMessage } from "node:http";
import type { Bytes } from "../model/types.js";
import type { Wait } from "./wait.js";

/** Read ahead of a slow consumer; more would only fill memory. */
const AHEAD: Bytes = 64 * 1024;

/**
 * Yields the pieces without copying them. Leaving early closes the connection. Throws Node's error when the body breaks
 * off before its announced end; only waiting for the server runs the stall clock, the consumer may take its time.
 */
export async function* readBody(message: IncomingMessage, wait: Wait): AsyncGenerator<Buffer, void> {
  let ready: Buffer[] = [];
  let queued: Bytes = 0;
  let ended = false;
  let wake = () => {};
  const onData = (piece: Buffer) => {
    ready.push(piece);
    queued += piece.length;
    wait.came(piece.length);
    if (queued >= AHEAD) message.pause();
    wake();
  };
  const onEnd = () => {
    ended = true;
    wake();
  };
  const onClose = () => wake();
  message.on("data", onData).on("end", onEnd).on("close", onClose);
  try {
    for (;;) {
      const pieces = ready;
      ready = [];
      queued = 0;
      yield* pieces;
      if (ready.length > 0) continue;
      if (ended) return;
      if (message.destroyed) throw message.errored ?? new Error("the reply was closed");
      wait.restart();
      await new Promise<void>((resolve) => {
        wake = resolve;
        message.resume();
      });
      wait.pause();
    }
  } finally {
    wait.done();
    message.off("data", onData).off("end", onEnd).off("close", onClose);
    if (!ended) message.destroy();
  }
}
