// What --receipt must not write over.
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { checkReceiptPlace } from "../../src/cli/receipt-place.js";
import { failureOf } from "../support/failure-of.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-receipt-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const RECEIPT = JSON.stringify({ version: 1, promptSha256: "", messages: [], output: {} });
for (const [name, text] of Object.entries({
  "old.json": RECEIPT,
  empty: "",
  "m.gguf": "GGUF",
  "notes.txt": "dear diary",
  // What --json prints has the hash of the prompt alone.
  "result.json": JSON.stringify({ text: "", receipt: { version: 1 } }),
})) {
  writeFileSync(at(name), text);
}
symlinkSync(at("old.json"), at("link"));

it("takes a free name, an empty file and an older receipt", async () => {
  for (const name of ["free", "empty", "old.json"]) await checkReceiptPlace(at(name), [at("notes.txt"), at("gone")]);
});

it.each([
  ["-", "stdout has the answer"],
  [at("m.gguf"), "no receipt"],
  [at("notes.txt"), "no receipt"],
  [at("result.json"), "no receipt"],
  [at("link"), "not a file"],
  [folder, "not a file"],
  [at("gone/r.json"), "no such folder"],
])("refuses %s", async (path, reason) => {
  const { code, facts } = await failureOf(checkReceiptPlace(path));
  expect([code, facts]).toEqual(["usage", expect.objectContaining({ detail: expect.stringContaining(reason) })]);
});

it("refuses a receipt that the run reads", async () => {
  const { facts } = await failureOf(checkReceiptPlace(at("old.json"), [at("link")]));
  expect(facts).toMatchObject({ detail: "This run reads it." });
});
