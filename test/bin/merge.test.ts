// oslm convert of adapters and oslm merge, as people and scripts run them.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHeader } from "../../src/gguf/header.js";
import { memorySource } from "../../src/gguf/source.js";
import { makeModel } from "../support/checkpoints/family.js";
import { hollowConfig, hollowOut, hollowShapes, writeFolder } from "../support/checkpoints/folder.js";
import { LLAMAS } from "../support/checkpoints/llama.js";
import { makePeft, type Peft, type PeftSpec, writePeft } from "../support/checkpoints/peft.js";
import { Home } from "../support/oslm.js";
import { writeTorch } from "../support/torch-writer.js";

const home = new Home();
const at = (...names: string[]) => join(home.path, ...names);
const run = (...args: string[]) => home.run(args, { cwd: home.path });
const [family] = LLAMAS;
if (family === undefined) throw new Error("no family");
const model = makeModel(family);
const MODULES = [0, 1].flatMap((layer) => ["q", "v"].map((name) => `model.layers.${layer}.self_attn.${name}_proj`));
const CARD = "---\nlicense: mit\nbase_model: org/base\n---\n# An adapter\n";

let count = 0;
const adapter = (spec: Partial<PeftSpec> = {}, change: (peft: Peft) => Peft = (peft) => peft, card?: string): string =>
  writePeft(at(`adapter-${count++}`), change(makePeft(model, { modules: MODULES, ...spec })), card);
const headerOf = (path: string) => readHeader(memorySource(readFileSync(path)), { name: "it" });
const left = () => readdirSync(home.path).filter((name) => /gguf/.test(name));

beforeAll(async () => {
  writeFolder(at("base"));
  await run("convert", "base", "--type", "F32", "-o", "base.gguf");
  writePeft(at("adapter"), makePeft(model, { modules: MODULES }), CARD);
  await run("convert", "adapter", "--base", "base", "-o", "adapter.gguf");
});
afterAll(() => home.remove());

const say = async (...args: string[]) => {
  const { code, stdout, stderr } = await run("run", ...args, "hello", "-n", "12", "--temp", "0");
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  return stdout;
};

describe("an adapter", () => {
  it("becomes a file for --lora", async () => {
    const { metadata, tensors } = await headerOf(at("adapter.gguf"));
    expect(Object.fromEntries(metadata)).toMatchObject({
      "general.architecture": "llama",
      "general.type": "adapter",
      "general.license": "mit",
      "general.base_model.0.repo_url": "https://huggingface.co/org/base",
      "adapter.type": "lora",
      "adapter.lora.alpha": 8,
    });
    expect(tensors.slice(0, 2)).toMatchObject([
      { name: "blk.0.attn_q.weight.lora_a", type: "F32", dims: [64, 4] },
      { name: "blk.0.attn_q.weight.lora_b", type: "F32", dims: [4, 64] },
    ]);
    expect(await say("base.gguf", "--lora", "adapter.gguf")).not.toBe(await say("base.gguf"));
  });

  it("is the same by the GGUF file of its base, and from adapter_model.bin", async () => {
    const other = at("torch");
    mkdirSync(other);
    const { config, tensors } = makePeft(model, { modules: MODULES });
    writeFileSync(join(other, "adapter_config.json"), JSON.stringify(config));
    writeFileSync(join(other, "adapter_model.bin"), writeTorch(Object.fromEntries(tensors)));
    writeFileSync(join(other, "README.md"), CARD);
    const { code, stdout } = await run("convert", "torch", "--base", "base.gguf", "-o", "torch.gguf", "--json");
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { kind: "adapter", quant: "F32", tensors: 8, license: "mit" },
    ]);
    const name = (path: string) => readFileSync(path).toString("latin1").replace("torch", "adapter");
    expect(name(at("torch.gguf")).slice(-4000)).toBe(name(at("adapter.gguf")).slice(-4000));
  });

  it.each(["F16", "BF16"])("can be %s", async (type) => {
    const { code } = await run("convert", "adapter", "--base", "base", "--type", type, "-o", `as-${type}.gguf`);
    expect(code).toBe(0);
    expect((await headerOf(at(`as-${type}.gguf`))).tensors[0]?.type).toBe(type);
  });

  it("asks for its base where that is no repository", async () => {
    const path = adapter({ config: { base_model_name_or_path: "/etc/secret" } });
    const { code, stderr } = await run("convert", path);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/"\/etc\/secret", which is no repository[\s\S]*--base/)]);
    expect((await run("convert", "adapter")).code).toBe(3);
    expect((await run("convert", "base", "--base", "base")).code).toBe(2);
  });
});

const tensors =
  (change: (name: string) => string, more: readonly (readonly [string, readonly number[]])[] = []) =>
  (peft: Peft): Peft => ({
    ...peft,
    tensors: new Map([
      ...[...peft.tensors].map(([name, tensor]) => [change(name), tensor] as const),
      ...more.map(
        ([name, shape]) => [name, { shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) }] as const,
      ),
    ]),
  });
const same = (name: string) => name;
const PREFIX = "base_model.model.model.layers.0";
const broken = (value: number) => (peft: Peft) => {
  const [first] = peft.tensors.values();
  first?.data.fill(value);
  return peft;
};

it.each<readonly [string, () => string, number, RegExp]>([
  ["DoRA", () => adapter({ config: { use_dora: true } }), 9, /DoRA/],
  ["modules trained in full", () => adapter({ config: { modules_to_save: ["lm_head"] } }), 9, /modules_to_save/],
  ["biases", () => adapter({ config: { bias: "all" } }), 9, /biases/],
  ["another kind", () => adapter({ config: { peft_type: "IA3" } }), 9, /IA3/],
  ["a changed base", () => adapter({ config: { init_lora_weights: "pissa_niter_4" } }), 9, /pissa/],
  ["an expression", () => adapter({ config: { rank_pattern: { "(a+)+$": 4 } } }), 9, /\(a\+\)\+\$/],
  ["no alpha", () => adapter({ config: { lora_alpha: 0 } }), 8, /lora_alpha is no number above 0/],
  ["a vast rank", () => adapter({ config: { r: 1e9 } }), 8, /r is no rank/],
  ["another rank", () => adapter({ config: { r: 8 } }), 8, /not the rank 8/],
  [
    "an unknown module",
    () =>
      adapter(
        {},
        tensors((name) => name.replace("q_proj", "x_proj")),
      ),
    9,
    /x_proj/,
  ],
  ["a vector", () => adapter({}, tensors(same, [[`${PREFIX}.input_layernorm.weight`, [64]]])), 9, /input_layernorm/],
  ["half a pair", () => adapter({}, tensors(same, [[`${PREFIX}.mlp.up_proj.lora_A.weight`, [4, 64]]])), 8, /missing/],
  [
    "a pair twice",
    () => adapter({}, tensors(same, [[`${PREFIX}.self_attn.q_proj.lora_A.default.weight`, [4, 64]]])),
    8,
    /twice/,
  ],
  [
    "the table of tokens",
    () =>
      adapter(
        {},
        tensors(same, [
          ["base_model.model.model.embed_tokens.lora_A.weight", [4, 64]],
          ["base_model.model.model.embed_tokens.lora_B.weight", [292, 4]],
        ]),
      ),
    9,
    /table of tokens/,
  ],
  [
    "another size",
    () =>
      adapter(
        {},
        tensors(same, [
          [`${PREFIX}.mlp.up_proj.lora_A.weight`, [4, 32]],
          [`${PREFIX}.mlp.up_proj.lora_B.weight`, [96, 4]],
        ]),
      ),
    2,
    /96 x 32, the model's is 96 x 64/,
  ],
  ["no numbers", () => adapter({}, broken(Number.NaN)), 8, /no numbers/],
])("refuses an adapter with %s, and leaves nothing", async (_, make, exit, message) => {
  const path = make();
  const before = left();
  for (const args of [
    ["convert", path, "--base", "base"],
    ["merge", "base", path],
  ]) {
    const { code, stdout, stderr } = await run(...args, "-o", "refused.gguf");
    expect([code, stdout]).toEqual([exit, ""]);
    expect(stderr).toMatch(message);
  }
  expect(left()).toEqual(before);
});

describe("merging", () => {
  it("says the same as the base with the adapter, from checkpoint and GGUF files", async () => {
    const half = await say("base.gguf", "--lora", "adapter.gguf:0.5");
    for (const [n, args] of [
      ["base", "adapter:0.5", "--type", "F32"],
      ["base.gguf", "adapter.gguf:.5"],
      ["base.gguf", "adapter:.25", "adapter.gguf:.25"],
    ].entries()) {
      const { code, stdout } = await run("merge", ...args, "-o", `merged-${n}.gguf`);
      expect([code, stdout]).toEqual([0, `${at(`merged-${n}.gguf`)}\n`]);
      expect(await say(`merged-${n}.gguf`)).toBe(half);
    }
    expect(half).not.toBe(await say("base.gguf"));
  });

  it("keeps all terms and names all it was made of", async () => {
    for (const base of ["base", "base.gguf"]) {
      const target = `terms-${base}.gguf`;
      const { code, stdout } = await run("merge", base, "adapter", "-o", target, "--type", "bf16", "--json");
      expect([code, JSON.parse(stdout)]).toMatchObject([0, { license: "apache-2.0 AND mit" }]);
      const { metadata, tensors } = await headerOf(at(target));
      expect(Object.fromEntries(metadata)).toMatchObject({
        "general.license": "apache-2.0,mit",
        "general.name": target.replace(".gguf", ""),
        "general.file_type": 32,
        "general.base_model.count": 2,
        "general.base_model.1.name": "adapter",
        "tokenizer.ggml.model": "gpt2",
      });
      expect(new Set(tensors.map(({ type }) => type))).toEqual(new Set(["BF16", "F32"]));
    }
    // What is silent may be anything.
    const { stdout } = await run("merge", "base", adapter(), "-o", "silent.gguf", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ license: "apache-2.0 AND unknown" });
    const license = await run("license", "./silent.gguf", "--json");
    expect(license.stdout).toMatch(/"decision":\s*"ask"/);
  });

  it("is stopped by what a policy says of either", async () => {
    const nc = adapter({}, undefined, "---\nlicense: cc-by-nc-4.0\n---\n");
    await run("convert", nc, "--base", "base", "-o", "nc.gguf");
    const hello = ["hello", "--temp", "0", "-n", "2"];
    await run("run", "base.gguf", "--lora", "nc.gguf", ...hello, "--receipt", "nc.json");
    writeFileSync(at("oslm.yaml"), "license:\n  deny: [non-commercial]\n");
    const [free, bound, ggufs] = [
      await run("merge", "base", "adapter", "-o", "free.gguf"),
      await run("merge", "base", nc, "-o", "bound.gguf"),
      await run("merge", "base.gguf", "nc.gguf", "-o", "bound.gguf"),
    ];
    const runs = [
      await run("run", "base.gguf", "--lora", "nc.gguf", ...hello),
      // Nothing is asked of the Hub for it.
      await run("run", "org/none", "--lora", "nc.gguf", ...hello),
      await run("complete", "base.gguf", "--lora", "adapter.gguf", "--lora", "nc.gguf:0.5", ...hello),
      await run("replay", "nc.json"),
      await run("run", "base.gguf", "--lora", "absent.gguf", ...hello),
    ];
    const before = await run("run", "base.gguf", "--lora", "adapter.gguf", ...hello);
    const verdicts = [await run("license", "./nc.gguf"), await run("license", "./adapter.gguf")];
    rmSync(at("oslm.yaml"));
    expect([free.code, bound.code, ggufs.code, before.code]).toEqual([0, 5, 5, 0]);
    expect(bound.stderr).toContain("denied by policy");
    expect(runs.map(({ code, stdout }) => [code, stdout])).toEqual([5, 5, 5, 5, 3].map((code) => [code, ""]));
    expect(runs[0]?.stderr).toContain("nc.gguf");
    expect(runs[4]?.stderr).toContain("there is no file");
    expect(verdicts.map(({ code }) => code)).toEqual([5, 0]);
    expect(verdicts[0]?.stdout).toContain("cc-by-nc-4.0");
    expect(left()).not.toContain("bound.gguf");
  });

  it("finds both in the Hugging Face cache, and the base by what the adapter names", async () => {
    const commit = "0123456789abcdef0123456789abcdef01234567";
    for (const name of ["base", "adapter"]) {
      const root = join(home.cache, `models--org--${name}`);
      mkdirSync(join(root, "refs"), { recursive: true });
      writeFileSync(join(root, "refs", "main"), commit);
      cpSync(at(name), join(root, "snapshots", commit), { recursive: true });
    }
    const { code, stdout } = await run("merge", "org/base", "org/adapter:0.5", "-o", "cached.gguf", "--json");
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { license: "apache-2.0 AND mit", adapters: [{ scale: 0.5 }] },
    ]);
    const { metadata } = await headerOf(at("cached.gguf"));
    expect(["0", "1"].map((n) => metadata.get(`general.base_model.${n}.repo_url`))).toEqual([
      "https://huggingface.co/org/base",
      "https://huggingface.co/org/adapter",
    ]);
    expect((await run("convert", "org/adapter", "-o", "named.gguf")).code).toBe(0);
  });

  it("writes over nothing, and changes no quantized weights", async () => {
    const before = readFileSync(at("base.gguf"));
    const over = await run("merge", "base", "adapter", "-o", "base.gguf");
    expect([over.code, over.stdout]).toEqual([2, ""]);
    expect(readFileSync(at("base.gguf")).equals(before)).toBe(true);
    await run("convert", "base", "--type", "Q8_0", "-o", "small.gguf");
    const { code, stderr } = await run("merge", "small.gguf", "adapter.gguf", "-o", "no.gguf");
    expect([code, stderr]).toEqual([9, expect.stringContaining("is quantized")]);
    const wrong = await run("merge", "demo", "adapter.gguf", "-o", "no.gguf");
    expect(wrong.code).toBe(2);
    expect((await run("merge", "base", "base", "-o", "no.gguf")).code).toBe(2);
    expect(left()).not.toContain("no.gguf");
  });

  it("leaves nothing when it is interrupted", async () => {
    const width = 8192;
    writeFolder(at("long"), hollowConfig(width));
    hollowOut(at("long"), width);
    const shapes = hollowShapes(width);
    const large = { get: (name: string) => ({ shape: shapes[name] as number[], data: new Float32Array(0) }) };
    const peft = makePeft(large as unknown as typeof model, { modules: ["model.layers.0.mlp.up_proj"] });
    writePeft(at("long-adapter"), peft);
    const { code } = await home.run(["merge", "long", "long-adapter", "-o", "stopped.gguf"], {
      cwd: home.path,
      onStart: (child) => {
        const look = setInterval(() => {
          if (!left().some((name) => name.includes("stopped"))) return;
          clearInterval(look);
          child.kill("SIGINT");
        }, 20);
        child.on("exit", () => clearInterval(look));
      },
    });
    expect([code, left().filter((name) => name.includes("stopped"))]).toEqual([130, []]);
  });
});
