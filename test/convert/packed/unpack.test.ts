// Weights packed by the formulas of the tools that publish them come back as those tools compute them, bit by bit.
import { describe, expect, it } from "vitest";
import type { Checkpoint } from "../../../src/convert/checkpoint.js";
import { readQuantization } from "../../../src/convert/packed/quantization.js";
import { unpack } from "../../../src/convert/packed/unpack.js";
import { failureOf } from "../../support/failure-of.js";
import { type MemoryTensor, memoryCheckpoint } from "../../support/memory-checkpoint.js";
import { dequantized, packAwq, packCompressed, packGptq, type Quantized, quantize } from "../../support/packers.js";

/** The same numbers for the same seed. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const matrix = (outputs: number, inputs: number, seed = 1): number[][] => {
  const next = numbers(seed);
  return Array.from({ length: outputs }, () => Array.from({ length: inputs }, () => next() * 0.1));
};

const groupsOf = (inputs: number, size: number): number[] =>
  Array.from({ length: inputs }, (_, i) => Math.floor(i / size));
/** As desc_act leaves it: inputs in the order of their importance. */
const shuffled = (inputs: number, size: number): number[] => {
  const next = numbers(99);
  return groupsOf(inputs, size)
    .map((group) => ({ group, at: next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ group }) => group);
};

async function floats(checkpoint: Checkpoint, name: string, from?: number, count?: number): Promise<Float32Array> {
  const tensor = checkpoint.tensors.get(name);
  if (tensor === undefined) throw new Error(`no ${name}`);
  expect(tensor.type).toBe("F32");
  const bytes = await tensor.read(from, count);
  return new Float32Array(bytes.slice().buffer);
}

/** Reads the weight whole and in odd pieces, and compares it with the formula and with what was packed. */
async function check(checkpoint: Checkpoint, weights: readonly (readonly number[])[], q: Quantized): Promise<void> {
  const expected = dequantized(q).flat();
  expect(checkpoint.tensors.get("a.weight")?.shape).toEqual([q.outputs, q.inputs]);
  expect([...(await floats(checkpoint, "a.weight"))]).toEqual(expected);
  for (const [from, count] of [
    [0, 1],
    [q.inputs - 1, 2],
    [q.inputs * 33 + 5, q.inputs * 3],
    [q.inputs * q.outputs - 7, 7],
    [5, 0],
  ] as const) {
    expect([...(await floats(checkpoint, "a.weight", from, count))]).toEqual(expected.slice(from, from + count));
  }
  const far = expected.filter((value, index) => {
    const [output, input] = [Math.floor(index / q.inputs), index % q.inputs];
    const step = q.scales[output]?.[q.groupOf[input] ?? -1] ?? Number.NaN;
    return !(Math.abs(value - (weights[output]?.[input] ?? Number.NaN)) <= step);
  });
  expect(far).toEqual([]);
}

describe("GPTQ", () => {
  const cases = [2, 3, 4, 8].flatMap((bits) =>
    [
      { groupOf: groupsOf(128, 32), reordered: false },
      { groupOf: groupsOf(128, 128), reordered: false },
      { groupOf: shuffled(128, 32), reordered: true },
    ].flatMap(({ groupOf, reordered }) =>
      [true, false].flatMap((symmetric) =>
        (["gptq", "gptq_v2"] as const).map((format) => ({
          bits,
          groupOf,
          reordered,
          symmetric,
          format,
          groups: Math.max(...groupOf) + 1,
        })),
      ),
    ),
  );

  it.each(cases)("$bits bits, $groups groups, reordered $reordered, symmetric $symmetric, $format", async (one) => {
    const weights = matrix(64, 128);
    const q = quantize(weights, one);
    const config = {
      quant_method: "gptq",
      bits: one.bits,
      group_size: one.groups === 1 ? -1 : 32,
      desc_act: one.reordered,
    };
    const packed = packGptq("a", q, one.format === "gptq" ? 1 : 0);
    const bias: MemoryTensor = { type: "F16", shape: [64], data: new Uint16Array(64) };
    const checkpoint = memoryCheckpoint({ ...packed, "a.bias": bias });
    const plain = await unpack(checkpoint, readQuantization({ ...config, checkpoint_format: one.format }));
    expect([...plain.tensors.keys()].sort()).toEqual(["a.bias", "a.weight"]);
    await check(plain, weights, q);
  });

  it("needs no order where nothing was reordered, and takes the last group as it comes", async () => {
    const weights = matrix(64, 96);
    const q = quantize(weights, { bits: 4, groupOf: groupsOf(96, 64) });
    const config = readQuantization({ bits: 4, group_size: 64, desc_act: false });
    await check(await unpack(memoryCheckpoint(packGptq("a", q, 1, false)), config), weights, q);
  });

  it("takes zero points of 16 as the first format has them", async () => {
    const q = { ...quantize(matrix(64, 32), { bits: 4, groupOf: groupsOf(32, 32) }), zeros: Array(64).fill([16]) };
    const plain = await unpack(memoryCheckpoint(packGptq("a", q, 1)), readQuantization({ quant_method: "gptq" }));
    expect([...(await floats(plain, "a.weight"))]).toEqual(dequantized(q).flat());
  });

  it("reads its parts once for all pieces of a tensor", async () => {
    const q = quantize(matrix(64, 128), { bits: 4, groupOf: groupsOf(128, 32) });
    const checkpoint = memoryCheckpoint(packGptq("a", q, 1));
    const plain = await unpack(checkpoint, readQuantization({ quant_method: "gptq" }));
    expect(checkpoint.read.size).toBe(0);
    for (let row = 0; row < 64; row++) await floats(plain, "a.weight", row * 128, 128);
    expect(Object.fromEntries(checkpoint.read)).toEqual({
      "a.qweight": 64 * 64,
      "a.qzeros": 4 * 8 * 4,
      "a.scales": 4 * 64 * 2,
      "a.g_idx": 512,
    });
  });
});

describe("AWQ", () => {
  it.each([32, 64, 128])("in groups of %i", async (size) => {
    const weights = matrix(72, 128);
    const q = quantize(weights, { bits: 4, groupOf: groupsOf(128, size) });
    const config = readQuantization({
      quant_method: "awq",
      bits: 4,
      group_size: size,
      version: "GEMM",
      zero_point: true,
    });
    const plain = await unpack(memoryCheckpoint(packAwq("a", q)), config);
    expect([...plain.tensors.keys()]).toEqual(["a.weight"]);
    await check(plain, weights, q);
  });

  it("as quant_config.json has it", async () => {
    const weights = matrix(64, 64);
    const q = quantize(weights, { bits: 4, groupOf: groupsOf(64, 64) });
    const config = readQuantization({ zero_point: true, q_group_size: 64, w_bit: 4, version: "gemm" });
    await check(await unpack(memoryCheckpoint(packAwq("a", q)), config), weights, q);
  });
});

describe("compressed-tensors", () => {
  const config = (bits: number) =>
    readQuantization({
      quant_method: "compressed-tensors",
      format: "pack-quantized",
      config_groups: { group_0: { weights: { num_bits: bits, type: "int", strategy: "group", group_size: 32 } } },
    });

  it.each([
    [4, true],
    [4, false],
    [8, true],
    [8, false],
  ])("%i bits, zero points %s", async (bits, withZeros) => {
    const weights = matrix(70, 96);
    const q = quantize(weights, { bits, groupOf: groupsOf(96, 32), symmetric: !withZeros });
    await check(await unpack(memoryCheckpoint(packCompressed("a.weight", q, withZeros)), config(bits)), weights, q);
  });

  it("integers with a scale for each output", async () => {
    const data = Int8Array.from({ length: 12 }, (_, i) => i * 20 - 120);
    const scale = Float32Array.of(0.5, 0.25, 2);
    const zero = Int8Array.of(1, -2, 3);
    const plain = await unpack(
      memoryCheckpoint({
        "a.weight": { type: "I8", shape: [3, 4], data },
        "a.weight_scale": { type: "F32", shape: [3, 1], data: scale },
        "a.weight_zero_point": { type: "I8", shape: [3, 1], data: zero },
        "a.input_scale": { type: "F32", shape: [1], data: new Float32Array(1) },
      }),
      readQuantization({ quant_method: "compressed-tensors", format: "int-quantized", config_groups: {} }),
    );
    expect([...plain.tensors.keys()]).toEqual(["a.weight"]);
    const expected = [...data].map(
      (code, i) => (code - (zero[Math.floor(i / 4)] ?? 0)) * (scale[Math.floor(i / 4)] ?? 0),
    );
    expect([...(await floats(plain, "a.weight"))]).toEqual(expected);
    expect([...(await floats(plain, "a.weight", 5, 4))]).toEqual(expected.slice(5, 9));
  });
});

describe("FP8", () => {
  // E4M3 codes of 1, 2, -1, 0.5, 448 and the smallest number (OCP OFP8 1.0, table 2).
  const CODES = [0x38, 0x40, 0xb8, 0x30, 0x7e, 0x01];
  const VALUES = [1, 2, -1, 0.5, 448, 2 ** -9];
  const codes = (count: number) => Uint8Array.from({ length: count }, (_, i) => CODES[i % 6] ?? 0);
  const value = (i: number) => VALUES[i % 6] ?? 0;
  const fp8 = (shape: number[]): MemoryTensor => ({
    type: "F8_E4M3",
    shape,
    data: codes(shape.reduce((a, b) => a * b, 1)),
  });
  const scales = (shape: number[]): MemoryTensor => ({
    type: "F32",
    shape,
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 0.37 * (i + 1)),
  });
  const scale = (i: number) => Math.fround(0.37 * (i + 1));

  it("in blocks of 128 x 128, the last ones smaller", async () => {
    const plain = await unpack(
      memoryCheckpoint({ "a.weight": fp8([200, 300]), "a.weight_scale_inv": scales([2, 3]), "b.weight": scales([2]) }),
      readQuantization({ quant_method: "fp8", weight_block_size: [128, 128], activation_scheme: "dynamic" }),
    );
    const expected = Array.from({ length: 200 * 300 }, (_, i) => {
      const block = Math.floor(Math.floor(i / 300) / 128) * 3 + Math.floor((i % 300) / 128);
      return Math.fround(value(i) * scale(block));
    });
    expect([...(await floats(plain, "a.weight"))]).toEqual(expected);
    expect([...(await floats(plain, "a.weight", 38_000, 1000))]).toEqual(expected.slice(38_000, 39_000));
    // What has more bits is plain.
    expect(plain.tensors.get("b.weight")?.type).toBe("F32");
    expect(plain.tensors.size).toBe(2);
  });

  it.each([
    ["codes", "a.weight", fp8([2, 2])],
    ["integers", "a.weight", { type: "I8", shape: [2, 2], data: new Int8Array(4) } as const],
    ["codes of experts", "a.experts.gate_up_proj", fp8([2, 2, 2])],
  ])("refuses %s without scales", async (_what, name, weight) => {
    const stored = memoryCheckpoint({ [name]: weight, "b.weight": fp8([2, 2]), "b.weight_scale_inv": scales([1]) });
    const failure = await failureOf(unpack(stored, readQuantization({ quant_method: "fp8" })));
    expect(failure).toMatchObject({ code: "malformed-checkpoint", facts: { reason: expect.stringContaining(name) } });
  });

  it.each<[string, number[], number[], (i: number) => number]>([
    ["for the whole", [6, 4], [], () => 0],
    ["for the whole, in a list", [6, 4], [1], () => 0],
    ["for each output", [6, 4], [6, 1], (i) => Math.floor(i / 4)],
    ["for each output, in a list", [6, 4], [6], (i) => Math.floor(i / 4)],
    ["for groups of inputs", [6, 4], [6, 2], (i) => Math.floor(i / 2)],
    ["for each expert", [2, 3, 4], [2, 1, 1], (i) => Math.floor(i / 12)],
    ["for each output of each expert", [2, 3, 4], [2, 3, 1], (i) => Math.floor(i / 4)],
  ])("with a scale %s", async (_name, shape, scaleShape, place) => {
    const plain = await unpack(
      memoryCheckpoint({ "a.weight": fp8(shape), "a.weight_scale": scales(scaleShape) }),
      readQuantization({ quant_method: "compressed-tensors", format: "float-quantized", config_groups: {} }),
    );
    const expected = Array.from({ length: 24 }, (_, i) => Math.fround(value(i) * scale(place(i))));
    expect([...(await floats(plain, "a.weight"))]).toEqual(expected);
    expect([...(await floats(plain, "a.weight", 5, 14))]).toEqual(expected.slice(5, 19));
  });

  it.each([[[5]], [[2, 3]], [[6, 3]], [[3, 1]], [[6, 1, 1]], [[0]]])("refuses scales of %j", async (shape) => {
    const checkpoint = memoryCheckpoint({ "a.weight": fp8([6, 4]), "a.weight_scale": scales(shape) });
    const failure = await failureOf(unpack(checkpoint, readQuantization({ quant_method: "fp8" })));
    expect(failure.code).toBe("malformed-checkpoint");
  });
});

describe("MXFP4", () => {
  it("as gpt-oss stores its experts", async () => {
    const [experts, outputs, blocks] = [2, 3, 2];
    const inputs = blocks * 32;
    const next = numbers(5);
    const byte = () => Math.floor((next() + 1) * 127.99);
    const packed = Uint8Array.from({ length: experts * outputs * blocks * 16 }, byte);
    const scales = Uint8Array.from({ length: experts * outputs * blocks }, () => 120 + (byte() % 12));
    const plain = await unpack(
      memoryCheckpoint({
        "e.down_proj_blocks": { type: "U8", shape: [experts, outputs, blocks, 16], data: packed },
        "e.down_proj_scales": { type: "U8", shape: [experts, outputs, blocks], data: scales },
      }),
      readQuantization({ quant_method: "mxfp4" }),
    );
    // convert_moe_packed_tensors of transformers: look up, lower half first, ldexp, transpose(1, 2).
    const lut = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];
    const expected: number[] = [];
    for (let expert = 0; expert < experts; expert++) {
      for (let input = 0; input < inputs; input++) {
        for (let output = 0; output < outputs; output++) {
          const row = (expert * outputs + output) * inputs + input;
          const pair = packed[row >> 1] ?? 0;
          expected.push((lut[row % 2 === 0 ? pair & 15 : pair >> 4] ?? 0) * 2 ** ((scales[row >> 5] ?? 0) - 127));
        }
      }
    }
    expect(plain.tensors.get("e.down_proj")?.shape).toEqual([experts, inputs, outputs]);
    expect([...(await floats(plain, "e.down_proj"))]).toEqual(expected);
    expect([...(await floats(plain, "e.down_proj", 100, 200))]).toEqual(expected.slice(100, 300));
  });
});

describe("what is not known", () => {
  it.each([
    [{ quant_method: "bitsandbytes", load_in_4bit: true }, "bitsandbytes"],
    [{ quant_method: "hqq" }, "hqq"],
    [{ quant_method: "eetq" }, "eetq"],
    [{ quant_method: "exl2", bits: 4 }, "exl2"],
    [{ quant_method: "x".repeat(300) }, "x".repeat(80)],
    [{ quant_method: 3 }, "3"],
    [{}, "a method that it does not name"],
    [{ quant_method: "gptq", checkpoint_format: "marlin" }, "GPTQ in the format marlin"],
    [{ quant_method: "gptq", is_marlin_format: true }, "GPTQ in the layout of Marlin"],
    [{ quant_method: "awq", version: "gemv" }, "AWQ in the layout gemv"],
    [{ quant_method: "awq", bits: 8 }, "AWQ with 8 bits"],
    [
      { quant_method: "compressed-tensors", format: "nvfp4-pack-quantized" },
      "compressed-tensors in the format nvfp4-pack-quantized",
    ],
    [{ quant_method: "compressed-tensors", format: "pack-quantized" }, "compressed-tensors with undefined bits"],
    [{ quant_method: "fp8", weight_block_size: [0, 128] }, "FP8 in blocks of [0,128]"],
  ])("refuses %j", async (config, said) => {
    const failure = await failureOf(() => readQuantization(config));
    expect([failure.code, failure.facts]).toEqual([
      "unsupported-checkpoint",
      expect.objectContaining({ what: `weights packed by ${said}` }),
    ]);
  });

  it("refuses packed weights of which nothing is said", async () => {
    const q = quantize(matrix(64, 64), { bits: 4, groupOf: groupsOf(64, 64) });
    expect((await failureOf(unpack(memoryCheckpoint(packAwq("a", q)), undefined))).code).toBe("unsupported-checkpoint");
    const plain = memoryCheckpoint({ "a.weight": { type: "F32", shape: [1], data: new Float32Array(1) } });
    expect([...(await unpack(plain, undefined)).tensors.values()]).toEqual([...plain.tensors.values()]);
  });

  it("refuses parts that are missing or do not fit", async () => {
    const q = quantize(matrix(64, 64), { bits: 4, groupOf: groupsOf(64, 32) });
    const gptq = packGptq("a", q, 1);
    const awq = packAwq("a", q);
    const compressed = packCompressed("a.weight", q, true);
    const one: MemoryTensor = { type: "I32", shape: [1, 1], data: new Int32Array(1) };
    const forms = [
      [gptq, { quant_method: "gptq", desc_act: true }],
      [awq, { quant_method: "awq" }],
      [
        compressed,
        {
          quant_method: "compressed-tensors",
          format: "pack-quantized",
          config_groups: { a: { weights: { num_bits: 4 } } },
        },
      ],
    ] as const;
    for (const [parts, config] of forms) {
      for (const name of Object.keys(parts).filter((each) => !/qweight|_packed|_zero_point/.test(each))) {
        const { [name]: _, ...fewer } = parts;
        expect((await failureOf(unpack(memoryCheckpoint(fewer), readQuantization(config)))).code, name).toBe(
          "malformed-checkpoint",
        );
      }
      for (const name of Object.keys(parts)) {
        const odd = memoryCheckpoint({ ...parts, [name]: one });
        expect((await failureOf(unpack(odd, readQuantization(config)))).code, name).toBe("malformed-checkpoint");
      }
    }
    const wild = { ...gptq, "a.g_idx": { type: "I32", shape: [64], data: new Int32Array(64).fill(-1) } } as const;
    const plain = await unpack(memoryCheckpoint(wild), readQuantization({ quant_method: "gptq" }));
    expect((await failureOf(floats(plain, "a.weight"))).facts).toMatchObject({
      reason: expect.stringContaining("names a group"),
    });
  });

  it("refuses a weight that is there twice", async () => {
    const q = quantize(matrix(64, 64), { bits: 4, groupOf: groupsOf(64, 32) });
    const twice = { ...packAwq("a", q), "a.weight": { type: "F32", shape: [1], data: new Float32Array(1) } } as const;
    expect((await failureOf(unpack(memoryCheckpoint(twice), readQuantization({ quant_method: "awq" })))).code).toBe(
      "malformed-checkpoint",
    );
  });
});
