// From the folder to the file: a checkpoint of PyTorch, and packed ones, give the bytes that the plain safetensors one gives.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { convertFolder, writeCheckpoint } from "../../support/checkpoints/compare.js";
import { type Family, type Model, makeModel } from "../../support/checkpoints/family.js";
import { LLAMAS } from "../../support/checkpoints/llama.js";
import { failureOf } from "../../support/failure-of.js";
import type { MemoryTensor } from "../../support/memory-checkpoint.js";
import { dequantized, packAwq, packCompressed, packGptq, type Quantized, quantize } from "../../support/packers.js";
import { writeSafetensors } from "../../support/safetensors-writer.js";
import { writeTorch } from "../../support/torch-writer.js";

const family = LLAMAS[0] as Family;
const model: Model = makeModel(family);

/** The folder of a checkpoint with other weights in place of its safetensors file, and what is added to its config. */
function folder(
  weights: Readonly<Record<string, Uint8Array | string>>,
  config: Readonly<Record<string, unknown>> = {},
): string {
  const path = writeCheckpoint({ ...family, config: { ...family.config, ...config } }, model);
  rmSync(join(path, "model.safetensors"));
  for (const [name, bytes] of Object.entries(weights)) writeFileSync(join(path, name), bytes);
  return path;
}

const converted = async (path: string): Promise<Buffer> => readFileSync(await convertFolder(path));

describe("a checkpoint of PyTorch", () => {
  let plain: Buffer;
  beforeAll(async () => {
    plain = await converted(writeCheckpoint(family, model));
  });

  it("in one file", async () => {
    const bytes = writeTorch(Object.fromEntries(model.tensors));
    expect((await converted(folder({ "pytorch_model.bin": bytes }))).equals(plain)).toBe(true);
  });

  it("in shards", async () => {
    const named = [...model.tensors];
    const shards = { "a-1.bin": named.slice(0, 5), "a-2.bin": named.slice(5) };
    const files = Object.fromEntries(
      Object.entries(shards).map(([name, part]) => [name, writeTorch(Object.fromEntries(part))]),
    );
    const map = Object.entries(shards).flatMap(([name, part]) => part.map(([tensor]) => [tensor, name] as const));
    const index = JSON.stringify({ weight_map: Object.fromEntries(map) });
    expect((await converted(folder({ ...files, "pytorch_model.bin.index.json": index }))).equals(plain)).toBe(true);
  });
});

describe("a packed checkpoint", () => {
  const isPacked = (name: string): boolean => /_proj\.weight$/.test(name);
  const rows = (data: Float32Array, width: number): number[][] =>
    Array.from({ length: data.length / width }, (_, row) => [...data.subarray(row * width, (row + 1) * width)]);
  const quantized = (name: string): Quantized => {
    const { data, shape } = model.tensors.get(name) as { data: Float32Array; shape: readonly number[] };
    const inputs = shape[1] as number;
    const groupOf = Array.from({ length: inputs }, (_, input) => Math.floor(input / 32));
    return quantize(rows(data, inputs), { bits: 4, groupOf });
  };
  const write = (tensors: Readonly<Record<string, MemoryTensor>>): Buffer =>
    writeSafetensors(
      Object.fromEntries(
        Object.entries(tensors).map(([name, { type, shape, data }]) => [
          name,
          { dtype: type, shape, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) },
        ]),
      ),
    );
  const stored = (pack: (base: string, q: Quantized) => Record<string, MemoryTensor>): Buffer =>
    write(
      Object.assign(
        {},
        ...[...model.tensors].map(([name, { shape, data }]) =>
          isPacked(name)
            ? pack(name.slice(0, -".weight".length), quantized(name))
            : { [name]: { type: "F32", shape, data } },
        ),
      ),
    );
  let plain: Buffer;
  beforeAll(async () => {
    const file = stored((base, q) => ({
      [`${base}.weight`]: { type: "F32", shape: [q.outputs, q.inputs], data: Float32Array.from(dequantized(q).flat()) },
    }));
    plain = await converted(folder({ "model.safetensors": file }));
  });

  it.each<[string, Record<string, unknown>, (base: string, q: Quantized) => Record<string, MemoryTensor>]>([
    ["GPTQ", { quant_method: "gptq", bits: 4, group_size: 32 }, (base, q) => packGptq(base, q, 1)],
    ["AWQ", { quant_method: "awq", bits: 4, group_size: 32 }, packAwq],
    [
      "compressed-tensors",
      {
        quant_method: "compressed-tensors",
        format: "pack-quantized",
        config_groups: { a: { weights: { num_bits: 4 } } },
      },
      (base, q) => packCompressed(`${base}.weight`, q, true),
    ],
  ])("of %s", async (_name, quantization, pack) => {
    const file = stored(pack);
    expect(
      (await converted(folder({ "model.safetensors": file }, { quantization_config: quantization }))).equals(plain),
    ).toBe(true);
  });

  it("of GPTQ and AWQ as their tools said it before", async () => {
    const gptq = {
      "model.safetensors": stored((base, q) => packGptq(base, q, 1)),
      "quantize_config.json": '{"bits":4,"group_size":32}',
    };
    const awq = { "model.safetensors": stored(packAwq), "quant_config.json": '{"w_bit":4,"q_group_size":32}' };
    expect((await converted(folder(gptq))).equals(plain)).toBe(true);
    expect((await converted(folder(awq))).equals(plain)).toBe(true);
  });

  it("of a method that is not known", async () => {
    const path = folder(
      { "model.safetensors": stored(packAwq) },
      { quantization_config: { quant_method: "bitsandbytes" } },
    );
    expect((await failureOf(convertFolder(path))).facts).toMatchObject({ what: "weights packed by bitsandbytes" });
  });
});
