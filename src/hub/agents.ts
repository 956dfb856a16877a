// Keeps connections open between requests.
import { type Agent, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";

export interface Agents {
  /** What connects to this address. */
  agentFor(url: URL): Agent;
  /** Closes the idle connections. */
  close(): void;
}

const OPTIONS = {
  keepAlive: true,
  // Node drops an address that has not answered in 250 ms for the next one, which a slow line never meets.
  autoSelectFamilyAttemptTimeout: 2_000,
};

/** Without a limit on connections: whoever sends many requests knows how many at a time. */
export function createAgents(): Agents {
  const http = new HttpAgent(OPTIONS);
  const https = new HttpsAgent(OPTIONS);
  return {
    agentFor: (url) => (url.protocol === "https:" ? https : http),
    close() {
      http.destroy();
      https.destroy();
    },
  };
}
