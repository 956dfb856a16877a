import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { BandwidthFile } from "../../src/store/bandwidth-file.js";

const measured = {
  cpu: "Some CPU",
  cores: 2,
  bytesPerSecond: 20e9,
  undisturbed: true,
  measuredAt: "2026-11-21T00:00:00Z",
};
const kept = { measuredAt: measured.measuredAt };
let folder: string;
let path: string;
let file: BandwidthFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oslm-bandwidth-"));
  path = join(folder, "bandwidth.json");
  file = new BandwidthFile(path);
});
afterEach(() => rmSync(folder, { recursive: true }));

it("keeps a speed for this processor and this number of cores", async () => {
  expect(await file.read("Some CPU", 2)).toBeUndefined();
  await file.write(measured);
  expect(await file.read("Some CPU", 2)).toEqual({ ...kept, bytesPerSecond: 20e9, undisturbed: true });
  expect(await file.read("Other CPU", 2)).toBeUndefined();
  expect(await file.read("Some CPU", 4)).toBeUndefined();
  await file.write({ ...measured, bytesPerSecond: 30e9, undisturbed: false });
  expect(await file.read("Some CPU", 2)).toEqual({ ...kept, bytesPerSecond: 30e9, undisturbed: false });
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ measuredAt: measured.measuredAt });
});

it.each([
  ["nothing", ""],
  ["no object", "7"],
  ["a speed of nothing", JSON.stringify({ ...measured, bytesPerSecond: 0 })],
  ["an absurd speed", JSON.stringify({ ...measured, bytesPerSecond: 1e30 })],
  ["no time", JSON.stringify({ ...measured, measuredAt: "yesterday" })],
  ["a word", JSON.stringify({ ...measured, bytesPerSecond: "fast" })],
  ["too much", JSON.stringify({ ...measured, more: "x".repeat(5000) })],
])("knows nothing when it holds %s", async (_, text) => {
  writeFileSync(path, text);
  expect(await file.read("Some CPU", 2)).toBeUndefined();
});

it("does not fail where nothing can be written", async () => {
  writeFileSync(path, "");
  const below = new BandwidthFile(join(path, "below"));
  await below.write(measured);
  expect(await below.read("Some CPU", 2)).toBeUndefined();
});
