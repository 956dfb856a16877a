// Packed weights of random bits are unpacked as torch does it by the published formulas; test/fixtures/packed has both.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readQuantization } from "../../../src/convert/packed/quantization.js";
import { unpack } from "../../../src/convert/packed/unpack.js";
import { readTorchFile } from "../../../src/convert/torch/torch-file.js";
import { memorySource } from "../../../src/gguf/source.js";

const FOLDER = join(import.meta.dirname, "..", "..", "fixtures", "packed");
const NAMES = readdirSync(FOLDER).filter((name) => name.endsWith(".bin"));

/** What config.json would say of gptq-4-v2.bin, awq.bin and mxfp4.bin. */
function configOf(file: string): Record<string, unknown> {
  const [method, bits, version] = file.replace(".bin", "").split("-");
  if (method !== "gptq") return { quant_method: method };
  return { quant_method: method, bits: Number(bits), checkpoint_format: version === "v2" ? "gptq_v2" : "gptq" };
}

it("has weights to compare", () => {
  expect(NAMES.length).toBe(8);
});

it.each(NAMES)("%s", async (file) => {
  const tensors = await readTorchFile(memorySource(readFileSync(join(FOLDER, file))), file);
  const plain = await unpack({ tensors, close: async () => undefined }, readQuantization(configOf(file)));
  const [name, shape, ...bits] = readFileSync(join(FOLDER, file.replace(".bin", ".txt")), "utf8")
    .trimEnd()
    .split(" ");
  expect([...plain.tensors.keys()]).toEqual([name]);
  const weight = plain.tensors.get(name ?? "");
  expect(weight?.shape.join("x")).toBe(shape);
  const bytes = Buffer.from((await weight?.read()) ?? []);
  expect(Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32LE(i * 4).toString(16))).toEqual(bits);
});
