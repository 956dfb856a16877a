// A stand-in Hub with many models in a process of its own, and how long it took for its answers.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

export interface ManyModels {
  readonly endpoint: string;
  /** Milliseconds from each request since the last report until its reply was on its way, in order. */
  report(): Promise<{ readonly times: readonly number[] }>;
  close(): void;
}

export async function startManyModels(count: number): Promise<ManyModels> {
  const server = fileURLToPath(new URL("./many-models-server.ts", import.meta.url));
  const runner = fileURLToPath(new URL("../../test/support/run-ts.mjs", import.meta.url));
  const child = fork(runner, [server], { env: { ...process.env, BENCH_MODELS: String(count) } });
  const next = () =>
    new Promise<{ endpoint: string; times: number[] }>((resolve) =>
      child.once("message", (one) => resolve(one as never)),
    );
  const { endpoint } = await next();
  const report = () => {
    const told = next();
    child.send("report");
    return told;
  };
  return { endpoint, report, close: () => child.kill() };
}
