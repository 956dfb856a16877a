// What torch.save wrote is read bit by bit as torch says; test/fixtures/torch has both.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { CheckpointTensor } from "../../../src/convert/checkpoint.js";
import { ELEMENT_BYTES } from "../../../src/convert/stored-types.js";
import { readTorchFile } from "../../../src/convert/torch/torch-file.js";
import { memorySource } from "../../../src/gguf/source.js";
import { failureOf } from "../../support/failure-of.js";

const FOLDER = join(import.meta.dirname, "..", "..", "fixtures", "torch");
const fixture = (name: string) => readFileSync(join(FOLDER, name));
const load = (name: string) => readTorchFile(memorySource(fixture(name)), name);

const TYPES: Readonly<Record<string, string>> = {
  float64: "F64",
  float32: "F32",
  float16: "F16",
  bfloat16: "BF16",
  int64: "I64",
  int32: "I32",
  int16: "I16",
  int8: "I8",
  uint8: "U8",
  bool: "BOOL",
};

interface Told {
  readonly name: string;
  readonly type: string | undefined;
  readonly shape: readonly number[];
  readonly bits: readonly string[];
}

const told = (name: string): Told[] =>
  fixture(`${name}.txt`)
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const [tensor = "", dtype = "", shape = "", ...bits] = line.split(" ");
      return { name: tensor, type: TYPES[dtype], shape: shape === "-" ? [] : shape.split("x").map(Number), bits };
    });

async function bitsOf(tensor: CheckpointTensor, from?: number, count?: number): Promise<string[]> {
  const bytes = Buffer.from(await tensor.read(from, count));
  const width = ELEMENT_BYTES[tensor.type];
  return Array.from({ length: bytes.length / width }, (_, index) => {
    const element = Buffer.alloc(8);
    bytes.copy(element, 0, index * width, (index + 1) * width);
    return element.readBigUInt64LE().toString(16);
  });
}

const SAVED = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".txt"))
  .map((name) => name.slice(0, -4));

describe("readTorchFile", () => {
  it.each(SAVED)("reads %s as torch does", async (name) => {
    const tensors = await load(name);
    const read = await Promise.all(
      [...tensors.values()].map(async (tensor) => ({
        name: tensor.name,
        type: tensor.type,
        shape: tensor.shape,
        bits: await bitsOf(tensor),
      })),
    );
    expect(read).toEqual(told(name));
    expect(read.length).toBeGreaterThan(0);
  });

  it("reads any part of any view", async () => {
    const tensors = await load("views.bin");
    for (const { name, bits } of told("views.bin")) {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw new Error(name);
      for (let from = 0; from <= bits.length; from++) {
        for (let count = 0; from + count <= bits.length; count++) {
          expect(await bitsOf(tensor, from, count), `${name} ${from} ${count}`).toEqual(bits.slice(from, from + count));
        }
      }
    }
  });

  it("names what it does not read", async () => {
    const failures = await Promise.all(
      ["before-1.6.bin", "script.pt", "whole-module.bin"].map((name) => failureOf(load(name))),
    );
    expect(failures.map(({ code, facts }) => [code, facts])).toEqual([
      [
        "unsupported-checkpoint",
        expect.objectContaining({ what: "before-1.6.bin, which has the format of PyTorch before 1.6" }),
      ],
      ["unsupported-checkpoint", expect.objectContaining({ what: "script.pt, which is a program in TorchScript" })],
      [
        "malformed-checkpoint",
        {
          file: "whole-module.bin",
          reason: expect.stringContaining(
            "it asks for torch.nn.modules.container.Sequential, which no list of tensors needs",
          ),
        },
      ],
    ]);
  });
});
