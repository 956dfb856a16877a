// A Hugging Face Hub on this machine, faithful to what is known of the real one: two HTTP servers on two origins, one for
// the Hub and one for large files. Start it in a test, and pass `endpoint` to the code (or as HF_ENDPOINT to a process).
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createCdn } from "./fake-hub/cdn-server.js";
import { createFaultBook } from "./fake-hub/faults.js";
import { guard } from "./fake-hub/gate.js";
import { answerHub } from "./fake-hub/hub-server.js";
import { pushRepo, type StoredRepo } from "./fake-hub/repo.js";
import type { Exchange } from "./fake-hub/send.js";
import type { FakeHub, FakeHubOptions, FakeRepo, Gate, RecordedRequest } from "./fake-hub/types.js";

export type * from "./fake-hub/types.js";

export async function startFakeHub(options: FakeHubOptions): Promise<FakeHub> {
  const requests: RecordedRequest[] = [];
  const faults = createFaultBook();
  const repos = new Map<string, StoredRepo>();
  const push = async (repo: FakeRepo): Promise<string> => {
    const stored = await pushRepo(repo, repos.get(repo.id));
    repos.set(repo.id, stored);
    return stored.commit;
  };
  for (const repo of options.repos) await push(repo);

  const cdn = createCdn(faults, () => addressOf(cdnServer), options.bytesPerSecond);
  const gate: Gate = { connections: Number.POSITIVE_INFINITY, beyond: "503", ...options.gate, refused: 0 };
  const endpoint = () => addressOf(hubServer);
  const state = {
    repos,
    faults,
    token: options.token,
    pageSize: options.pageSize ?? 1000,
    blobs: options.blobs ?? true,
    endpoint,
    sign: cdn.sign,
  };
  const wait = async () => options.latencyMs !== undefined && sleep(options.latencyMs);
  const hubServer = serve("hub", requests, (exchange) => wait().then(() => answerHub(state, exchange)));
  const cdnServer = serve("cdn", requests, (exchange) =>
    wait().then(() => (isUnwanted(exchange.request.socket) ? turnAway(exchange) : cdn.answer(exchange))),
  );
  const isUnwanted = guard(cdnServer, gate);
  await Promise.all([listen(hubServer), listen(cdnServer)]);
  return {
    endpoint: addressOf(hubServer),
    cdn: addressOf(cdnServer),
    requests,
    faults,
    gate,
    push,
    expireLinks: cdn.expireLinks,
    close: async () => {
      await Promise.all([stop(hubServer), stop(cdnServer)]);
    },
  };
}

function serve(
  host: RecordedRequest["host"],
  requests: RecordedRequest[],
  answer: (exchange: Exchange) => Promise<void>,
): Server {
  return createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    const record: RecordedRequest = { host, method, url, path: pathOf(url), headers, status: 0, sent: 0 };
    requests.push(record);
    const writeHead = response.writeHead.bind(response);
    response.writeHead = (status: number, ...rest: never[]) => {
      record.status = status;
      return writeHead(status, ...rest);
    };
    const write = response.write.bind(response);
    response.write = (piece: Uint8Array, ...rest: never[]) => {
      record.sent += piece.length;
      return write(piece, ...rest);
    };
    answer({ request, response }).catch((error: unknown) => {
      // A mistake of the stand-in itself must not look like one of the Hub's refusals.
      if (!response.headersSent) response.writeHead(599, { "content-type": "text/plain" });
      response.end(`fake hub: ${error instanceof Error ? error.stack : String(error)}`);
    });
  });
}

async function turnAway({ response }: Exchange): Promise<void> {
  response.writeHead(503, { "content-length": 0, connection: "close" });
  response.end();
}

function pathOf(url: string): string {
  const path = url.split("?")[0] ?? "";
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server is closed");
  return `http://127.0.0.1:${(address satisfies AddressInfo).port}`;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
