// Servers of a test on this machine's loopback, whose connections it looks at; closed after each test.
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach } from "vitest";

export interface Listening {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Every connection so far, in order. */
  readonly sockets: readonly Socket[];
}

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** Has this closed after the test. */
export function closeLater<T extends { close(): unknown }>(one: T): T {
  opened.push(one);
  return one;
}

export async function listen(server: Server): Promise<Listening> {
  const sockets: Socket[] = [];
  server.on("connection", (socket) => {
    sockets.push(socket.on("error", () => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closeLater({
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets };
}

export const serve = (listener: RequestListener): Promise<Listening> => listen(createServer(listener));
