// The proof of conversions: see compare.ts. Experts as 16 bits and as blocks of MXFP4, which the file keeps.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openFolder } from "../../src/convert/folder.js";
import { prepare } from "../../src/convert/prepare.js";
import {
  convertFolder,
  engineLogits,
  referenceOf,
  relativeError,
  relativeErrors,
  vocabularyOf,
  writeCheckpoint,
} from "../support/checkpoints/compare.js";
import { type Family, makeModel } from "../support/checkpoints/family.js";
import { EXPERTS, GPT_OSS, inMxfp4 } from "../support/checkpoints/gpt-oss.js";
import { failureOf } from "../support/failure-of.js";
import { mxfp4Tensor } from "../support/mxfp4-tensor.js";
import { type StoredTensor, writeSafetensors } from "../support/safetensors-writer.js";

describe("plain experts", () => {
  let errors: ReadonlyMap<string, number>;
  beforeAll(async () => {
    errors = await relativeErrors(GPT_OSS);
  }, 60_000);

  it.each(GPT_OSS.map(({ name }) => name))("has the logits of the forward pass: %s", (name) => {
    expect(errors.get(name)).toBeLessThan(1e-3);
  });
});

describe("experts in MXFP4", () => {
  const family = GPT_OSS[0] as Family;
  // All experts are asked: rounding may choose others.
  const { config, model, stored } = inMxfp4({ ...family.config, num_experts_per_tok: EXPERTS });
  const write = (parts: Readonly<Record<string, StoredTensor>>): string => {
    const folder = writeCheckpoint({ ...family, config }, model);
    writeFileSync(join(folder, "model.safetensors"), writeSafetensors(parts));
    return folder;
  };
  let logits: readonly Float32Array[];
  let file: Buffer;
  beforeAll(async () => {
    const folder = write(stored);
    const files = [await convertFolder(folder, "F32"), await convertFolder(folder, "F16")];
    logits = await engineLogits(files);
    file = readFileSync(files[1] as string);
    rmSync(dirname(files[0] as string), { recursive: true });
  }, 60_000);

  it("has the logits of the forward pass as F32", () => {
    expect(relativeError(logits[0] as Float32Array, referenceOf(family, model))).toBeLessThan(1e-3);
  });

  it("is computed with its blocks, but for what the engine rounds: what they are multiplied with, to 8 bits", () => {
    expect(relativeError(logits[1] as Float32Array, referenceOf(family, model))).toBeLessThan(6e-2);
  });

  it("keeps every number: as the library reads them", async () => {
    const { shape, data } = model.get("model.layers.1.mlp.experts.gate_up_proj");
    const [experts = 0, inputs = 0, outputs = 0] = shape;
    for (const [part, name] of ["gate", "up"].entries()) {
      const { type, dims, floats } = await mxfp4Tensor(file, `blk.1.ffn_${name}_exps.weight`);
      expect([type, dims]).toEqual(["MXFP4", [inputs, outputs / 2, experts]]);
      const expected = floats.map((_, at) => {
        const [input, row] = [at % inputs, Math.floor(at / inputs)];
        const [expert, output] = [Math.floor(row / (outputs / 2)), row % (outputs / 2)];
        return data[(expert * inputs + input) * outputs + 2 * output + part] as number;
      });
      expect(Buffer.from(floats.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
    }
  });

  it("keeps them where more bits would say the same, and not where every tool has to read them", async () => {
    const folder = write(stored);
    const prepared = await prepare(await openFolder(folder), { general: [], vocabulary: async () => vocabularyOf() });
    const name = "blk.0.ffn_up_exps.weight";
    const typeIn = (type: string, wanted?: string) =>
      prepared
        .file(type, wanted === undefined ? undefined : new Map([[name, wanted]]))
        .tensors.find((tensor) => tensor.name === name)?.type;
    expect([typeIn("F32"), typeIn("F16"), typeIn("BF16")]).toEqual(["F32", "MXFP4", "MXFP4"]);
    expect([typeIn("Q8_0", "Q8_0"), typeIn("Q4_0", "Q4_0")]).toEqual(["MXFP4", "MXFP4"]);
    expect(typeIn("Q2_K", "Q2_0")).toBe("Q2_0");
    await prepared.close();
    rmSync(folder, { recursive: true });
  });

  it("takes no scale that is no number", async () => {
    const name = "model.layers.0.mlp.experts.down_proj_scales";
    const { data, ...rest } = stored[name] as StoredTensor;
    const folder = write({
      ...stored,
      [name]: { ...rest, data: Uint8Array.from(data, (one, i) => (i === 7 ? 255 : one)) },
    });
    expect((await failureOf(convertFolder(folder, "F16"))).facts).toMatchObject({
      reason: `the packed tensor ${JSON.stringify(name)} has a scale that is no number`,
    });
    rmSync(folder, { recursive: true });
  });
});

it("wants as many experts as the configuration says", async () => {
  const family = GPT_OSS[0] as Family;
  const config = { ...family.config, num_local_experts: EXPERTS - 1 };
  const folder = writeCheckpoint({ ...family, config }, makeModel(family));
  expect((await failureOf(convertFolder(folder))).facts).toMatchObject({
    reason: expect.stringContaining("does not hold 5 experts"),
  });
  rmSync(folder, { recursive: true });
});

describe("what the engine computes otherwise", () => {
  it.each([
    [{ swiglu_limit: 5 }, "swiglu_limit 5 for this architecture"],
    [
      { layer_types: Array(3).fill("full_attention") },
      "windows in other layers than every other for this architecture",
    ],
    [
      { rope_scaling: { rope_type: "yarn", factor: 8, beta_fast: 16 } },
      'rotations of the kind "yarn" with another beta_fast than 32',
    ],
  ])("%j", async (change, what) => {
    const family = GPT_OSS[0] as Family;
    const folder = writeCheckpoint({ ...family, config: { ...family.config, ...change } }, makeModel(family));
    expect((await failureOf(convertFolder(folder))).facts).toMatchObject({ what });
    rmSync(folder, { recursive: true });
  });
});
