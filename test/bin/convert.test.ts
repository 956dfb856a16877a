// oslm convert, as people and scripts run it.
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHeader } from "../../src/gguf/header.js";
import { memorySource } from "../../src/gguf/source.js";
import { type Files, shardedWeights } from "../support/checkpoint-repo.js";
import { makeModel } from "../support/checkpoints/family.js";
import { hollowConfig, hollowOut, hollowShapes, TEMPLATE, writeFolder } from "../support/checkpoints/folder.js";
import { inMxfp4 } from "../support/checkpoints/gpt-oss.js";
import { childrenOf } from "../support/children-of.js";

import { legacyImatrix } from "../support/imatrix.js";
import { Home } from "../support/oslm.js";
import { float32, writeSafetensors } from "../support/safetensors-writer.js";

const home = new Home();
const folder = join(home.path, "Tiny-Llama");
beforeAll(() => {
  writeFolder(folder);
});
afterAll(() => home.remove());

const MIXTRAL = { architectures: ["MixtralForCausalLM"], num_local_experts: 2, num_experts_per_tok: 1 };

/** One layer of a mixture of two experts. */
function expertShapes(width: number): Record<string, readonly number[]> {
  const layer = "model.layers.0.";
  const plain = Object.entries(hollowShapes(width)).filter(([name]) => !name.includes(".mlp."));
  const expert = (at: number): [string, readonly number[]][] => [
    [`${layer}block_sparse_moe.experts.${at}.w1.weight`, [width * 2, width]],
    [`${layer}block_sparse_moe.experts.${at}.w2.weight`, [width, width * 2]],
    [`${layer}block_sparse_moe.experts.${at}.w3.weight`, [width * 2, width]],
  ];
  const gate: [string, readonly number[]] = [`${layer}block_sparse_moe.gate.weight`, [2, width]];
  return Object.fromEntries([...plain, gate, ...expert(0), ...expert(1)]);
}

const ggufs = (path: string) => readdirSync(path).filter((name) => name.includes("gguf"));

describe("a checkpoint in a folder", () => {
  it("becomes a file that runs, and says what the folder says of it", async () => {
    const { code, stdout, stderr } = await home.run(["convert", folder], { cwd: home.path });
    expect(stderr).toContain("llama: ");
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(home.path, "Tiny-Llama-F16.gguf")}\n` });
    const bytes = readFileSync(stdout.trim());
    const { metadata, tensors } = await readHeader(memorySource(bytes), { name: "it" });
    expect(Object.fromEntries(metadata)).toMatchObject({
      "general.architecture": "llama",
      "general.name": "Tiny-Llama",
      "general.license": "apache-2.0",
      "general.file_type": 1,
      "general.size_label": expect.stringMatching(/^\d+K$/),
      "general.tags": ["tiny", "text-generation"],
      "general.languages": ["en", "no"],
      "general.base_model.count": 1,
      "general.base_model.0.repo_url": "https://huggingface.co/org/base",
      "general.sampling.top_k": 20,
      "tokenizer.ggml.model": "gpt2",
      "tokenizer.chat_template": TEMPLATE,
    });
    expect(new Set(tensors.map(({ type }) => type))).toEqual(new Set(["F16", "F32"]));
    const run = await home.run(["run", stdout.trim(), "hello", "-n", "4", "--temp", "0"]);
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout.length).toBeGreaterThan(0);
  });

  it("is told of what llama.cpp leaves out, beside the result", async () => {
    const path = join(home.path, "composed");
    writeFolder(path);
    const tokenizer = JSON.parse(readFileSync(join(path, "tokenizer.json"), "utf8"));
    writeFileSync(join(path, "tokenizer.json"), JSON.stringify({ ...tokenizer, normalizer: { type: "NFC" } }));
    const target = join(home.path, "composed.gguf");
    const { code, stdout, stderr } = await home.run(["convert", path, "-o", target]);
    expect([code, stdout]).toEqual([0, `${target}\n`]);
    expect(stderr).toContain("its tokenizer has the normalization NFC, which llama.cpp does not do");
    expect((await home.run(["convert", folder, "-o", target, "--force"])).stderr).not.toContain("does not do");
  });

  it.each(["F32", "BF16", "Q8_0"])("becomes %s", async (type) => {
    const target = join(home.path, `as-${type}.gguf`);
    const { code, stdout } = await home.run(["convert", folder, "--type", type.toLowerCase(), "-o", target, "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ path: target, quant: type, architecture: "llama", source: null });
    expect((await home.run(["run", target, "hello", "-n", "2", "--temp", "0"])).code).toBe(0);
  });

  it("keeps blocks of MXFP4 in a quantized file, which runs", async () => {
    const path = join(home.path, "gpt-oss");
    const { config, stored } = inMxfp4();
    writeFolder(path, config);
    writeFileSync(join(path, "model.safetensors"), writeSafetensors(stored));
    const { code, stdout, stderr } = await home.run(["convert", path, "--type", "Q8_0"], { cwd: home.path });
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining("gpt-oss: ") });
    const { tensors } = await readHeader(memorySource(readFileSync(stdout.trim())), { name: "it" });
    const typeOf = (name: string) => tensors.find((tensor) => tensor.name === name)?.type;
    expect(
      ["ffn_up_exps", "ffn_down_exps", "attn_q", "attn_sinks"].map((name) => typeOf(`blk.0.${name}.weight`)),
    ).toEqual([...["MXFP4", "MXFP4", "Q8_0", "F32"]]);
    expect(await home.run(["run", stdout.trim(), "hello", "-n", "4", "--temp", "0"])).toMatchObject({ code: 0 });
  });

  it("is not written over a file unless told to", async () => {
    const target = join(home.path, "mine.gguf");
    writeFileSync(target, "mine");
    const refused = await home.run(["convert", folder, "-o", target]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(readFileSync(target, "utf8")).toBe("mine");
    expect((await home.run(["convert", folder, "-o", target, "--force"])).code).toBe(0);
    expect(readFileSync(target).subarray(0, 4).toString()).toBe("GGUF");
  });

  it("is under all the licenses that its card lists", async () => {
    const path = join(home.path, "two-licenses");
    writeFolder(path);
    writeFileSync(join(path, "README.md"), "---\nlicense:\n- mit\n- cc-by-nc-4.0\n---\n");
    const made = await home.run(["convert", path, "-o", join(path, "x.gguf")]);
    const { stdout } = await home.run(["license", made.stdout.trim(), "--json"]);
    expect(stdout).toContain("cc-by-nc-4.0");
    expect((await home.run(["license", made.stdout.trim()])).stdout).toMatch(/non-commercial/i);
  });

  it("keeps to values that F16 can hold, and says what can hold others", async () => {
    const path = join(home.path, "large-values");
    writeFolder(path);
    const file = readFileSync(join(path, "model.safetensors"));
    new DataView(file.buffer, file.byteOffset).setFloat32(file.length - 4, 1e6, true);
    writeFileSync(join(path, "model.safetensors"), file);
    const { code, stderr } = await home.run(["convert", path, "-o", join(path, "x.gguf")]);
    expect({ code, left: ggufs(path) }).toEqual({ code: 9, left: [] });
    expect(stderr).toContain("--type BF16");
    expect((await home.run(["convert", path, "--type", "BF16", "-o", join(path, "x.gguf")])).code).toBe(0);
  });
});

describe("a checkpoint that is quantized meanwhile", () => {
  const path = join(home.path, "wide");
  beforeAll(() => {
    writeFolder(path, { ...hollowConfig(256), num_hidden_layers: 2 });
    const { tensors } = makeModel({ config: {}, shapes: hollowShapes(256, 2) });
    const stored = [...tensors].map(([name, { shape, data }]) => [name, float32(data, shape)] as const);
    writeFileSync(join(path, "model.safetensors"), writeSafetensors(Object.fromEntries(stored)));
  });

  it("has the tensors that the quantizer makes of the whole file", async () => {
    const [whole, apart, direct] = ["F32", "apart", "direct"].map((name) => join(home.path, `${name}.gguf`));
    expect((await home.run(["convert", path, "--type", "F32", "-o", whole ?? ""])).code).toBe(0);
    expect((await home.run(["quantize", whole ?? "", "Q4_K_M", "-o", apart ?? ""])).code).toBe(0);
    const made = await home.run(["convert", path, "--type", "q4_k_m", "-o", direct ?? "", "--json"]);
    expect(JSON.parse(made.stdout)).toMatchObject({ quant: "Q4_K_M" });
    const [expected, got] = await Promise.all([tensorsOf(apart ?? ""), tensorsOf(direct ?? "")]);
    expect(new Set([...got.values()].map(({ type }) => type))).toEqual(new Set(["F32", "Q4_K", "Q6_K"]));
    expect(got).toEqual(expected);
    const run = await home.run(["run", direct ?? "", "hello", "-n", "2", "--temp", "0"]);
    expect(run.code).toBe(0);
  });

  it("takes an importance matrix as the quantizer does, for each expert its own", async () => {
    const experts = join(home.path, "experts");
    writeFolder(experts, { ...hollowConfig(256), ...MIXTRAL });
    const { tensors } = makeModel({ config: {}, shapes: expertShapes(256) });
    const stored = [...tensors].map(([name, { shape, data }]) => [name, float32(data, shape)] as const);
    writeFileSync(join(experts, "model.safetensors"), writeSafetensors(Object.fromEntries(stored)));
    const [whole, apart, direct] = ["F32", "apart", "direct"].map((name) => join(home.path, `experts-${name}.gguf`));
    expect((await home.run(["convert", experts, "--type", "F32", "-o", whole ?? ""])).code).toBe(0);
    const matrices = [...(await tensorsOf(whole ?? ""))].filter(([, { dims }]) => dims.length > 1);
    expect(matrices.some(([, { dims }]) => dims[2] === 2)).toBe(true);
    const matrix = join(home.path, "experts.imatrix");
    const columns = (dims: readonly number[]) => (dims[0] ?? 1) * (dims[2] ?? 1);
    writeFileSync(matrix, legacyImatrix(matrices.map(([name, { dims }]) => ({ name, dims: [columns(dims)] }))));
    const wish = ["--imatrix", matrix];
    // Of the types that need a matrix the one for which the library makes no tables, which takes it seconds in each process.
    expect((await home.run(["quantize", whole ?? "", "Q2_K_S", "-o", apart ?? "", ...wish])).code).toBe(0);
    const made = await home.run(["convert", experts, "--type", "q2_k_s", "-o", direct ?? "", ...wish]);
    expect(made.code).toBe(0);
    expect(await tensorsOf(direct ?? "")).toEqual(await tensorsOf(apart ?? ""));
    const keys = async (path: string) =>
      [...(await readHeader(memorySource(readFileSync(path)), { name: path })).metadata].filter(([key]) =>
        key.startsWith("quantize."),
      );
    expect(await keys(direct ?? "")).toEqual(await keys(apart ?? ""));
    writeFileSync(matrix, legacyImatrix(matrices.map(([name, { dims }]) => ({ name, dims: [columns(dims) / 2] }))));
    const other = await home.run(["convert", experts, "--type", "q2_k_s", "-o", direct ?? "", "--force", ...wish]);
    expect(other.code).toBe(8);
    expect(other.stderr).toContain("It is of another model");
    const plain = await home.run(["convert", experts, "-o", direct ?? "", "--force", ...wish]);
    expect(plain.code).toBe(2);
  });

  it("says what is to be done where an importance matrix is needed", async () => {
    const { code, stderr } = await home.run(["convert", path, "--type", "IQ2_XS", "-o", join(path, "x.gguf")]);
    expect({ code, left: ggufs(path) }).toEqual({ code: 2, left: [] });
    expect(stderr).toContain("--imatrix");
  });
});

async function tensorsOf(path: string): Promise<Map<string, { type: string; dims: readonly number[]; sum: string }>> {
  const bytes = readFileSync(path);
  const { tensors, dataOffset } = await readHeader(memorySource(bytes), { name: path });
  return new Map(
    tensors.map(({ name, type, dims, offset, bytes: size }) => {
      const data = bytes.subarray(dataOffset + offset, dataOffset + offset + size);
      return [name, { type, dims, sum: createHash("sha256").update(data).digest("hex") }];
    }),
  );
}

it("converts what lies in the Hugging Face cache, and follows no link out of it", async () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  const root = join(home.cache, "models--org--made");
  const [snapshot, blobs] = [join(root, "snapshots", commit), join(root, "blobs")];
  for (const path of [snapshot, blobs, join(root, "refs")]) mkdirSync(path, { recursive: true });
  writeFileSync(join(root, "refs", "main"), commit);
  for (const name of readdirSync(folder)) {
    copyFileSync(join(folder, name), join(blobs, name));
    symlinkSync(join("..", "..", "blobs", name), join(snapshot, name));
  }
  const target = join(home.path, "made.gguf");
  const { code, stdout } = await home.run(["convert", "org/made", "-o", target, "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ name: "made", source: { repo: "org/made", commit } });
  const { metadata } = await readHeader(memorySource(readFileSync(target)), { name: "it" });
  expect(metadata.get("general.source.url")).toBe(`https://huggingface.co/org/made/tree/${commit}`);
  renameSync(join(blobs, "config.json"), join(home.path, "elsewhere.json"));
  symlinkSync(join(home.path, "elsewhere.json"), join(blobs, "config.json"));
  const refused = await home.run(["convert", "org/made", "-o", join(home.path, "again.gguf")]);
  expect(refused.code).toBe(8);
});

const INDEX = "model.safetensors.index.json";
const [FIRST, SECOND] = [1, 2].map((n) => `model-0000${n}-of-00002.safetensors`) as [string, string];
/** The index with one file's name in place of another's. */
const indexOf = (shards: Files, from: string, to: string) => Buffer.from(String(shards[INDEX]).replaceAll(from, to));

describe("what cannot be converted", () => {
  it("names the architectures that can be", async () => {
    const path = join(home.path, "unknown");
    writeFolder(path, { architectures: ["UnheardOfForCausalLM"] });
    const { code, stderr, stdout } = await home.run(["convert", path]);
    expect({ code, stdout }).toEqual({ code: 9, stdout: "" });
    expect(stderr).toContain("UnheardOfForCausalLM");
    expect(stderr).toContain("LlamaForCausalLM");
  });

  it("is refused before anything is written", async () => {
    const path = join(home.path, "short");
    writeFolder(path, { num_hidden_layers: 3 });
    const { code, stderr } = await home.run(["convert", path, "-o", join(path, "x.gguf")]);
    expect({ code, left: ggufs(path) }).toEqual({ code: 8, left: [] });
    expect(stderr).toContain("layers.2.");
  });

  it("has not the shapes that its configuration says", async () => {
    const path = join(home.path, "wrong");
    writeFolder(path, { intermediate_size: 512 });
    for (const type of ["F16", "Q8_0"]) {
      const { code, stderr, stdout } = await home.run(["convert", path, "--type", type, "-o", join(path, "x.gguf")]);
      expect({ code, stdout, left: ggufs(path) }).toEqual({ code: 8, stdout: "", left: [] });
      expect(stderr).toMatch(/wrong is not .*\n {2}Llama\.cpp does not load .*'blk\.0\.ffn_\w+\.weight'.*wrong shape/);
    }
  });

  it("leaves no tensor out in silence", async () => {
    const path = join(home.path, "more");
    writeFolder(path, { num_hidden_layers: 1 });
    expect(await home.run(["convert", path])).toMatchObject({ code: 9, stdout: "" });
  });

  it.each<[string, (shards: Files) => Files, string]>([
    ["parts without their index", ({ [INDEX]: _, ...rest }) => rest, INDEX],
    [
      "an index that leaves a part out",
      (shards) => ({ ...shards, [INDEX]: indexOf(shards, SECOND, FIRST) }),
      "leaves out",
    ],
    [
      "an index that leads elsewhere",
      (shards) => ({ ...shards, [INDEX]: indexOf(shards, SECOND, `../${SECOND}`) }),
      "not a",
    ],
    ["a part that is not there", ({ [SECOND]: _, ...rest }) => rest, "which is not there"],
  ])("is %s", async (_, change, said) => {
    const path = join(home.path, "parts");
    rmSync(path, { recursive: true, force: true });
    writeFolder(path);
    rmSync(join(path, "model.safetensors"));
    const write = (files: Files) => {
      for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
    };
    write(shardedWeights());
    expect((await home.run(["convert", path, "-o", join(home.path, "parts.gguf"), "--force"])).code).toBe(0);
    for (const name of Object.keys(shardedWeights())) rmSync(join(path, name));
    write(change(shardedWeights()));
    const { code, stdout, stderr } = await home.run(["convert", path, "-o", join(path, "x.gguf")]);
    expect({ code, stdout, left: ggufs(path) }).toEqual({ code: 8, stdout: "", left: [] });
    expect(stderr).toContain(said);
  });

  it.each([
    ["a file", "config.json", 3],
    ["nothing", "not-here", 3],
  ])("is %s", async (_, name, code) => {
    expect(await home.run(["convert", join(folder, name)])).toMatchObject({ code, stdout: "" });
  });

  it("has no room on the disk", async () => {
    const path = join(home.path, "vast");
    const width = 2 ** 18;
    writeFolder(path, hollowConfig(width));
    hollowOut(path, width);
    const { code } = await home.run(["convert", path, "-o", join(path, "x.gguf")]);
    expect({ code, left: ggufs(path) }).toEqual({ code: 6, left: [] });
  });
});

it("leaves nothing when it is interrupted", async () => {
  const path = join(home.path, "long");
  const width = 16384;
  writeFolder(path, hollowConfig(width));
  hollowOut(path, width);
  const { code } = await home.run(["convert", path, "--type", "Q8_0", "-o", join(path, "x.gguf")], {
    onStart: (child) => {
      const look = setInterval(() => {
        if (ggufs(path).length === 0) return;
        clearInterval(look);
        child.kill("SIGINT");
      }, 20);
      child.on("exit", () => clearInterval(look));
    },
  });
  expect({ code, left: ggufs(path) }).toEqual({ code: 130, left: [] });
});

it.skipIf(process.platform !== "linux")("takes the process that quantizes along when it is killed", async () => {
  const path = join(home.path, "killed");
  writeFolder(path, hollowConfig(8192));
  hollowOut(path, 8192);
  const met: number[] = [];
  const { code } = await home.run(["convert", path, "--type", "Q8_0", "-o", join(path, "x.gguf")], {
    onStart: (child) => {
      const look = setInterval(() => {
        met.push(...childrenOf(child.pid ?? 0, "chunk-process"));
        if (met.length === 0) return;
        clearInterval(look);
        child.kill("SIGKILL");
      }, 20);
      child.on("exit", () => clearInterval(look));
    },
  });
  expect([code, met.length]).toEqual([null, 1]);
  await expect.poll(() => met.filter((pid) => existsSync(`/proc/${pid}/cwd`)), { timeout: 10_000 }).toEqual([]);
});
