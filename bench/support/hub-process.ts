// The stand-in Hub in a process of its own, which a pull is not to share its processor time with.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FakeRepo, Fault } from "../../test/support/fake-hub.js";

export interface HubOrder {
  readonly faults?: readonly Fault[];
}

export interface HubReport {
  readonly endpoint: string;
  /** Body bytes that the storage host sent since the last report, and requests that it answered. */
  readonly sent: number;
  readonly requests: number;
  /** When the first of these came, in milliseconds since 1970. */
  readonly firstAt: number;
}

export interface HubProcess {
  readonly endpoint: string;
  /** Sets the faults of all weights, when given, and tells what happened since the last report. */
  report(order?: HubOrder): Promise<HubReport>;
  close(): void;
}

/** Serves the file as the one model of `org/bench-GGUF`. */
export async function startHubProcess(file: string): Promise<HubProcess> {
  const server = fileURLToPath(new URL("./hub-server.ts", import.meta.url));
  const runner = fileURLToPath(new URL("../../test/support/run-ts.mjs", import.meta.url));
  const repo: FakeRepo = {
    id: REPO,
    card: { license: "apache-2.0" },
    files: { "m-Q8_0.gguf": { file } },
    lfs: () => true,
  };
  const child = fork(runner, [server], { env: { ...process.env, BENCH_REPO: JSON.stringify(repo) } });
  const report = (order: HubOrder = {}) =>
    new Promise<HubReport>((resolve) => {
      child.once("message", (message) => resolve(message as HubReport));
      child.send(order);
    });
  await new Promise((resolve) => child.once("message", resolve));
  const { endpoint } = await report();
  return { endpoint, report, close: () => child.kill() };
}

export const REPO = "org/bench-GGUF";
