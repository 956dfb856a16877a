import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Rehearsed } from "../../src/store/rehearsed.js";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "oslm-rehearsed-"));
});
afterEach(() => rmSync(state, { recursive: true }));

it("knows what was added, once each", async () => {
  const rehearsed = new Rehearsed(state);
  expect(await rehearsed.has("a")).toBe(false);
  for (const key of ["a", "b", "a"]) await rehearsed.add(key);
  expect([await rehearsed.has("a"), await rehearsed.has("c")]).toEqual([true, false]);
  expect(readFileSync(join(state, "rehearsed.txt"), "utf8")).toBe("a\nb\n");
});

it("knows nothing where no file can be, and does not fail", async () => {
  writeFileSync(join(state, "file"), "");
  const rehearsed = new Rehearsed(join(state, "file"));
  await rehearsed.add("a");
  expect(await rehearsed.has("a")).toBe(false);
});
