// An https address in front of an http server, with a certificate of the CA in tls/ (see tls/make.sh).
import { readFileSync } from "node:fs";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { createServer } from "node:tls";

const FOLDER = join(import.meta.dirname, "tls");

/** The root certificate, for NODE_EXTRA_CA_CERTS. */
export const CA_FILE = join(FOLDER, "ca.pem");

export interface TlsFront {
  readonly port: number;
  close(): Promise<void>;
}

/** @param certificate that it shows: for localhost, 127.0.0.1 and ::1; the same but expired; for another host */
export async function startTlsFront(
  target: string,
  certificate: "server" | "expired" | "elsewhere" = "server",
): Promise<TlsFront> {
  const open = new Set<Socket>();
  const cert = readFileSync(join(FOLDER, `${certificate}.pem`));
  const key = readFileSync(join(FOLDER, "server.key"));
  const server = createServer({ cert, key }, (socket) => {
    const { hostname, port } = new URL(target);
    const onward = connect(Number(port), hostname);
    for (const end of [socket, onward]) {
      open.add(end);
      end.on("error", () => {}).on("close", () => open.delete(end));
    }
    socket.pipe(onward).pipe(socket);
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
