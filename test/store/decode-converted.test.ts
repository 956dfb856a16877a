// What a record says that a model was made from, believed only where it can be.
import { expect, it } from "vitest";
import { decodeModel } from "../../src/store/decode-model.js";

const FILE = { path: "model.safetensors", size: 9, sha256: "a".repeat(64) };
const CONVERTED = { repo: "org/m", commit: "c".repeat(40), files: [FILE], oslm: "0.1.0", engine: "v0.5.0" };
const MODEL = {
  ...{ name: "org/m:Q8_0", ref: "org/m", repo: null, commit: null, quant: "Q8_0", size: 5, path: "/d/m.gguf" },
  ...{ files: [{ path: "m.gguf", size: 5, sha256: "b".repeat(64) }], license: { id: "mit", class: "permissive" } },
  addedAt: "2026-01-01T00:00:00.000Z",
};

it("is read with the model", () => {
  expect(decodeModel({ ...MODEL, converted: CONVERTED }, "/cache")?.converted).toEqual(CONVERTED);
});

it.each<[string, object, object?]>([
  ["no repository", { repo: null, commit: null }],
  ["a repository that is a way elsewhere", { repo: "../m" }],
  ["no commit", { commit: "main" }],
  ["files with names that lead away", { files: [{ ...FILE, path: "../x" }] }],
  ["no version", { oslm: 1 }],
  ["a repository beside that of the file itself", {}, { repo: "org/m", commit: "c".repeat(40) }],
])("is refused with %s", (_, change, model = {}) => {
  expect(decodeModel({ ...MODEL, ...model, converted: { ...CONVERTED, ...change } }, "/cache")).toBeUndefined();
});
