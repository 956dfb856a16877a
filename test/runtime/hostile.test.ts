// What the reader takes, in the real engine: it loads, or fails with an error. The full count is `node bench/run.mjs headers`.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { rehearse } from "../../src/runtime/llama/rehearse.js";
import { type Admission, admit } from "../support/admit.js";
import { typed, type WritableTensor, type WritableValue, writeGguf } from "../support/gguf-writer.js";
import { Loader } from "../support/loader.js";
import { mutants } from "../support/mutants.js";
import { FAMILIES, type FamilyName, runnable } from "../support/runnable.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-mutants-"));
const loader = new Loader();
const REHEARSAL = new URL("../../dist/parts/rehearsal.js", import.meta.url);
afterAll(() => {
  loader.close();
  rmSync(folder, { recursive: true });
});

const admitted = async (bytes: Uint8Array): Promise<Admission & { readonly path: string }> => {
  const path = join(folder, "x.gguf");
  writeFileSync(path, bytes);
  return { ...(await admit(path)), path };
};

describe("the engine", () => {
  it.each(FAMILIES)("loads the sound %s", async (family) => {
    const { path, ...admission } = await admitted(writeGguf(runnable(family)));
    if ("refused" in admission) throw new Error(admission.refused);
    expect(await loader.load({ path, ...admission.plan })).toEqual({ is: "loaded", why: "loaded" });
  });

  /** Each of these ended the process before it was refused. */
  const aborting: [string, FamilyName, Record<string, WritableValue>, ((tensor: WritableTensor) => WritableTensor)?][] =
    [
      [
        "an epsilon that is no number",
        "gemma2",
        { "gemma2.attention.layer_norm_rms_epsilon": typed("float32", Number.NaN) },
      ],
      ["an epsilon below 0", "llama", { "llama.attention.layer_norm_rms_epsilon": typed("float32", -1) }],
      ["latent attention all turned", "deepseek2", { "deepseek2.rope.dimension_count": 24 }],
      ["latent attention with two heads", "deepseek2", { "deepseek2.attention.head_count_kv": 2 }],
      ["latent attention of another width", "deepseek2", { "deepseek2.attention.key_length": 48 }],
      ["experts of width 0", "mixtral", { "llama.feed_forward_length": 0 }],
      ["a dense layer of width 0", "deepseek2", { "deepseek2.feed_forward_length": 0 }],
      ["more values turned than there are", "qwen2", { "qwen2.rope.dimension_count": 64 }],
      ["no value turned, which takes for ever", "gemma3", { "gemma3.rope.dimension_count": 0 }],
      ["a temperature over no length", "deepseek2", { "deepseek2.attention.temperature_scale": typed("float32", 0.1) }],
      ["a key that is nothing in C", "llama", { "\0": 1 }],
      ["a norm in integers", "qwen2", {}, (one) => (/attn_norm/.test(one.name) ? { ...one, type: 26 } : one)],
      ["a norm in F16", "llama", {}, (one) => (/ffn_norm/.test(one.name) ? { ...one, type: 1 } : one)],
    ];
  it.each(aborting)("never sees %s", async (_, family, keys, change = (one) => one) => {
    const { metadata, tensors } = runnable(family);
    const file = writeGguf({ metadata: { ...metadata, ...keys }, tensors: tensors.map(change) });
    expect(await admitted(file)).toHaveProperty("refused");
  });

  it("survives what is taken of 40 mutants, or the rehearsal stops it", async () => {
    let loaded = 0;
    for (const { what, bytes } of mutants(40, 7, { families: ["llama", "qwen2", "gemma3", "mamba"] })) {
      const { path, ...admission } = await admitted(bytes);
      if ("refused" in admission) continue;
      const options = { path, ...admission.plan };
      const { is, why } = await loader.load(options);
      if (is === "died" || is === "hung") {
        const { is: rehearsed } = await rehearse({ ...options, real: false, spare: 0, bytes: 0 }, undefined, REHEARSAL);
        expect([what, why, rehearsed]).toEqual([what, why, expect.stringMatching(/hostile|refused/)]);
      }
      loaded++;
    }
    expect(loaded).toBeGreaterThan(10);
  });
});
