// LoRA adapters with the real engine and the demo model.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { estimate } from "../../src/fit/memory.js";
import { adapterFor } from "../support/adapter.js";
import { childrenOf } from "../support/children-of.js";
import { knownGeometry } from "../support/geometries.js";
import { type GgufSpec, typed, writeGguf } from "../support/gguf-writer.js";
import { DEMO, Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";

const home = new Home();
afterAll(() => home.remove());

const SPEC = await adapterFor(DEMO);
let count = 0;
function file(spec: GgufSpec | Buffer): string {
  const path = join(home.path, `adapter-${count++}.gguf`);
  writeFileSync(path, Buffer.isBuffer(spec) ? spec : writeGguf(spec));
  return path;
}
const ADAPTER = file(SPEC);
const run = (...args: string[]) =>
  home.run(["run", "demo", "How do I pull a model?", "--temp", "0", "-n", "24", ...args]);

it("changes the answer, and with the scale 0 leaves it", async () => {
  const plain = await run();
  const changed = await run("--lora", ADAPTER);
  expect([changed.code, changed.stderr.replace(/^The answer was cut.*\n/, "")]).toEqual([0, ""]);
  expect(changed.stdout).not.toBe(plain.stdout);
  expect((await run("--lora", `${ADAPTER}:0`)).stdout).toBe(plain.stdout);
  // A thing and its opposite.
  expect((await run("--lora", ADAPTER, "--lora", `${file(SPEC)}:-1`)).stdout).toBe(plain.stdout);
});

it("is in the receipt, by what it holds", async () => {
  const { stdout } = await run("--lora", `${ADAPTER}:.5`, "--json=receipt");
  const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(JSON.parse(stdout)).toMatchObject({ receipt: { lora: [{ sha256, scale: 0.5 }] } });
});

it("works for complete and batch", async () => {
  const complete = (...args: string[]) => home.run(["complete", "demo", "How do I", "--temp", "0", "-n", "8", ...args]);
  expect((await complete("--lora", ADAPTER)).stdout).not.toBe((await complete()).stdout);
  const stdin = '{"id":1,"prompt":"How do I pull a model?"}\n';
  const args = ["batch", "demo", "--temp", "0", "-n", "24", "--quiet", "--lora", ADAPTER];
  const { stdout } = await home.run(args, { stdin });
  expect(`${(JSON.parse(stdout) as { text: string }).text}\n`).toBe((await run("--lora", ADAPTER)).stdout);
});

const [a, b, ...others] = SPEC.tensors;
if (a === undefined || b === undefined) throw new Error("the demo model has no queries");
const renamed = (from: string, to: string) => SPEC.tensors.map((one) => ({ ...one, name: one.name.replace(from, to) }));
const metadata = (change: object): GgufSpec => ({ ...SPEC, metadata: { ...SPEC.metadata, ...change } });

it.each([
  ["another architecture", metadata({ "general.architecture": "qwen2" }), 2, /made for the architecture qwen2/],
  [
    "another size",
    { ...SPEC, tensors: [{ ...a, dims: [32, 2], data: undefined }, b] },
    2,
    /lora|matrices .* are 32 x 2/,
  ],
  ["a layer that is not there", { ...SPEC, tensors: renamed("blk.0.", "blk.99.") }, 2, /blk\.99\..* does not have/],
  ["half a pair", { ...SPEC, tensors: [a, ...others] }, 8, /one of the two matrices/],
  ["something else besides", { ...SPEC, tensors: [...SPEC.tensors, { name: "x.bias", dims: [4] }] }, 8, /no part of/],
  ["no number", metadata({ "adapter.lora.alpha": "much" }), 8, /alpha is no number/],
  ["not a number", metadata({ "adapter.lora.alpha": typed("float32", Number.NaN) }), 8, /alpha is no number/],
  ["another kind", metadata({ "adapter.type": "ia3" }), 8, /not lora/],
  ["nothing", { ...SPEC, tensors: [] }, 8, /no matrices/],
  ["a model", runnable("llama"), 8, /is no adapter/],
  ["no GGUF", Buffer.from("<html>"), 8, /./],
] as const)("refuses %s before anything is loaded", async (_, spec, exit, message) => {
  const { code, stdout, stderr } = await run("--lora", file(spec as GgufSpec | Buffer));
  expect([code, stdout]).toEqual([exit, ""]);
  expect(stderr).toMatch(message);
});

/** By the arguments of each child that tried something, as JSON. */
async function triedIn(
  path: string,
): Promise<{ readonly code: number; readonly stderr: string; readonly tried: number }> {
  const children = new Set<number>();
  let watch: NodeJS.Timeout | undefined;
  const { code, stderr } = await home.run(["run", "demo", "hi", "-n", "1", "--lora", path], {
    onStart: ({ pid = 0 }) => {
      watch = setInterval(() => {
        for (const child of childrenOf(pid, "rehearsal.js")) children.add(child);
      }, 10);
    },
  });
  clearInterval(watch);
  return { code: code ?? -1, stderr, tried: children.size };
}

describe.skipIf(process.platform !== "linux")("an adapter's rehearsal", () => {
  it("keeps an adapter that ends the engine from this process", async () => {
    const { code, stderr, tried } = await triedIn(file(metadata({ "adapter.lora.alpha": typed("uint32", 4) })));
    expect([code, tried]).toEqual([8, 1]);
    expect(stderr).toMatch(/adapter-\d+\.gguf is not a usable GGUF file\n {2}llama\.cpp breaks off at it: .*ASSERT/);
  });

  it.each([1, ["a"]])("names an adapter that the engine refuses, with %j in place of numbers", async (value) => {
    const { code, stderr } = await triedIn(file(metadata({ "adapter.alora.invocation_tokens": value })));
    expect(code).toBe(9);
    expect(stderr).toMatch(/adapter-\d+\.gguf could not be loaded\n/);
  });

  it("is needed once for a file, and again when that is another", async () => {
    const path = file(metadata({ "general.name": "first" }));
    expect(await triedIn(path)).toMatchObject({ code: 0, tried: 1 });
    expect(await triedIn(path)).toMatchObject({ code: 0, tried: 0 });
    writeFileSync(path, writeGguf(metadata({ "general.name": "other" })));
    expect(await triedIn(path)).toMatchObject({ code: 0, tried: 1 });
  });
});

const BYTES = writeGguf(SPEC);
const sized = (dims: readonly number[], data?: Uint8Array): GgufSpec => ({
  ...SPEC,
  tensors: [{ ...a, dims, data }, b, ...others],
});
const NO_RANK: GgufSpec = {
  ...SPEC,
  tensors: [{ ...a, dims: [256, 0], data: undefined }, { ...b, dims: [0, 256], data: undefined }, ...others],
};
it.each([
  ["cut within its header", Buffer.from(BYTES.subarray(0, 300))],
  ["cut within its matrices", Buffer.from(BYTES.subarray(0, BYTES.length - 100))],
  ["without a dimension", NO_RANK],
  ["of more numbers than there are bytes", sized([256, 2 ** 40], new Uint8Array())],
  ["of too many dimensions", sized([256, 2, 3]), /further dimensions \[3\] and \[\], the model's has \[\]/],
])("refuses one %s, and lives", async (_, spec, message = /^oslm: adapter-\d+\.gguf is not a usable GGUF file/) => {
  const { code, stdout, stderr } = await run("--lora", file(spec));
  expect([[2, 8].includes(code ?? -1), stdout, stderr]).toEqual([true, "", expect.stringMatching(message)]);
});

it("says what is missing or no scale", async () => {
  const refused = async (value: string) => {
    const { code, stderr } = await run("--lora", value);
    return [code, stderr.split("\n")[0]];
  };
  const none = join(home.path, "none.gguf");
  expect(await refused(none)).toEqual([3, `oslm: there is no file ${none}`]);
  expect(await refused(`${ADAPTER}:abc`)).toEqual([2, `oslm: "abc" is no scale of the adapter ${ADAPTER}`]);
  expect((await run("--lora", `${ADAPTER}:1000`)).code).toBe(2);
  expect((await run("--lora", ADAPTER, "--lora", `${ADAPTER}:2`)).code).toBe(2);
});

it("counts among the weights, wherever they lie", async () => {
  const geometry = await knownGeometry("llama3.1-8b");
  const weights = {
    total: 1e9,
    input: 0,
    output: 0,
    tied: false,
    layers: [],
    copies: { always: 0, mapped: 0, released: 0 },
  };
  const gpu = { name: "card", backend: "cuda", vramTotal: 1e10, vramFree: 1e10 } as const;
  for (const gpus of [[], [gpu]]) {
    const at = (adapters: number) =>
      estimate(geometry, { weights, ctx: 512, kvType: "f16", gpuLayers: gpus.length * 33, gpus, adapters });
    const [without, some] = [at(0), at(1000)];
    expect([some.total - without.total, some.weights - without.weights]).toEqual([1000, 1000]);
    const last = gpus.length;
    expect((some.perDevice[last]?.bytes ?? 0) - (without.perDevice[last]?.bytes ?? 0)).toBe(1000);
  }
});
