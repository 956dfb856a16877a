// Runs processes and says what they took.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BIN } from "../../test/support/oslm.js";

export interface Taken {
  readonly code: number | null;
  readonly stderr: string;
  readonly seconds: number;
  /** Of all its threads, user and system; NaN unless it was Node and came to its end. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

export interface RunOptions {
  readonly env: Readonly<Record<string, string>>;
  /** Sends SIGKILL after so many milliseconds. */
  readonly killAfterMs?: number | undefined;
  /** Given the process once it runs, to send it signals. */
  readonly onStart?: (child: ChildProcess) => void;
}

/** Runs oslm in the home that `env` names. */
export function runOslm(args: readonly string[], options: RunOptions): Promise<Taken> {
  return run(process.execPath, [BIN, ...args], options);
}

export async function run(command: string, args: readonly string[], options: RunOptions): Promise<Taken> {
  const folder = mkdtempSync(join(tmpdir(), "oslm-usage-"));
  const usage = join(folder, "usage.json");
  const hook = fileURLToPath(new URL("./usage.mjs", import.meta.url));
  const env = { PATH: process.env.PATH ?? "", NODE_OPTIONS: `--import=${hook}`, BENCH_USAGE: usage, ...options.env };
  const started = performance.now();
  const child = spawn(command, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const { killAfterMs, onStart } = options;
  onStart?.(child);
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  const seconds = (performance.now() - started) / 1000;
  const used = readUsage(usage);
  rmSync(folder, { recursive: true });
  return { code, stderr, seconds, ...used };
}

function readUsage(path: string): Pick<Taken, "cpuSeconds" | "peakMegabytes"> {
  try {
    const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(path, "utf8"));
    return { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMegabytes: maxRSS / 1024 };
  } catch {
    return { cpuSeconds: Number.NaN, peakMegabytes: Number.NaN };
  }
}

/** The value below which `share` of them lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export function print(...cells: readonly (string | number)[]): void {
  const [first = "", ...rest] = cells.map((cell) => (typeof cell === "number" ? cell.toFixed(2) : cell));
  process.stdout.write(`${[first.padEnd(38), ...rest.map((cell) => cell.padStart(14))].join(" ").trimEnd()}\n`);
}

/** What the figures depend on. */
export function printMachine(): void {
  const cores = cpus();
  print(`${cores.length} x ${cores[0]?.model ?? "?"}, Node ${process.version}, ${process.platform}`);
}

/** Numbers from 0 to 1, the same for each seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
