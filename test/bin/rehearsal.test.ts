// What becomes of oslm run when the process that tries its load is made, is killed, is interrupted, or falls over the file.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { childrenOf } from "../support/children-of.js";
import { writeGguf } from "../support/gguf-writer.js";
import { hollowLlama, writeHollow } from "../support/hollow-llama.js";
import { Home, type Result } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";

const home = new Home();
afterAll(() => home.remove());
const large = join(home.path, "large.gguf");
/** Little more than what it needs. */
let tight: readonly string[];

interface Seen extends Result {
  /** What each rehearsal was told. */
  readonly told: readonly { readonly real: boolean; readonly spare: number }[];
  /** Rehearsals that are left at the end. */
  readonly left: readonly number[];
}

/** @param onRehearsal called once, with the ids of oslm and of the process that tries its load */
async function run(
  path: string,
  more: readonly string[],
  onRehearsal: (oslm: number, child: number) => void = () => {},
): Promise<Seen> {
  const told = new Map<number, Seen["told"][number]>();
  let watch: NodeJS.Timeout | undefined;
  const result = await home.run(["run", path, "hi", "-n", "1", "--verbose", ...more], {
    onStart: ({ pid = 0 }) => {
      watch = setInterval(() => {
        for (const child of childrenOf(pid, "rehearsal.js").filter((one) => !told.has(one))) {
          const [, , , options = ""] = `\0${readFileSync(`/proc/${child}/cmdline`, "utf8")}`.split("\0");
          told.set(child, JSON.parse(options));
          onRehearsal(pid, child);
        }
      }, 20);
    },
  });
  clearInterval(watch);
  const left = [...told.keys()].filter((child) => childrenOf(1, "rehearsal.js").includes(child));
  return { ...result, told: [...told.values()], left };
}

describe.skipIf(process.platform !== "linux")("a load's rehearsal", () => {
  beforeAll(async () => {
    writeHollow(large, hollowLlama(7));
    const { stdout } = await home.run(["fit", large, "--json"]);
    const { total } = JSON.parse(stdout).variants[0].estimate;
    tight = ["--ram", String(Math.ceil((total / 0.95) * 1.02))];
  });

  it("takes all the memory where the load nearly fills it, each time, and none where there is plenty, once", async () => {
    const first = await run(large, []);
    expect([first.code, first.told]).toEqual([0, [expect.objectContaining({ real: false })]]);
    expect(first.stderr).toContain("tried in a process of its own first, without its memory");
    const second = await run(large, []);
    expect([second.code, second.told]).toEqual([0, []]);
    const third = await run(large, tight);
    expect([third.code, third.told]).toEqual([0, [expect.objectContaining({ real: true })]]);
    expect(third.told[0]?.spare).toBeGreaterThan(100_000);
    expect(third.stderr).toContain("tried in a process of its own first, with all its memory");
  });

  it("that the system kills ends oslm with need, memory and exit 6, and so it does when forced", async () => {
    const kill = (_: number, child: number) => process.kill(child, "SIGKILL");
    for (const more of [tight, ["--ram", "100MB", "--force"]]) {
      const { code, stdout, stderr, told } = await run(large, more, kill);
      expect([code, stdout, told]).toEqual([6, "", [expect.objectContaining({ real: true })]]);
      expect(stderr).toMatch(/the memory ran out while .*large\.gguf was loaded: .* takes about \d{3} MB\n/);
      expect(stderr).toContain("The engine says: the system ended the process for want of memory");
      expect(stderr.startsWith("warning: --force skips the check of free memory, and only that: ")).toBe(
        more.includes("--force"),
      );
    }
  });

  it("is ended by an interruption, and oslm with it", async () => {
    const { code, left } = await run(large, tight, (oslm) => process.kill(oslm, "SIGINT"));
    expect([code, left]).toEqual([130, []]);
  });

  it("stops a file that the reader takes and the engine does not, each time and forced as well", async () => {
    const { metadata, tensors } = runnable("llama");
    const tokens = (metadata["tokenizer.ggml.tokens"] as string[]).with(68, "<0xZZ>");
    const files = {
      "fatal.gguf": { metadata: { ...metadata, "tokenizer.ggml.tokens": tokens }, tensors },
      "partial.gguf": { metadata, tensors: tensors.filter(({ name }) => name !== "blk.0.attn_v.weight") },
    };
    for (const [name, spec] of Object.entries(files)) writeFileSync(join(home.path, name), writeGguf(spec));
    for (const more of [[], [], ["--force", "--ram", "10MB"]]) {
      const fatal = await run(join(home.path, "fatal.gguf"), more);
      expect([fatal.code, fatal.stdout, fatal.told.length]).toEqual([8, "", 1]);
      expect(fatal.stderr).toMatch(/fatal\.gguf is not a usable GGUF file\n {2}llama\.cpp breaks off at it: what\(\)/);
    }
    const partial = await run(join(home.path, "partial.gguf"), []);
    expect([partial.code, partial.stdout, partial.told.length]).toEqual([9, "", 1]);
    expect(partial.stderr).toMatch(/could not be loaded\n.*tensor 'blk\.0\.attn_v\.weight' not found/);
  });
});
