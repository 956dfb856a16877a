// Folders of PyTorch checkpoints: which files are taken, and which are not.
import { copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openFolder } from "../../../src/convert/folder.js";
import { openCheckpoint } from "../../../src/convert/open-checkpoint.js";
import { openTorch } from "../../../src/convert/torch/open.js";
import { failureOf } from "../../support/failure-of.js";

const FIXTURES = join(import.meta.dirname, "..", "..", "fixtures", "torch");
const INDEX = "pytorch_model.bin.index.json";
const [FIRST, SECOND] = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"];

/** A folder of copies of fixtures, under names of their own, and of texts. */
function folderOf(copies: Readonly<Record<string, string>>, texts: Readonly<Record<string, string>> = {}) {
  const path = mkdtempSync(join(tmpdir(), "oslm-torch-"));
  for (const [name, from] of Object.entries(copies)) copyFileSync(join(FIXTURES, from), join(path, name));
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(path, name), text);
  return openFolder(path);
}

const index = (map: unknown) => JSON.stringify({ metadata: {}, weight_map: map });

describe("openTorch", () => {
  it("reads the shards of an index together", async () => {
    const checkpoint = await openTorch(await folderOf({ [INDEX]: INDEX, [FIRST]: FIRST, [SECOND]: SECOND }));
    expect([...(checkpoint?.tensors.keys() ?? [])].sort()).toEqual([0, 1, 2, 3].map((n) => `layers.${n}.weight`));
    expect((await checkpoint?.tensors.get("layers.3.weight")?.read())?.length).toBe(12);
    await checkpoint?.close();
    await expect(checkpoint?.tensors.get("layers.3.weight")?.read()).rejects.toThrow();
  });

  it.each(["pytorch_model.bin", "model.pth"])("reads %s", async (name) => {
    const checkpoint = await openTorch(await folderOf({ [name]: "module.bin" }));
    expect(checkpoint?.tensors.size).toBe(4);
    await checkpoint?.close();
  });

  it("leaves a folder without one to others", async () => {
    const folder = await folderOf({ "training_args.bin": "whole-module.bin", "optimizer.pt": "types.bin" });
    expect(await openTorch(folder)).toBeUndefined();
    expect((await failureOf(openCheckpoint(folder))).code).toBe("unsupported-checkpoint");
  });

  it.each([["../model.bin"], ["/etc/passwd"], ["a/b.bin"], ["..\\model.bin"], [".hidden"], [""], [3], [null]])(
    "refuses an index that names the file %j",
    async (file) => {
      const failure = await failureOf(openTorch(await folderOf({ [FIRST]: FIRST }, { [INDEX]: index({ w: file }) })));
      expect(failure.facts).toMatchObject({ file: INDEX, reason: expect.stringContaining("not a file of its folder") });
    },
  );

  it.each<[string, string, Record<string, string>, string]>([
    ["no map", "{}", {}, "names no tensors"],
    ["an empty map", index({}), {}, "names no tensors"],
    ["no JSON", "{", {}, "JSON cannot be read"],
    ["a missing file", index({ "layers.0.weight": FIRST }), {}, "which is not there"],
    ["a missing tensor", index({ other: FIRST }), { [FIRST]: FIRST }, 'lacks the tensor "other"'],
    [
      "a tensor in two files",
      index({ a: FIRST, b: SECOND }),
      { [FIRST]: FIRST, [SECOND]: FIRST },
      "another file has the tensor",
    ],
    ["a file less than there are", index({ a: FIRST }), { [FIRST]: FIRST, [SECOND]: SECOND }, `leaves out ${SECOND}`],
    ["a file of another kind", index({ a: FIRST }), { [FIRST]: "README.md" }, "no file of torch.save"],
  ])("refuses an index with %s", async (_name, text, copies, said) => {
    const failure = await failureOf(openTorch(await folderOf(copies, { [INDEX]: text })));
    expect(failure.code).toBe("malformed-checkpoint");
    expect(failure.facts).toMatchObject({ reason: expect.stringContaining(said) });
  });
});
