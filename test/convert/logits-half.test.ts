// Checkpoints of 16 bits: the engine's logits beside the forward pass of the very same weights.
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  convertFolder,
  engineLogits,
  referenceOf,
  relativeError,
  writeCheckpoint,
} from "../support/checkpoints/compare.js";
import { Model, makeModel } from "../support/checkpoints/family.js";
import { GEMMAS } from "../support/checkpoints/gemma.js";
import { GPTS } from "../support/checkpoints/gpt.js";
import { LLAMAS } from "../support/checkpoints/llama.js";
import { halved } from "../support/safetensors-writer.js";

// Rows in another order, norms less one, turned, joined by groups. None with experts: rounding may choose another one.
const NAMES = ["llama, groups of heads", "gemma2", "gpt2", "falcon 40B"];
const FAMILIES = [...LLAMAS, ...GEMMAS, ...GPTS].filter(({ name }) => NAMES.includes(name));

/** Half a step of the last bit, relative: 11 significant bits, 8 significant bits. */
const UNIT = { F16: 2 ** -11, BF16: 2 ** -8 };
/**
 * For a matrix of 16 bits the engine rounds what is multiplied with it to the same 16 bits: nine times from the token to its logits,
 * four in each of two layers and at the end. Errors of that size that know nothing of each other add up to three units; up to four
 * were measured.
 */
const UNITS = 8;

const CASES = FAMILIES.flatMap((family) =>
  (["F16", "BF16"] as const).map((type) => ({ name: family.name, family, type })),
);

interface Errors {
  /** By the type of the file. */
  readonly full: number;
  readonly half: number;
  /** Against weights that were not rounded. */
  readonly other: number;
}
const errors = new Map<string, Errors>();
beforeAll(async () => {
  const files: string[] = [];
  const models = CASES.map(({ family, type }) => {
    const whole = makeModel(family);
    const kept = [...whole.tensors].map(
      ([name, { shape, data }]) => [name, { shape, data: halved(type, data).kept }] as const,
    );
    return { whole, model: new Model(family.config, new Map(kept)) };
  });
  for (const [i, { family, type }] of CASES.entries()) {
    const { model } = models[i] as (typeof models)[number];
    const folder = writeCheckpoint(family, model, ({ shape, data }) => halved(type, data, shape).stored);
    files.push(await convertFolder(folder, "F32"), await convertFolder(folder, type));
  }
  const logits = await engineLogits(files);
  for (const file of files) rmSync(dirname(file), { recursive: true, force: true });
  for (const [i, { family, type }] of CASES.entries()) {
    const { model, whole } = models[i] as (typeof models)[number];
    const [full, half] = logits.slice(2 * i) as [Float32Array, Float32Array];
    const reference = referenceOf(family, model);
    errors.set(`${family.name} ${type}`, {
      full: relativeError(full, reference),
      half: relativeError(half, reference),
      other: relativeError(full, referenceOf(family, whole)),
    });
  }
}, 60_000);

describe.each(CASES)("$name stored as $type", ({ name, type }) => {
  const of = () => errors.get(`${name} ${type}`) as Errors;
  it("has the logits of the forward pass as F32, which holds the same numbers", () => {
    expect(of().full).toBeLessThan(1e-3);
    // Or rounding would not show.
    expect(of().other).toBeGreaterThan(1e-3);
  });
  it(`has them as ${type}, but for what the engine rounds`, () => {
    expect(of().half).toBeLessThan(UNITS * UNIT[type]);
  });
});

it("has all the families", () => expect(FAMILIES).toHaveLength(NAMES.length));
