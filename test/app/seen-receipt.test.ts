// What a receipt says of images and their projector.
import { expect, it } from "vitest";
import type { LocalModel } from "../../src/app/run/local-model.js";
import { hashSeen, readReceipt } from "../../src/app/run/receipt.js";
import type { Sha256, StoredModel } from "../../src/model/types.js";
import { hashText } from "../../src/store/hash-text.js";
import { DEMO } from "../support/oslm.js";

const hash = "a".repeat(64) as Sha256;
const seen = (projector: string) => ({ projector, images: [{ file: "/cat.png", sha256: hash }] });

it("takes the projector's hash from the store, and reads no file for it that is recorded", async () => {
  const file = (path: string, sha256: string) => ({ path, sha256, size: 1 });
  const files = [file("sub/model.gguf", "b".repeat(64)), file("mmproj.gguf", "c".repeat(64))];
  const stored = { path: "/nowhere/sub/model.gguf", files } as unknown as StoredModel;
  const local: Pick<LocalModel, "stored"> = { stored };
  expect(await hashSeen(seen("/nowhere/mmproj.gguf"), local)).toEqual({
    images: [hash],
    projectorSha256: "c".repeat(64),
  });
  await expect(hashSeen(seen("/nowhere/other.gguf"), local)).rejects.toThrow(/ENOENT/);
  expect((await hashSeen(seen(DEMO), local)).projectorSha256).toMatch(/^[0-9a-f]{64}$/);
});

const sampling = {
  ...{ temp: 0, topK: 1, topP: 1, minP: 0, seed: 1 },
  ...{ repeatPenalty: 1, presencePenalty: 0, frequencyPenalty: 0, repeatLastN: 0 },
};
const receipt = {
  ...{ version: 1, oslm: "1", modelSha256: hash, outputSha256: hashText("yes"), promptSha256: hash },
  ...{ engine: { engine: "e", release: "r", backend: "cpu" }, sampling, stop: [], maxTokens: null, thinking: null },
  ...{ ctx: 8, threads: 1, gpuLayers: 0, batch: 8, mapped: true, kvType: "f16", templateSha256: null },
  ...{ at: "2026-01-01T00:00:00Z", grammarSha256: null, constraint: null, messages: [] },
  ...{ model: { ref: "m", path: "/m.gguf", commit: null }, output: { text: "yes", thinking: "" } },
};

it.each<[string, unknown]>([
  ["no projector", { images: [] }],
  ["an image without a hash", { projector: "/p.gguf", images: [{ file: "/cat.png" }] }],
  ["a text", "cat.png"],
])("believes no receipt whose images have %s", (_, wrong) => {
  const read = (changes: object) => () => readReceipt(JSON.stringify({ ...receipt, ...changes }), "r.json");
  expect(read({ seen: seen("/p.gguf") })).not.toThrow();
  expect(read({ seen: wrong })).toThrow(
    expect.objectContaining({
      facts: expect.objectContaining({ detail: "Its field seen is missing or makes no sense." }),
    }),
  );
});
