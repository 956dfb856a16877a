// Rows quantized in memory are the bytes that the whole-file quantizer writes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { toFloats } from "../../src/convert/floats.js";
import { openChunkQuantizer, rowBytes } from "../../src/quantize/chunk.js";
import { failureOf } from "../support/failure-of.js";
import { wideModel } from "../support/wide-model.js";
import { LIBRARY, QuantizeRoom, quantizeAll, sourceOf } from "./room.js";

const room = new QuantizeRoom();
const GGML = join(LIBRARY, "..", "libggml-base.so");
const script = new URL("../../dist/parts/chunk-process.js", import.meta.url);
const chunks = openChunkQuantizer(GGML, 2, script);
afterAll(async () => {
  await chunks.close();
  room.remove();
});

const plain = (weights: Float32Array) => ({ from: "F32" as const, bytes: bytesOf(weights) });

const bytesOf = ({ buffer }: Float32Array | Uint16Array) => new Uint8Array(buffer);

const floats = ({ data }: { data?: Uint8Array }) => new Float32Array((data ?? new Uint8Array()).slice().buffer);

describe.skipIf(process.platform !== "linux")("a chunk quantizer", () => {
  it("makes the tensors of a whole file", async () => {
    const { tensors } = wideModel("F32", 1);
    const input = room.write("wide.gguf", wideModel("F32", 1));
    for (const path of await quantizeAll(room, input, ["Q8_0", "Q4_K_M", "IQ4_XS", "F16", "BF16", "Q2_K"])) {
      const { headers } = await sourceOf(path);
      const file = readFileSync(path);
      for (const { name, type, offset, bytes, dims } of headers[0].tensors) {
        const weights = floats(tensors.find((tensor) => tensor.name === name) ?? {});
        const ours = await chunks.quantize({ name, type, ...plain(weights), perRow: dims[0] ?? 1 });
        const from = headers[0].dataOffset + offset;
        expect(Buffer.from(ours).equals(file.subarray(from, from + bytes)), `${name} as ${type}`).toBe(true);
      }
    }
  });

  it("takes every half as the same number", async () => {
    const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
    for (const from of ["F16", "BF16"] as const) {
      const numbers = toFloats(from, bytesOf(all));
      const fit = all.filter((_, bits) => Math.abs(numbers[bits] ?? 0) < 1e9);
      const ours = await chunks.quantize({ name: "x", type: "F32", from, bytes: bytesOf(fit), perRow: 1 });
      expect(Buffer.from(ours).equals(bytesOf(toFloats(from, bytesOf(fit)))), from).toBe(true);
    }
  });

  it("tells the bytes of a row, where there can be one", () => {
    expect(rowBytes("Q4_K", 256)).toBe(144);
    expect(rowBytes("q8_0", 64)).toBe(68);
    expect(rowBytes("Q4_K", 64)).toBeUndefined();
    expect(rowBytes("I32", 64)).toBeUndefined();
  });

  it("leaves this thread alone while it works", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const weights = Float32Array.from({ length: 2 ** 21 }, (_, at) => Math.sin(at));
    await chunks.quantize({ name: "x", type: "IQ4_XS", ...plain(weights), perRow: 4096 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  it("refuses weights that are no numbers, and what needs more than weights", async () => {
    const weights = new Float32Array(512).fill(1);
    weights[300] = Number.NaN;
    const bad = await failureOf(chunks.quantize({ name: "blk.0.x", type: "Q4_K", ...plain(weights), perRow: 256 }));
    expect(bad).toMatchObject({
      code: "quantize-failed",
      facts: { file: "blk.0.x", reason: "weight 44 of row 1 is NaN" },
    });
    const sound = new Float32Array(256).fill(1);
    const needing = { name: "y", type: "IQ2_XXS", ...plain(sound), perRow: 256 };
    expect(await failureOf(chunks.quantize(needing))).toMatchObject({ code: "quantize-failed" });
    expect((await chunks.quantize({ ...needing, importance: sound })).length).toBe(66);
    await expect(chunks.quantize({ ...needing, type: "Q4_K", perRow: 100 })).rejects.toThrow(RangeError);
  });

  const waves = (size: number) => plain(Float32Array.from({ length: 512 }, (_, at) => size * Math.sin(at * at)));
  const GRIDS = ["IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ1_S", "IQ1_M", "IQ4_NL", "IQ4_XS"];
  it.each(GRIDS)("says where a weight is that no weight can be, before %s aborts at it", async (type) => {
    const task = { name: "x", type, perRow: 512, importance: new Float32Array(512).fill(1) };
    const vast = await failureOf(chunks.quantize({ ...task, ...waves(1e15) }));
    expect(vast).toMatchObject({ facts: { reason: expect.stringMatching(/^weight 1 of row 0 is 8\d+/) } });
  });

  // Of these the library's tables take no seconds to make.
  it.each(["IQ3_XXS", "IQ3_S", "IQ4_NL", "IQ4_XS"])("takes as %s what may come to nothing", async (type) => {
    const large = await chunks.quantize({ name: "x", type, perRow: 512, ...waves(9e8) }).catch((error) => error);
    if (large instanceof Error) expect(large).toMatchObject({ facts: { reason: expect.stringMatching(/not sound$/) } });
    expect((await chunks.quantize({ name: "x", type, perRow: 512, ...waves(1) })).length).toBe(rowBytes(type, 512));
  });

  it("gives no blocks that cannot be computed with", async () => {
    const weights = plain(new Float32Array(256).fill(9e8));
    const bad = await failureOf(chunks.quantize({ name: "x", type: "Q4_0", ...weights, perRow: 256 }));
    expect(bad).toMatchObject({
      code: "quantize-failed",
      facts: { reason: "what llama.cpp made of it is not sound" },
    });
  });

  it("outlives the library", async () => {
    const own = openChunkQuantizer(GGML, 2, script);
    const weights = plain(Float32Array.from({ length: 4096 }, (_, at) => Math.sin(at * at)));
    const task = { name: "blk.0.x", type: "IQ3_S", ...weights, perRow: 256 };
    // Less than nothing: an assertion of llama.cpp.
    const died = own.quantize({ ...task, importance: new Float32Array(256).fill(-1) });
    expect(await failureOf(died)).toMatchObject({
      code: "quantize-failed",
      facts: { file: "blk.0.x", reason: expect.stringMatching(/^ggml-quants\.c:\d+: GGML_ASSERT/) },
    });
    expect(await failureOf(own.quantize({ ...task, type: "Q4_K" }))).toMatchObject({ code: "quantize-failed" });
    await own.close();
  });

  it("says that it has no library", async () => {
    const none = openChunkQuantizer("/not/here.so", 2, script);
    const task = { name: "x", type: "Q8_0", ...plain(new Float32Array(256)), perRow: 256 };
    expect(await failureOf(none.quantize(task))).toMatchObject({ code: "no-quantizer" });
    await none.close();
  });
});
