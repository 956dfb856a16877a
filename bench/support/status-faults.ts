// Statuses of the storage host, and what they say about when to come again.
import type { Fault } from "../../test/support/fake-hub.js";
import { type FaultCase, replies } from "./fault-case.js";

const once = [408, 416, 429, 500, 502, 503, 504].map((status) => replies(`${status} once`, 0, { status, times: 1 }));
const busy = (headers: Fault["headers"]): Fault => ({ status: 429, times: 1, ...(headers && { headers }) });
const inTwoSeconds = () => new Date(Date.now() + 2_000).toUTCString();

export const STATUS_FAULTS: readonly FaultCase[] = [
  ...once,
  replies("429, Retry-After: 1", 0, busy({ "retry-after": "1" })),
  {
    name: "429, Retry-After: a date in 2 s",
    expected: [0],
    async run(room) {
      const pulled = room.pull();
      room.spoil(busy({ "retry-after": inTwoSeconds() }));
      return [(await pulled).code];
    },
  },
  replies('429, RateLimit: "resolvers";r=0;t=1', 0, busy({ ratelimit: '"resolvers";r=0;t=1' })),
  replies("404 from the storage host", 7, { status: 404 }),
  replies("416 always", 8, { status: 416 }),
  replies("503 always", 7, { status: 503 }),
];
