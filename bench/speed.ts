// How fast oslm runs a model, against a minimal script on node-llama-cpp with the right number of threads, and llama.cpp's own llama-bench
// where LLAMA_BENCH names one: `node bench/run.mjs speed [PART OF A NAME] [ROUNDS] [SMALL MODEL]`. In
// alternation, medians.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BIN } from "../test/support/oslm.js";
import { median, print, printMachine } from "./support/measure.js";
import { oneBillion } from "./support/synthetic-models.js";
import { writeModel } from "./support/write-model.js";

const MINIMAL = fileURLToPath(new URL("./support/minimal.mjs", import.meta.url));
const DEMO = fileURLToPath(new URL("../assets/oslm-demo-q8_0.gguf", import.meta.url));
const BENCH = process.env.LLAMA_BENCH;
const [, , , wanted = "", rounds = "7", small = DEMO] = process.argv;
const folder = mkdtempSync(join(tmpdir(), "oslm-speed-"));
const env = { HOME: join(folder, "home"), PATH: process.env.PATH ?? "" };
const cores = cpus().length;

interface Taken {
  /** From the start to the first byte on stdout, and to the end. */
  readonly firstMs: number;
  readonly totalMs: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** @throws Error when it does not end as `ends` says */
function take(command: string, args: readonly string[], input = "", ends: (code: number | null) => boolean = isZero) {
  const started = performance.now();
  const child = spawn(command, args, { env });
  let [firstMs, stdout, stderr] = [Number.NaN, "", ""];
  child.stdout.on("data", (text) => {
    if (stdout === "") firstMs = performance.now() - started;
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  child.stdin.end(input);
  const done = new Promise<Taken>((resolve, reject) =>
    child.once("close", (code) => {
      if (!ends(code)) reject(new Error(`exit ${code}: ${command} ${args.join(" ")}\n${stderr}`));
      resolve({ firstMs, totalMs: performance.now() - started, stdout, stderr });
    }),
  );
  return { child, done };
}

const isZero = (code: number | null) => code === 0;
const node = (...args: string[]) => [process.execPath, args] as const;

/** Of each, by name, the medians of what it measured, in alternation; the first round warms the page cache and oslm's records. */
async function alternate<Name extends string>(
  sides: Readonly<Record<Name, () => Promise<readonly number[]>>>,
): Promise<Record<Name, number[]>> {
  const rows = new Map<string, (readonly number[])[]>();
  for (let round = 0; round <= Number(rounds); round++) {
    for (const [name, measure] of Object.entries<() => Promise<readonly number[]>>(sides)) {
      const figures = await measure();
      if (round > 0) rows.set(name, [...(rows.get(name) ?? []), figures]);
    }
  }
  const medians = [...rows].map(([name, all]) => [
    name,
    all[0]?.map((_, at) => median(all.map((row) => row[at] ?? 0))),
  ]);
  return Object.fromEntries(medians) as Record<Name, number[]>;
}

/** Start to exit and to the first byte, 32 tokens, nothing kept of the prompt. */
async function cold(title: string, model: string, threads: number): Promise<void> {
  const prompt = "Once upon a time";
  const flags = ["-n", "32", "--temp", "0", "--ctx", "2048", "--no-cache", "--quiet"];
  const { oslm, minimal } = await alternate({
    oslm: async () => {
      const { totalMs, firstMs } = await take(...node(BIN, "run", model, prompt, ...flags)).done;
      return [totalMs, firstMs];
    },
    minimal: async () => {
      const { totalMs, firstMs } = await take(...node(MINIMAL, model, `${threads}`, "32"), prompt).done;
      return [totalMs, firstMs];
    },
  });
  compare(`${title}: cold, whole (ms)`, oslm[0], minimal[0]);
  compare(`${title}: cold, first byte (ms)`, oslm[1], minimal[1]);
}

/** Tokens per second, of a prompt of 256 tokens and of 64 generated. */
async function speed(title: string, model: string, threads: number): Promise<void> {
  const prompt = " a".repeat(256);
  const flags = ["-n", "64", "--temp", "0", "--ctx", "2048", "--no-cache", "--json"];
  const { oslm, minimal, bench } = await alternate({
    oslm: async () => {
      const { stdout } = await take(...node(BIN, "run", model, prompt, ...flags)).done;
      const { usage, timings } = JSON.parse(stdout) as Result;
      if (usage.completionTokens < 64) throw new Error(`${title} ended after ${usage.completionTokens} tokens`);
      return [usage.promptTokens / (timings.promptMs / 1000), timings.tokensPerSecond];
    },
    minimal: async () => {
      const { stderr } = await take(...node(MINIMAL, model, `${threads}`, "64"), prompt).done;
      const { promptSpeed, speed, tokens } = JSON.parse(stderr) as Minimal;
      if (tokens < 64) throw new Error(`${title} ended after ${tokens} tokens`);
      return [promptSpeed, speed];
    },
    bench: async () => {
      if (BENCH === undefined) return [Number.NaN, Number.NaN];
      const args = ["-m", model, "-t", `${threads}`, "-p", "256", "-n", "64", "-r", "1", "-o", "json"];
      const { stdout } = await take(BENCH, args).done;
      return (JSON.parse(stdout) as { avg_ts: number }[]).map(({ avg_ts }) => avg_ts);
    },
  });
  for (const [at, what] of ["prompt", "generation"].entries()) {
    compare(`${title}: ${what} (tokens/s)`, oslm[at], minimal[at]);
    if (BENCH !== undefined) compare("  against llama-bench", oslm[at], bench[at]);
  }
}

/** The first token of a second process whose prompt begins with the same 2,000 tokens. */
async function prefix(title: string, model: string): Promise<void> {
  const long = " a".repeat(2000);
  const flags = ["-n", "4", "--temp", "0", "--ctx", "4096", "--quiet"];
  const first = async (...more: string[]) => {
    const { firstMs } = await take(...node(BIN, "run", model, `${long} b`, ...flags, ...more)).done;
    return [firstMs];
  };
  // Leaves its state behind.
  await take(...node(BIN, "run", model, `${long} c`, ...flags)).done;
  const { kept, anew } = await alternate({ kept: () => first(), anew: () => first("--no-cache") });
  compare(`${title}: kept prefix, first byte (ms)`, kept[0], anew[0]);
}

/** From Ctrl-C in the midst of a prompt of 900 tokens to the end of the process. */
async function interrupt(title: string, model: string): Promise<void> {
  const prompt = " a".repeat(900);
  const { oslm } = await alternate({
    oslm: async () => {
      const args = ["run", model, prompt, "--ctx", "2048", "--no-cache", "--quiet"];
      const { child, done } = take(...node(BIN, ...args), "", (code) => code === 130 || code === null);
      await new Promise((resolve) => setTimeout(resolve, 4000));
      if (child.exitCode !== null) throw new Error("it was done before the interrupt");
      const sent = performance.now();
      child.kill("SIGINT");
      await done;
      return [performance.now() - sent];
    },
  });
  print(`${title}: Ctrl-C in a prompt (ms)`, oslm[0] ?? Number.NaN);
}

interface Result {
  readonly usage: { readonly promptTokens: number; readonly completionTokens: number };
  readonly timings: { readonly promptMs: number; readonly tokensPerSecond: number };
}

interface Minimal {
  readonly promptSpeed: number;
  readonly speed: number;
  readonly tokens: number;
}

function compare(what: string, own = Number.NaN, other = Number.NaN): void {
  print(what, own, other, own / other);
}

const billion = join(folder, "llama-1.1b-q4_k.gguf");
const measurements: Readonly<Record<string, () => Promise<void>>> = {
  "cold small": () => cold("small", small, 1),
  "cold 1.1b": () => cold("1.1b", billion, cores),
  "speed 1.1b": () => speed("1.1b", billion, cores),
  "prefix 1.1b": () => prefix("1.1b", billion),
  "interrupt 1.1b": () => interrupt("1.1b", billion),
};

printMachine();
print("", "oslm", "other", "ratio");
const chosen = Object.entries(measurements).filter(([name]) => name.includes(wanted));
if (chosen.some(([name]) => name.includes("1.1b"))) writeModel(billion, oneBillion());
try {
  for (const [, measure] of chosen) await measure();
} finally {
  rmSync(folder, { recursive: true });
}
