import { expect, it } from "vitest";
import { readHeader } from "../../src/gguf/header.js";
import { projectorOf, speaksVicuna } from "../../src/gguf/projector.js";
import { inPreference } from "../../src/gguf/projector-files.js";
import type { GgufHeader } from "../../src/gguf/values.js";
import type { RepoFile } from "../../src/model/types.js";
import { type GgufSpec, writeGguf } from "../support/gguf-writer.js";
import { projector, TINY, textModel, VIT_L } from "../support/vision-pair.js";

const headerOf = (spec: GgufSpec): Promise<GgufHeader> => {
  const bytes = writeGguf(spec);
  const source = { size: bytes.length, read: async (at: number, length: number) => bytes.subarray(at, at + length) };
  return readHeader(source, { name: "mmproj.gguf" });
};

it("tells what a projector is, and what it takes", async () => {
  const one = projectorOf(await headerOf(projector()));
  const weights = projector().tensors.reduce(
    (sum, { dims }) => sum + dims.reduce<number>((a, b) => a * Number(b), 4),
    0,
  );
  expect(one).toEqual({ kind: "mlp", width: TINY.out, tokens: 16, weights, compute: 17 * 128 * 8 + 56 * 56 * 12 });
  expect(speaksVicuna(one)).toBe(true);
});

it("foresees the buffer that the engine reserves for ViT-L/14 at 336 pixels: 19.32 MiB", async () => {
  const { compute, tokens } = projectorOf(await headerOf(projector({ ...VIT_L, layers: 0 })));
  expect([(compute / 2 ** 20).toFixed(2), tokens]).toEqual(["19.32", 576]);
});

it("takes the largest image where the size is not fixed", async () => {
  const one = projectorOf(await headerOf(projector(TINY, { "clip.projector_type": "qwen2vl_merger" })));
  expect(one).toMatchObject({ kind: "qwen2vl_merger", tokens: null, width: null });
  expect(one.compute).toBeGreaterThan(16_384 * 128 * 8);
});

it.each([
  ["mlp", 16],
  ["ldp", 4],
  ["ldpv2", 4],
  ["gemma3", 1],
])("counts the tokens that %s makes of its 16 patches: %d", async (kind, tokens) => {
  expect(projectorOf(await headerOf(projector(TINY, { "clip.projector_type": kind }))).tokens).toBe(tokens);
});

it("does not say how many tokens an image takes that is cut into tiles", async () => {
  expect(
    projectorOf(await headerOf(projector(TINY, { "clip.vision.image_grid_pinpoints": [336, 672] }))).tokens,
  ).toBeNull();
});

it.each<[string, GgufSpec]>([
  ["no projector", textModel()],
  ["not for images", projector(TINY, { "clip.has_vision_encoder": false })],
  ["projector_type", projector(TINY, { "clip.projector_type": "a b\u001b[31m" })],
  ["patch_size", projector(TINY, { "clip.vision.patch_size": 0 })],
  ["image_size", projector(TINY, { "clip.vision.image_size": 2 ** 31 })],
  ["feed_forward_length", projector(TINY, { "clip.vision.feed_forward_length": 1.5 })],
])("refuses what is wrong: %s", async (reason, spec) => {
  const header = await headerOf(spec);
  expect(() => projectorOf(header)).toThrow(reason);
});

it.each([
  ["arm64", ["f16", "Q8_0", "BF16", "F32"]],
  ["x64", ["Q8_0", "f16", "BF16", "F32"]],
])("takes the projector that is right for %s first, and no larger one", (processor, labels) => {
  const files = ["F32", "BF16", "f16", "Q8_0"].map((label) => `mmproj-model-${label}.gguf`);
  const order = inPreference(
    ["mmproj.gguf", ...files].map((path) => ({ path, size: 1 }) as RepoFile),
    processor,
  );
  expect(order.map(({ path }) => path)).toEqual([
    ...labels.map((label) => `mmproj-model-${label}.gguf`),
    "mmproj.gguf",
  ]);
});
