// By what a model's files are known.
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { findLocal, storedModel } from "../../src/app/run/local-model.js";
import type { World } from "../../src/app/world.js";
import type { StoredModel } from "../../src/model/types.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-local-"));
afterAll(() => rmSync(folder, { recursive: true }));
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

async function modelOf(...contents: readonly string[]) {
  const paths = contents.map((_, index) => `m-0000${index + 1}-of-0000${contents.length}.gguf`);
  for (const [index, path] of paths.entries()) writeFileSync(join(folder, path), contents[index] ?? "");
  const path = join(folder, paths[0] ?? "");
  const found = await findLocal({ home: folder } as World, { kind: "file", path });
  if (found === undefined) throw new Error("not found");
  const files = contents.map((text, index) => ({ path: paths[index], size: text.length, sha256: sha256(text) }));
  return { found, stored: storedModel({ name: "m", quant: "", path, files } as unknown as StoredModel) };
}

it("is known by the hash of its file, and of all of several, stored or not", async () => {
  const one = await modelOf("one");
  expect([await one.found.sha256(), await one.stored.sha256()]).toEqual([sha256("one"), sha256("one")]);
  const two = await modelOf("one", "two");
  const whole = sha256(`${sha256("one")}\n${sha256("two")}\n`);
  expect([await two.found.sha256(), await two.stored.sha256()]).toEqual([whole, whole]);
});

it("reads a file once for its hash", async () => {
  const { found } = await modelOf("one");
  const before = await found.sha256();
  await modelOf("other");
  expect(await found.sha256()).toBe(before);
});
