// oslm fit: what each quantization needs, for people and for programs.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { runHere } from "../support/run-here.js";
import { SIZES_8B, startSizedHub } from "../support/sized-hub.js";

let home: Home;
let hub: FakeHub;
beforeAll(async () => {
  hub = await startSizedHub("org/m-GGUF");
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

interface Row {
  readonly quant: string;
  readonly size: number;
  readonly fits: boolean;
  readonly reason: string;
  readonly longestContext: number | null;
  readonly longestContextKvType: string | null;
  readonly tokensPerSecond: number | null;
  readonly bitsPerWeight: number;
  readonly loss: number;
  readonly estimate: { readonly total: number; readonly ctx: number; readonly kvType: string };
}
interface Document {
  readonly host: { readonly ram: number; readonly vram: number; readonly ramTotal: number };
  readonly trainedFor: number | null;
  readonly ctx: number;
  readonly choice: string | null;
  readonly reasons: readonly string[];
  readonly variants: readonly Row[];
  readonly contexts?: readonly Document[];
}
// Nothing of this machine is left to chance.
const MACHINE = ["--ram", "12GB", "--vram", "0", "--bandwidth", "60"];
const weigh = (...more: string[]) => runHere(home, ["fit", "org/m-GGUF", ...MACHINE, ...more]);
const document = async (...more: string[]) => JSON.parse((await weigh("--json", ...more)).stdout) as Document;
const row = ({ variants }: Document, quant: string) => variants.find((one) => one.quant === quant);

describe("for programs", () => {
  it("weighs every variant, and tells the choice with its reasons", async () => {
    const { choice, ctx, reasons, variants, contexts } = await document();
    expect([choice, ctx, contexts]).toEqual(["Q4_K_M", 8192, undefined]);
    expect(reasons[0]).toMatch(/^Q4_K_M: the best quality up to Q8_0 that fits and is expected to reach 10 tokens/);
    expect(variants.map(({ quant }) => quant).sort()).toEqual(Object.keys(SIZES_8B).sort());
    const picked = row({ variants } as Document, "Q4_K_M");
    expect(picked).toMatchObject({ fits: true, bitsPerWeight: 4.89, loss: 0.028152 });
    // 60 GB/s over 4.4 GB of weights and 1.1 GB of cache.
    expect(picked?.tokensPerSecond).toBeGreaterThan(10);
    expect(picked?.tokensPerSecond).toBeLessThan(11.5);
    expect(picked?.longestContext).toBeGreaterThan(60_000);
    expect(picked).not.toHaveProperty("chosen");
    expect(row({ variants } as Document, "F16")).toMatchObject({
      fits: false,
      longestContext: null,
      tokensPerSecond: null,
    });
  });

  it("reaches the context that it tells, and no longer one", async () => {
    const reach = row(await document(), "Q6_K")?.longestContext ?? 0;
    expect(row(await document("--ctx", String(reach)), "Q6_K")?.fits).toBe(true);
    expect(row(await document("--ctx", String(reach + 1024)), "Q6_K")?.fits).toBe(false);
  });

  it("tells the machine that was planned for, and the context that the model was trained with", async () => {
    const { host, trainedFor } = await document("--vram", "8GB");
    expect(host).toMatchObject({ ram: 12e9, vram: 8e9, ramTotal: 12e9 });
    expect(trainedFor).toBe(131_072);
    expect((await document()).host.vram).toBe(0);
  });

  it("tells which cache a context takes", async () => {
    const { variants } = await document("--ram", "6.5GB");
    const cache = (quant: string) => {
      const one = row({ variants } as Document, quant);
      return [one?.estimate.kvType, one?.longestContextKvType];
    };
    expect([cache("Q4_K_M"), cache("Q4_0"), cache("F16")]).toEqual([
      ["q8_0", "q8_0"],
      ["f16", "q8_0"],
      ["q8_0", null],
    ]);
  });

  it("follows --bandwidth, --margin and --prefer", async () => {
    expect((await document("--bandwidth", "400 GB/s")).choice).toBe("Q8_0");
    expect((await document("--margin", "60%")).choice).toBe("Q2_K");
    expect((await document("--prefer", "speed")).choice).toBe("IQ4_XS");
    const context = await document("--prefer", "context");
    expect(context.choice).toBe("IQ4_XS");
    expect(context.ctx).toBe(row(context, "IQ4_XS")?.longestContext);
    expect(context.ctx).toBeGreaterThan(80_000);
    expect((await weigh("--bandwidth", "fast")).code).toBe(2);
    expect((await weigh("--margin", "100")).code).toBe(2);
  });

  it("weighs in several contexts", async () => {
    const { ctx, contexts = [] } = await document("--ctx", "8k,32k,128k");
    expect([ctx, ...contexts.map((one) => one.ctx)]).toEqual([8192, 8192, 32_768, 131_072]);
    expect(contexts.map((one) => one.variants.filter(({ fits }) => fits).length)).toEqual([8, 8, 0]);
    expect(contexts.map(({ choice }) => choice)).toEqual(["Q4_K_M", "Q4_K_M", null]);
    expect((await weigh("--ctx", "8k,,32k")).code).toBe(2);
    const { stdout } = await weigh("--ctx", "8k,64k");
    const cells = stdout
      .split("\n")
      .find((line) => line.startsWith("Q4_K_M\t"))
      ?.split("\t");
    expect(cells?.slice(2, 4)).toEqual(
      [/^picked \d+ f16$/, /^(picked|yes) \d+ q8_0$/].map((form) => expect.stringMatching(form)),
    );
  });

  it("takes each context once, and gives a document of one where it is asked for", async () => {
    expect((await document("--ctx", "8k,8192")).contexts).toBeUndefined();
    const { stdout } = await weigh("--json=contexts", "--ctx", "8k");
    expect(JSON.parse(stdout)).toMatchObject({ contexts: [{ ctx: 8192, choice: "Q4_K_M" }] });
  });

  it("refuses sizes of a few bytes, which lack their unit", async () => {
    for (const flag of ["--ram", "--vram"]) {
      const { code, stderr } = await weigh(flag, "8");
      expect([code, stderr]).toEqual([2, expect.stringContaining("It needs its unit: 8GB or 8MB.")]);
    }
    for (const size of ["8GB", "100KB", "8000000000"]) expect((await weigh("--ram", size)).code).toBe(0);
  });

  it("says one token", async () => {
    expect((await weigh("--ctx", "1")).stderr).toContain("context of 1 token;");
  });

  it("prints lines of tab-separated fields off a terminal, the five old ones first", async () => {
    const { stdout } = await weigh();
    const lines = stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(Object.keys(SIZES_8B).length);
    const picked = lines.find((line) => line.startsWith("Q4_K_M\t"))?.split("\t") ?? [];
    expect(picked.slice(0, 4)).toEqual(["Q4_K_M", "4920000000", expect.stringMatching(/^\d+$/), "picked"]);
    const [number, speed] = [expect.stringMatching(/^\d+$/), expect.stringMatching(/^1\d(\.\d)?$/)];
    expect(picked.slice(5)).toEqual(["RAM", number, speed, "f16", "q8_0"]);
    expect(lines.filter((line) => line.split("\t")[3] === "no").map((line) => line.split("\t")[0])).toEqual(["F16"]);
  });
});

describe("a context that the model was not trained for", () => {
  let short: FakeHub;
  beforeAll(async () => {
    short = await startSizedHub("org/short-GGUF", SIZES_8B, "llama3.1-8b", { "llama.context_length": 4096 });
  });
  afterAll(() => short.close());
  const ask = (...more: string[]) =>
    home.run(["fit", "org/short-GGUF", ...MACHINE, ...more], { env: { HF_ENDPOINT: short.endpoint } });

  it("is warned of once, and a field in JSON", async () => {
    const { stderr } = await ask("--ctx", "2k,8k,16k");
    expect(stderr.match(/^warning: .*$/gm)).toEqual([
      "warning: the model was trained for 4,096 tokens: beyond them, up to 16,384 as asked, expect worse answers",
    ]);
    expect((await ask("--ctx", "4096")).stderr).not.toContain("warning");
    expect((await ask()).stderr).not.toContain("warning");
    const { stdout, stderr: silent } = await ask("--ctx", "8k", "--json");
    expect([JSON.parse(stdout).trainedFor, silent]).toEqual([4096, ""]);
  });
});

describe("on a terminal", () => {
  const show = (columns: number, env: Record<string, string>, ...more: string[]) =>
    inTerminal(home, ["fit", "org/m-GGUF", ...MACHINE, ...more], [], { columns, env });

  it.each([40, 60, 80, 100, 140])("cuts no reason off at %d columns", async (columns) => {
    const { text } = await show(columns, { NO_COLOR: "1" });
    for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
    expect(text).not.toContain("…");
    const words = text.replace(/\s+/g, " ");
    expect(words).toMatch(/needs 1\d\.\d GB of RAM at a context of 8192, usable are 11\.4 GB/);
    expect(words).toContain("about 6.6 tokens/s, below reading speed");
    expect(text.includes("│")).toBe(columns >= 80);
  });

  it("draws memory against what there is, and marks the pick, without colors too", async () => {
    const { text, raw } = await show(80, { NO_COLOR: "1" });
    expect(text).toMatch(/^\* Q4_K_M +4\.9 GB +6\.\d GB {2}█{4}▓?░? *│ +RAM +\d+k q8_0 +~10\.\d$/m);
    // F16 does not fit: its bar goes beyond the line.
    expect(text).toMatch(/^ {2}F16 .*█{9}│[█▓]/m);
    expect(text).toContain("usable: 11.4 GB RAM");
    for (const color of ["36", "33", "35"]) expect(raw).not.toContain(`\u001b[${color}m`);
    expect((await show(80, {})).raw).toContain("\u001b[36m█");
  });

  it("marks what takes a quantized cache, and says what the mark means", async () => {
    const { text } = await show(80, { NO_COLOR: "1" }, "--ram", "6.5GB");
    expect(text).toMatch(/^\* Q4_K_M .* RAM q8_0 +\d+k q8_0 /m);
    expect(text).toMatch(/^ {2}Q4_0 .* RAM {2,}\d+k q8_0 /m);
    expect(text).toMatch(/^q8_0: with the KV cache quantized/m);
    expect((await show(80, { NO_COLOR: "1" }, "--ram", "64GB")).text).not.toContain("q8_0: ");
    const several = await show(80, { NO_COLOR: "1" }, "--ctx", "8k,32k,64k", "--vram", "6GB");
    expect(several.text).toMatch(/GB q8_0 /);
    expect(several.text).toMatch(/^\* 32k: Q\d_K_M: /m);
    for (const line of several.text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it("breaks no word at 80 columns on a machine with a GPU", async () => {
    const { text } = await show(80, { NO_COLOR: "1" }, "--vram", "8GB");
    for (const line of text.split("\n")) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(text).toMatch(/^│ usable: 11\.4 GB RAM \+ 7\.6 GB VRAM$/m);
  });

  it("says what helps when nothing fits", async () => {
    const { text, code } = await show(100, { NO_COLOR: "1" }, "--ram", "5GB", "--ctx", "128k");
    expect([code, text]).toEqual([0, expect.stringMatching(/^Nothing fits with a context of 131072 tokens\.$/m)]);
    const ctx = / --ctx (\d+) /.exec(text)?.[1] ?? "";
    expect((await document("--ram", "5GB", "--ctx", ctx)).choice).not.toBeNull();
    const machine = `--vram 0 --bandwidth 60`;
    expect(text).toContain(`\nTry: oslm fit org/m-GGUF --ctx ${ctx} --ram 5GB ${machine}\n`);
    const speed = await show(60, { NO_COLOR: "1" }, "--ram", "5GB", "--ctx", "128k", "--prefer", "speed");
    expect(speed.text).toMatch(
      /^Try: oslm fit org\/m-GGUF --prefer speed --ctx \d+ --ram 5GB --vram 0 --bandwidth 60$/m,
    );
    expect((await show(100, {}, "--ram", "500MB")).text).toContain(`Try: oslm recommend --ram 500MB ${machine}\n`);
  });

  it("says which memory holds it", async () => {
    const { text } = await show(140, { NO_COLOR: "1" }, "--vram", "8GB");
    expect(text).toMatch(/^\* Q8_0 .* GPU\+RAM /m);
    expect(text).toMatch(/^ {2}Q4_K_M .* GPU {2,}/m);
    expect(text).toContain("usable: 11.4 GB RAM + 7.6 GB VRAM");
    expect(text).toMatch(/\d+ of 33 layers on the GPU/);
  });
});
