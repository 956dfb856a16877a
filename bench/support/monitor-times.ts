// How long this process's HTTP servers take for their answers.
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

/** @returns `take` gives the milliseconds of each answer since the last call, in the order in which they ended */
export function monitorTimes(): { take(): number[] } {
  const begun = new WeakMap<IncomingMessage, number>();
  let times: number[] = [];
  const requestOf = (message: unknown) => (message as { readonly request: IncomingMessage }).request;
  subscribe("http.server.request.start", (message) => begun.set(requestOf(message), performance.now()));
  subscribe("http.server.response.finish", (message) => {
    times.push(performance.now() - (begun.get(requestOf(message)) ?? Number.NaN));
  });
  return {
    take: () => {
      const taken = times;
      times = [];
      return taken;
    },
  };
}
