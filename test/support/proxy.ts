// A forward proxy on this machine: tunnels for https, absolute addresses for http, and what proxies do wrong.
import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

export interface TestProxy {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** `CONNECT host:port` and `GET http://...`, in order. */
  readonly requests: string[];
  /** The headers that came with them. */
  readonly headers: IncomingMessage["headers"][];
  close(): Promise<void>;
}

export interface TestProxyOptions {
  /** `user:password` that it asks for. */
  readonly login?: string;
  /** Answers every request with this status. */
  readonly status?: number;
  /** Where tunnels lead, whatever host was asked for: a proxy that cannot be trusted. */
  readonly leadsTo?: string;
  /** Takes connections and never answers. */
  readonly silent?: boolean;
}

export async function startProxy({ login, status, leadsTo, silent }: TestProxyOptions = {}): Promise<TestProxy> {
  const requests: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const tunnels = new Set<Duplex>();
  const refusal = (message: IncomingMessage): number | undefined => {
    requests.push(`${message.method} ${message.url}`);
    headers.push(message.headers);
    const wanted = login && `Basic ${Buffer.from(login).toString("base64")}`;
    return wanted !== undefined && message.headers["proxy-authorization"] !== wanted ? 407 : status;
  };
  const server = createServer((incoming, response) => {
    const refused = refusal(incoming);
    if (silent) return;
    if (refused !== undefined) {
      response.writeHead(refused, { "content-type": "text/html" }).end("<html>a page of the proxy</html>");
      return;
    }
    const { "proxy-authorization": _, "proxy-connection": __, ...others } = incoming.headers;
    const onward = request(incoming.url ?? "", { method: incoming.method, headers: others }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    });
    onward.on("error", () => response.writeHead(502).end());
    incoming.pipe(onward);
  });
  server.on("connect", (message: IncomingMessage, client: Duplex) => {
    const refused = refusal(message);
    tunnels.add(client);
    client.on("error", () => {});
    if (silent) return;
    if (refused !== undefined) {
      client.end(`HTTP/1.1 ${refused} No\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\npage`);
      return;
    }
    const [host, port] = (message.url ?? "").split(/:(?=\d+$)/);
    const onward = connect(Number(port), leadsTo ?? host?.replace(/^\[|\]$/g, ""), () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(onward).pipe(client);
    });
    tunnels.add(onward);
    onward.on("error", () => client.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    headers,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        for (const tunnel of tunnels) tunnel.destroy();
      }),
  };
}
