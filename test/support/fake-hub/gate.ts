// How many connections a client may have at the storage host.
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Gate } from "./types.js";

/** Counts connections from now on. The result tells which ones are to be answered 503. */
export function guard(server: Server, gate: Gate): (socket: Socket) => boolean {
  const open = new Map<string, number>();
  const unwanted = new WeakSet<Socket>();
  server.on("connection", (socket) => {
    const client = socket.remoteAddress ?? "";
    const count = open.get(client) ?? 0;
    if (count < gate.connections) {
      open.set(client, count + 1);
      socket.once("close", () => open.set(client, (open.get(client) ?? 1) - 1));
      return;
    }
    gate.refused++;
    if (gate.beyond === "reset") socket.resetAndDestroy();
    else unwanted.add(socket);
  });
  return (socket) => unwanted.has(socket);
}
