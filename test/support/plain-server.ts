// A plain web server with one file, for what the stand-in Hub does not do: ETags that change, ranges answered wrongly.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface PlainServer {
  readonly url: string;
  readonly requests: {
    readonly range: string | undefined;
    readonly ifRange: string | undefined;
    readonly path: string;
  }[];
  /** The most replies that were under way at the same time. */
  readonly busiest: number;
  close(): Promise<void>;
}

export interface Answering {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** From 0. */
  readonly index: number;
  /** Answers as servers do, with this ETag and these headers besides. */
  serve(content: Buffer, options?: { readonly etag?: string; readonly headers?: Record<string, string> }): void;
}

export async function startPlainServer(answer: (answering: Answering) => unknown): Promise<PlainServer> {
  const requests: PlainServer["requests"][number][] = [];
  let [busy, busiest] = [0, 0];
  const server = createServer((request, response) => {
    const { range, "if-range": ifRange } = request.headers;
    const index = requests.push({ range, ifRange: ifRange?.toString(), path: request.url ?? "" }) - 1;
    busiest = Math.max(busiest, ++busy);
    response.on("close", () => busy--);
    answer({ request, response, index, serve: (content, options) => serve(request, response, content, options) });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`,
    requests,
    get busiest() {
      return busiest;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serve(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  { etag = '"one"', headers = {} }: { etag?: string; headers?: Record<string, string> } = {},
): void {
  const { range, "if-range": condition } = request.headers;
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? "") ?? [];
  const all = { etag, ...headers };
  if (from === undefined || (condition !== undefined && condition !== etag)) {
    response.writeHead(200, { "content-length": content.length, ...all }).end(content);
    return;
  }
  const part = content.subarray(Number(from), Number(to) + 1);
  const contentRange = `bytes ${from}-${to}/${content.length}`;
  response.writeHead(206, { "content-length": part.length, "content-range": contentRange, ...all }).end(part);
}
