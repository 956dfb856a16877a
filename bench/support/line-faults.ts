// Connections that break, drip or fall silent, hosts that bear few of them, and endpoints that cannot be reached.
import type { Fault } from "../../test/support/fake-hub.js";
import { startTlsFront } from "../../test/support/tls-front.js";
import { type FaultCase, replies } from "./fault-case.js";
import type { FaultRoom } from "./fault-room.js";

export const LINE_FAULTS: readonly FaultCase[] = [
  replies("body cut after 1 MB, 3 times", 0, { dropAfter: 1_000_000, times: 3 }),
  impatient("silence twice, 1 s allowed", 0, { stallAfter: 1_000_000, times: 2 }),
  impatient("100 bytes/s twice, 1 s allowed", 0, { bytesPerSecond: 100, times: 2 }),
  impatient("100 bytes/s always, 1 s allowed", 7, { bytesPerSecond: 100 }),
  replies("connection reset 3 times", 0, { reset: true, times: 3 }),
  replies("connection reset always", 7, { reset: true }),
  crowded("at most 2 connections, else 503", "503"),
  crowded("at most 2 connections, else reset", "reset"),
  endpoint("connection refused", async () => ({ url: "http://127.0.0.1:1", close() {} })),
  endpoint("DNS: no such host", async () => ({ url: "http://hub.invalid", close() {} })),
  endpoint("TLS: certificate of an unknown CA", async ({ hub }) => {
    const front = await startTlsFront(hub.endpoint);
    return { url: `https://localhost:${front.port}`, close: front.close };
  }),
];

/** A server that is waited for no longer than a second. */
function impatient(name: string, expected: number, fault: Fault): FaultCase {
  const run = async (room: FaultRoom) => {
    room.spoil(fault);
    room.env = { HF_HUB_DOWNLOAD_TIMEOUT: "1" };
    return [(await room.pull()).code];
  };
  return { name, expected: [expected], run };
}

/** A storage host that bears few connections, each of them slow. */
function crowded(name: string, beyond: "503" | "reset"): FaultCase {
  const run = async (room: FaultRoom) => {
    room.slowDown();
    Object.assign(room.hub.gate, { connections: 2, beyond });
    return [(await room.pull()).code];
  };
  return { name, expected: [0], run };
}

/** An endpoint that cannot be reached. */
function endpoint(name: string, open: (room: FaultRoom) => Promise<{ url: string; close(): unknown }>): FaultCase {
  const run = async (room: FaultRoom) => {
    const { url, close } = await open(room);
    room.env = { HF_ENDPOINT: url };
    const { code } = await room.pull();
    await close();
    return [code];
  };
  return { name, expected: [7], run };
}
