// The process that decodes, as the system sees it: its threads, what it maps, and the processes it starts.

import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeGguf } from "../support/gguf-writer.js";
import { hollowLlama, writeHollow } from "../support/hollow-llama.js";
import { BIN, Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";
import { type Watched, watchThreads } from "../support/watch-threads.js";

const home = new Home();
afterAll(() => home.remove());
/** Just above what one thread computes best. */
const model = join(home.path, "hollow.gguf");

interface Seen extends Watched {
  readonly receipt: { readonly threads: number; readonly mapped: boolean };
}

/** @param before a program that starts it */
async function watch(before: readonly string[], env: Readonly<Record<string, string>>): Promise<Seen> {
  // Node makes as many threads of its own everywhere.
  const all = { ...home.env, NODE_OPTIONS: "--v8-pool-size=4", ...env };
  const [program = "", ...words] = [...before, process.execPath, BIN, "run", model, "hi", "-n", "16", "--stream=jsonl"];
  const child = spawn(program, words, { env: all, stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  child.stdout.on("data", (text: Buffer) => {
    said += text.toString();
  });
  const watched = await watchThreads(child);
  const last = said.trimEnd().split("\n").at(-1) ?? "";
  return { ...watched, ...(JSON.parse(last) as Pick<Seen, "receipt">) };
}

describe.skipIf(process.platform !== "linux")("a process that decodes", () => {
  let free: Seen;
  let bound: Seen;
  beforeAll(async () => {
    writeHollow(model, hollowLlama(8));
    free = await watch([], {});
    bound = await watch(["taskset", "-c", "0"], { UV_THREADPOOL_SIZE: "4" });
  }, 60_000);

  it("has a thread for each core that it may use, and no more", () => {
    expect(free.receipt.threads).toBeLessThanOrEqual(availableParallelism());
    expect(free.passing).toBe(free.receipt.threads - 1);
    expect([bound.receipt.threads, bound.passing]).toEqual([1, 0]);
  });

  it("has one thread in Node's pool, unless the user wants more", () => {
    expect(bound.lasting - free.lasting).toBe(4 - 1);
  });

  it("reads the file into memory where there is enough, in place of mapping it besides", () => {
    expect(free.receipt.mapped).toBe(false);
    expect(free.maps).toContain("libllama");
    expect(free.maps).not.toContain(model);
  });

  it("starts a second Node for a file it does not know, and no other time", async () => {
    const starts = join(home.path, "starts");
    const hook = fileURLToPath(new URL("../support/count-starts.mjs", import.meta.url));
    const fresh = join(home.path, "fresh.gguf");
    writeHollow(fresh, hollowLlama(1));
    const env = { NODE_OPTIONS: `--import=${hook}`, STARTS: starts };
    for (const name of ["first", "second"]) {
      const { code } = await home.run(["run", fresh, "hi", "-n", "1", "--quiet"], {
        env: { ...env, STARTS: starts + name },
      });
      expect(code).toBe(0);
    }
    const scripts = (name: string) =>
      readFileSync(starts + name, "utf8")
        .trimEnd()
        .split("\n");
    expect(scripts("first")).toEqual([BIN, expect.stringMatching(/rehearsal/)]);
    expect(scripts("second")).toEqual([BIN]);
  });

  it("writes no word of the engine to stdout, also where it starts the library again without a GPU", async () => {
    const { metadata, tensors } = runnable("llama");
    const odd = join(home.path, "odd.gguf");
    // The engine warns of it.
    writeFileSync(odd, writeGguf({ metadata: { ...metadata, "tokenizer.ggml.eos_token_id": 1_000_000 }, tensors }));
    const { code, stdout } = await home.run(["run", odd, "hi", "-n", "2", "--vram", "8GB", "--json=finishReason"]);
    expect([code, JSON.parse(stdout)]).toEqual([0, { finishReason: "length" }]);
  });
});
