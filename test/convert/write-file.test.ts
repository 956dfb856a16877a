// A file that is written beside others.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { constant } from "../../src/convert/reshape.js";
import { writeFile } from "../../src/convert/write-file.js";
import { writeHeader } from "../../src/gguf/write-header.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-write-"));
afterAll(() => rmSync(folder, { recursive: true }));

const planned = [{ name: "a", type: "F32", dims: [2], weights: constant("a", [1, 2]) }];
const signal = new AbortController().signal;

it.each([
  ["leaves what has come there meanwhile, and nothing beside it", true],
  ["replaces it where it may", false],
])("%s", async (_, fresh) => {
  const target = join(folder, "model.gguf");
  rmSync(target, { force: true });
  const steps = writeFile(writeHeader([], planned), planned, { target, signal, fresh });
  await steps.next();
  writeFileSync(target, "mine");
  const rest = steps.next();
  if (fresh) await expect(rest).rejects.toMatchObject({ code: "usage" });
  else await rest;
  expect(readFileSync(target, "latin1").slice(0, 4)).toBe(fresh ? "mine" : "GGUF");
  expect(readdirSync(folder)).toEqual(["model.gguf"]);
});
