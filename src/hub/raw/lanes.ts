// Raw connections for ranges of large files, kept between requests: for a server that has answered one by node:http, and
// only for replies of the plainest form.
import { validateHeaderValue } from "node:http";
import type { Wait } from "../wait.js";
import { Connection } from "./connection.js";
import { bodyLength, type Head } from "./head.js";

/** A reply whose body is on this connection. */
export interface RawReply extends Head {
  readonly connection: Connection;
  /** Bytes of the body. */
  readonly bodyBytes: number;
}

export interface Lanes {
  /** Undefined for a reply that node:http is to be asked for. Throws what Node's net and tls do. */
  ask(url: URL, headers: Readonly<Record<string, string>>, wait: Wait): Promise<RawReply | undefined>;
  /** Takes back the connection of a reply that was read to its end. */
  keep(url: URL, reply: RawReply): void;
  close(): void;
}

/** @param onNew told before each new connection */
export function createLanes(onNew: (url: URL) => void): Lanes {
  const idle = new Map<string, Connection[]>();
  /** Servers whose replies have another form; each try costs them an answer that nobody reads. */
  const unfit = new Set<string>();

  function take(url: URL): Connection {
    const kept = idle.get(url.origin) ?? [];
    for (let connection = kept.pop(); connection !== undefined; connection = kept.pop()) {
      if (connection.failure === undefined) return connection;
    }
    onNew(url);
    return new Connection(url);
  }

  async function ask(url: URL, headers: Readonly<Record<string, string>>, wait: Wait): Promise<RawReply | undefined> {
    if (unfit.has(url.origin)) return undefined;
    const request = requestOf(url, headers);
    const connection = take(url);
    try {
      const head = await connection.ask(request, wait);
      const bodyBytes = head && bodyLength(head);
      if (head !== undefined && bodyBytes !== undefined) return { ...head, connection, bodyBytes };
    } catch (error) {
      connection.close();
      if (connection.wasClosedIdle) return ask(url, headers, wait);
      throw error;
    }
    connection.close();
    unfit.add(url.origin);
    return undefined;
  }

  return {
    ask,
    keep({ origin }, { connection, headers }) {
      const isLast = /\bclose\b/i.test(headers.get("connection") ?? "");
      if (isLast || connection.failure !== undefined) return connection.close();
      connection.rest();
      const others = (idle.get(origin) ?? []).filter(({ failure }) => failure === undefined);
      idle.set(origin, [...others, connection]);
    },
    close() {
      for (const connection of [...idle.values()].flat()) connection.close();
      idle.clear();
    },
  };
}

/** RFC 9112, 3. Throws Node's error for a header that would break out of its line. */
function requestOf(url: URL, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => {
    validateHeaderValue(name, value);
    return `${name}: ${value}`;
  });
  return [`GET ${url.pathname}${url.search} HTTP/1.1`, `host: ${url.host}`, ...lines, "", ""].join("\r\n");
}
