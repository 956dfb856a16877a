// How to connect to an address: directly or through a proxy, with connections kept open between requests.
import { type Agent, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { Milliseconds } from "../model/types.js";

export interface Route {
  readonly agent: Agent;
  /** The proxy's address without its password; undefined for a direct connection. */
  readonly proxy?: string;
}

/** The proxy for an address, undefined for none. */
export type ProxyFor = (url: URL) => URL | undefined;

export interface Agents {
  /** Throws what `proxyFor` throws. */
  routeTo(url: URL): Promise<Route>;
  /** Closes the idle direct connections to a server: some have few to give, and let others wait. */
  closeIdle(url: URL): void;
  /** Closes all idle connections. */
  close(): void;
}

/** Node drops an address that has not answered in 250 ms for the next one, which a slow line never meets. */
export const ADDRESS_TIMEOUT_MS: Milliseconds = 2_000;
const OPTIONS = { keepAlive: true, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS };

/** Without a limit on connections: whoever sends many requests knows how many at a time. */
export function createAgents(proxyFor: ProxyFor = () => undefined): Agents {
  const http = new HttpAgent(OPTIONS);
  const https = new HttpsAgent(OPTIONS);
  const proxied = new Map<string, Agent>();

  async function throughProxy(proxy: URL, isSecure: boolean): Promise<Agent> {
    const key = `${isSecure} ${proxy.href}`;
    // Loaded only where there is a proxy.
    const agent =
      proxied.get(key) ??
      (isSecure
        ? new (await import("https-proxy-agent")).HttpsProxyAgent(proxy, OPTIONS)
        : new (await import("http-proxy-agent")).HttpProxyAgent(proxy, OPTIONS));
    proxied.set(key, agent);
    return agent;
  }

  return {
    async routeTo(url) {
      const isSecure = url.protocol === "https:";
      const proxy = proxyFor(url);
      if (proxy === undefined) return { agent: isSecure ? https : http };
      return { agent: await throughProxy(proxy, isSecure), proxy: proxy.origin };
    },
    closeIdle({ hostname, protocol, port }) {
      const isSecure = protocol === "https:";
      // As Node's agents call them: host:port:...
      const start = `${hostname.replace(/^\[|\]$/g, "")}:${port || (isSecure ? 443 : 80)}:`;
      for (const [name, sockets = []] of Object.entries((isSecure ? https : http).freeSockets)) {
        if (name.startsWith(start)) for (const socket of [...sockets]) socket.destroy();
      }
    },
    close() {
      for (const agent of [http, https, ...proxied.values()]) agent.destroy();
    },
  };
}
