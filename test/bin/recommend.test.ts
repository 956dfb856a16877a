// oslm fit --list and oslm recommend: what of the catalog a machine can run.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookup } from "../../src/catalog/catalog.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { runHere } from "../support/run-here.js";

let home: Home;
const run = (...args: string[]) => runHere(home, args);
beforeAll(() => {
  // Nobody answers there: neither command makes a request.
  home = new Home({ HF_ENDPOINT: "http://127.0.0.1:9" });
});
afterAll(() => home.remove());

interface Model {
  readonly name: string;
  readonly modality: string;
  readonly vendor: string;
  readonly released: string;
  readonly params: number;
  readonly quant: string;
  readonly decent: boolean;
  readonly runs: "well" | "slowly" | "poorly";
  readonly trainedFor: number;
  readonly tokensPerSecond: number;
  readonly longestContext: number;
  readonly base: boolean;
  readonly geometry: string;
  readonly estimate: { readonly total: number; readonly ctx: number };
  readonly license: { readonly id: string; readonly class: string; readonly commercialUse: string };
}
interface Report {
  readonly models: readonly Model[];
  readonly tooLarge: readonly string[];
  readonly host: { readonly ram: number; readonly vram: number };
  readonly nearest: { readonly name: string; readonly needs: number; readonly instead: number | null } | null;
}
const machine = (ram: string) => ["--ram", ram, "--vram", "0", "--bandwidth", "50"];
async function report(...args: string[]): Promise<Report> {
  const { code, stdout, stderr } = await run(...args, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Report;
}
const names = ({ models }: Report) => models.map(({ name }) => name);

describe("oslm fit --list", () => {
  it("tells what fits, the best first, and what does not", async () => {
    const { models, tooLarge } = await report("fit", "--list", ...machine("16GB"));
    expect(models.length).toBeGreaterThan(100);
    expect(tooLarge).toContain("llama3.1:405b");
    for (const { estimate, longestContext } of models) {
      expect(estimate.total).toBeLessThanOrEqual(16e9 * 0.95);
      expect(longestContext).toBeGreaterThanOrEqual(estimate.ctx);
    }
    const rank = ({ decent, tokensPerSecond }: Model) => (decent ? (tokensPerSecond >= 10 ? 0 : 1) : 2);
    const ranks = models.map(rank);
    expect([...ranks].sort()).toEqual(ranks);
    expect(models.map(({ runs }) => ["well", "slowly", "poorly"].indexOf(runs))).toEqual(ranks);
    expect(models.find(({ name }) => name === "llama3.2:3b")).toMatchObject({
      modality: "text",
      license: { id: "llama3.2", class: "community" },
      geometry: "catalog",
    });
    expect(models.filter(({ geometry }) => geometry === "guessed")).toEqual([]);
    // Trained and published in MXFP4.
    expect(models.find(({ name }) => name === "gpt-oss:20b")).toMatchObject({ quant: "MXFP4", decent: true });
  });

  it("grows with memory, and follows context and task", async () => {
    const small = await report("fit", "--list", ...machine("4GB"));
    const large = await report("fit", "--list", ...machine("64GB"));
    expect(names(small).filter((name) => !names(large).includes(name))).toEqual([]);
    expect(small.models.length).toBeLessThan(large.models.length);
    const code = await report("fit", "--list", "--task", "code", ...machine("16GB"));
    expect(new Set(code.models.map(({ modality }) => modality))).toEqual(new Set(["code"]));
    const long = await report("fit", "--list", "--ctx", "64k", ...machine("16GB"));
    expect(long.models.every(({ estimate }) => estimate.ctx === 65_536)).toBe(true);
  });

  it("counts as poor what was not trained for the context that is asked for", async () => {
    const { models } = await report("fit", "--list", "--ctx", "16k", ...machine("64GB"));
    const short = models.filter(({ trainedFor }) => trainedFor < 16_384);
    expect(short.length).toBeGreaterThan(10);
    expect(short.filter(({ runs }) => runs !== "poorly")).toEqual([]);
  });

  it("shows people what runs well, and the rest with --all; programs get all", async () => {
    const args = ["fit", "--list", ...machine("16GB")];
    const screen = async (columns: number, ...more: string[]) =>
      (await inTerminal(home, [...args, ...more], [], { columns, env: { NO_COLOR: "1" } })).text;
    const rows = (text: string) => text.match(/^[\w.-]+:[\w.-]+ +(?:Q\d_|MXFP4)/gm) ?? [];
    const { models, tooLarge } = await report(...args);
    const short = await screen(80);
    expect(short).not.toContain("…");
    for (const line of short.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(rows(short).length).toBe(15);
    const words = short.replace(/\s+/g, " ");
    const families = new Set(models.filter(({ runs }) => runs === "well").map(({ name }) => name.split(":")[0])).size;
    expect(families).toBeGreaterThan(15);
    const rule = `the largest of each family that runs well, 15 of ${families} families`;
    expect(words).toContain(`${models.length - 15} more fit (above: ${rule})`);
    // Those that nobody may use commercially make room for the others.
    for (const name of rows(short).map((row) => row.split(/ /)[0])) {
      expect(models.find((one) => one.name === name)?.license.commercialUse, name).not.toBe("forbidden");
    }
    const narrowed = (await screen(200, "--license", "mit", "--ctx", "4k")).replace(/\s+/g, " ");
    expect(narrowed).toMatch(/All of them: oslm fit --list --license mit --all --ctx 4096 --ram 16GB .*\d+ do not fit/);
    expect(words).toContain(
      `All of them: oslm fit --list --all ${machine("16GB").join(" ")} ${tooLarge.length} do not fit.`,
    );
    expect(short).toMatch(/^q8_0: with the KV cache quantized/m);
    const all = await screen(140, "--all");
    expect(rows(all).length).toBe(models.length);
    expect(all).toMatch(/^~: estimated from the catalog$/m);
    expect((await run(...args)).stdout.trimEnd().split("\n").length).toBe(models.length);
    expect((await home.run(["fit", "demo", "--all"])).code).toBe(2);
  });

  it("says of licenses what has conditions where commercial use was asked for", async () => {
    const args = ["fit", "--list", "--commercial", ...machine("16GB")];
    const { text } = await inTerminal(home, args, [], { columns: 80, env: { NO_COLOR: "1" } });
    expect(text).toMatch(/^NAME .* COMMERCIAL$/m);
    expect(text).toMatch(/ conditional$/m);
    expect((await run(...args)).stdout).toMatch(/\tconditional$/m);
  });

  it("takes the license filters of search and list", async () => {
    const free = await report("fit", "--list", "--license-class", "permissive", ...machine("16GB"));
    expect(free.models.length).toBeGreaterThan(0);
    expect([...new Set(free.models.map(({ license }) => license.class))]).toEqual(["permissive"]);
    const all = await report("fit", "--list", ...machine("16GB"));
    expect(free.models.length).toBeLessThan(all.models.length);
    const sold = await report("fit", "--list", "--commercial", ...machine("16GB"));
    expect(sold.models.some(({ license }) => license.class === "non-commercial")).toBe(false);
    expect((await run("fit", "demo", "--commercial")).code).toBe(2);
  });

  it("wants a model or --list, not both", async () => {
    for (const args of [[], ["qwen2", "--list"], ["qwen2", "--task", "code"], ["--list", "--ctx", "8k,32k"]]) {
      const { code, stderr } = await run("fit", ...args);
      expect([code, stderr.split("\n").length]).toEqual([2, 4]);
    }
    expect((await run("fit", "--list", "--task", "poetry")).code).toBe(2);
  });
});

describe("oslm recommend", () => {
  it("names a few models, one of each publisher, that can nearly be read as they write", async () => {
    const { models } = await report("recommend", ...machine("16GB"));
    expect(models.length).toBe(5);
    for (const { name, decent, tokensPerSecond } of models) {
      expect(decent).toBe(true);
      expect(tokensPerSecond).toBeGreaterThanOrEqual(5);
      const [family = "", size = ""] = name.split(":");
      expect(lookup(family, size).family.name).toBe(family);
    }
    expect(new Set(models.map(({ vendor }) => vendor)).size).toBe(5);
    expect(names(await report("recommend", "code", ...machine("16GB")))).not.toEqual(models.map(({ name }) => name));
  });

  // What somebody who follows the field would name; not five small or old ones because they are fast.
  it.each([
    ["8GB", "0", "20", "chat", "gemma4:e2b", "qwen3.5:4b"],
    ["16GB", "0", "50", "chat", "gpt-oss:20b", "qwen3.5:9b"],
    ["16GB", "12GB", "50", "vision", "gemma4:26b", "ministral-3:14b"],
    ["64GB", "0", "80", "chat", "qwen3-next:80b", "gemma4:26b"],
    ["2GB", "0", "30", "chat", "qwen3:1.7b", "falcon-h1:1.5b"],
    ["64GB", "0", "80", "code", "qwen3-coder:30b", "devstral:24b"],
    ["8GB", "0", "20", "code", "qwen2.5-coder:1.5b", "yi-coder:9b"],
    ["8GB", "0", "20", "vision", "gemma4:e2b", "qwen3.5:4b"],
  ])("on %s with %s of VRAM and %s GB/s, for %s", async (ram, vram, bandwidth, task, first, other) => {
    const { models } = await report("recommend", task, "--ram", ram, "--vram", vram, "--bandwidth", bandwidth);
    expect(models[0]?.name).toBe(first);
    expect(models.map(({ name }) => name)).toContain(other);
  });

  it("prefers what answers, and what may be sold", async () => {
    const { models } = await report("recommend", "code", ...machine("64GB"));
    const bases = models.map(({ base }) => base);
    expect([...bases].sort()).toEqual(bases);
    expect(models.filter(({ license }) => license.commercialUse === "forbidden")).toEqual([]);
    const { models: all } = await report("fit", "--list", "--task", "code", ...machine("64GB"));
    expect(all.filter(({ base }) => base).map(({ name }) => name)).toContain("starcoder2:7b");
    expect(all.some(({ license }) => license.commercialUse === "forbidden")).toBe(true);
  });

  it("takes the task as a word or as a flag, and says why of each", async () => {
    const [word, flag, none] = await Promise.all([
      report("recommend", "chat", ...machine("16GB")),
      report("recommend", "--task", "chat", ...machine("16GB")),
      report("recommend", ...machine("16GB")),
    ]);
    expect([flag, none]).toEqual([word, word]);
    for (const { why, license } of word.models as readonly (Model & { readonly why: string })[]) {
      expect(why).toMatch(/^\S.* by \S.*; [\d.]+B.* of \d{4}-\d\d, (?:at|below) reading speed; commercial use \w+$/);
      expect(why).toContain(`commercial use ${license.commercialUse}`);
    }
    const { stdout, stderr } = await home.run(["recommend", "code", ...machine("16GB")]);
    for (const line of stdout.trimEnd().split("\n")) expect(line).toMatch(/\t\S.* by \S.* commercial use [a-z]+$/);
    expect(stderr).not.toContain("Get it");
    const { text } = await inTerminal(home, ["recommend", "embedding", ...machine("16GB")]);
    expect(text).toMatch(/Use it: oslm embed \S+ "some text"/);
    const both = await run("recommend", "code", "--task", "vision");
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining("Try: oslm recommend code")]);
  });

  it("advises to chat only with models that were trained to answer", async () => {
    const isBase = (name: string) => {
      const [family = "", size = ""] = name.split(":");
      return lookup(family, size).size.base === true;
    };
    const wanted = ["--license", "mit", ...machine("16GB")];
    const [chat, text] = [await report("recommend", "chat", ...wanted), await report("recommend", "text", ...wanted)];
    expect(chat.models.length).toBeGreaterThan(1);
    expect(names(chat).filter(isBase)).toEqual([]);
    expect(names(text).filter(isBase)).toEqual(["gpt2:124m"]);
    const small = await report("recommend", "--license", "mit", ...machine("100MB"));
    expect(isBase(small.nearest?.name ?? "gpt2:124m")).toBe(false);
    expect((await run("recommend", ...wanted)).stderr).toMatch(/^for chat; /);
  });

  it("keeps to licenses and to contexts that models were trained for", async () => {
    const free = await report("recommend", "--license-class", "permissive", ...machine("16GB"));
    expect(free.models.length).toBe(5);
    expect(free.models.every(({ license }) => license.class === "permissive")).toBe(true);
    const long = await report("recommend", "--min-context", "100k", ...machine("64GB"));
    expect(long.models.length).toBeGreaterThan(0);
    for (const { trainedFor, estimate } of long.models) {
      expect([trainedFor >= 102_400, estimate.ctx]).toEqual([true, 102_400]);
    }
    const none = await run("recommend", "--license", "mit", "--min-context", "900k", ...machine("4GB"));
    expect([none.code, none.stdout]).toEqual([0, ""]);
    expect(none.stderr).toMatch(/oslm recommend chat --license mit |passes these filters/);
  });

  it("says so when there is nothing to recommend", async () => {
    const { models, nearest } = await report("recommend", "vision", ...machine("300MB"));
    expect([models, nearest?.instead]).toEqual([[], null]);
    const { code, stdout, stderr } = await run("recommend", "vision", ...machine("300MB"));
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr.replace(/\s+/g, " ")).toMatch(
      /[\w.-]+:\w+ comes closest: it needs about \d.* of memory\. Try another machine: oslm recommend vision --vram 0 --bandwidth \d+ --ram SIZE/,
    );
    const list = await run("fit", "--list", ...machine("100MB"));
    expect([list.code, list.stdout, list.stderr]).toEqual([0, "", expect.stringContaining("comes closest")]);
    expect((await run("recommend", "poetry")).code).toBe(2);
  });

  it("weighs waiting against size where few or none can be read as they write, and says so", async () => {
    for (const [bandwidth, said] of [
      ["5", "what is slow (under 10 tokens/s)"],
      ["0.1", "what is slow (none reaches 10 tokens/s here)"],
    ] as const) {
      const slow = ["--ram", "16GB", "--vram", "0", "--bandwidth", bandwidth];
      const { models } = await report("recommend", ...slow);
      expect(models.length).toBe(5);
      expect(models.every(({ decent }) => decent)).toBe(true);
      expect(models.some(({ tokensPerSecond }) => tokensPerSecond >= 10)).toBe(bandwidth === "5");
      expect(models[0]?.name).toBe(bandwidth === "5" ? "granite4:tiny-h" : "gemma4:e2b");
      const { stderr, stdout } = await run("recommend", ...slow);
      expect(stdout.split("\n").length).toBe(6);
      expect(stderr.replace(/\s+/g, " ")).toContain(said);
    }
  });

  it("offers a context that helps where the asked one is too long", async () => {
    for (const ctx of ["4096k", "2048k"]) {
      const args = ["recommend", ...machine("16GB")];
      const { stderr } = await run(...args, "--ctx", ctx);
      const offer = /Try: oslm recommend chat --ctx (\d+)/.exec(stderr.replace(/\s+/g, " "))?.[1] ?? "";
      expect(stderr).toMatch(/^Try: oslm recommend chat --ctx \d+ --ram 16GB --vram 0 --bandwidth \d+$/m);
      expect((await report(...args, "--ctx", offer)).models.length).toBeGreaterThan(0);
    }
  });

  it.each(["8k", "64k", "2048k"])("calls nearest only what does not do with a context of %s", async (ctx) => {
    const asked = [...machine("16GB"), "--ctx", ctx];
    const { nearest } = await report("recommend", ...asked);
    const lists = await Promise.all(
      ["text", "vision"].map((task) => report("fit", "--list", "--task", task, ...asked)),
    );
    const tooLarge = lists.flatMap((list) => list.tooLarge);
    const all = lists.flatMap(({ models }) => models);
    const beyond = all.filter(({ estimate, trainedFor }) => estimate.ctx > trainedFor).map(({ name }) => name);
    expect([...tooLarge, ...beyond]).toContain(nearest?.name);
  });

  it.each([80, 140])("shows whole names and estimates as such at %d columns", async (columns) => {
    const { text } = await inTerminal(home, ["recommend", ...machine("16GB")], [], { columns, env: { NO_COLOR: "1" } });
    expect(text).not.toContain("…");
    for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
    expect(text).toMatch(/^[\w.-]+:[\w.-]+ +(?:Q\d_|MXFP4)\S* +~\d+(\.\d)? [GM]B +\??~\d+k?(?: q8_0)? +~\d/m);
    expect(text).toMatch(/Get it: oslm pull [\w.-]+:[\w.-]+/);
  });
});
