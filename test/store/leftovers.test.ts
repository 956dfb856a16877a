// What interrupted downloads left, and what of it is believed.
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Spans } from "../../src/model/spans.js";
import { Journal, readJournal } from "../../src/store/journal.js";
import { keptOf, leftovers } from "../../src/store/leftovers.js";
import { partialPath } from "../../src/store/partial-name.js";

const file = { path: "m.gguf", size: 100_000, sha256: "a".repeat(64) as never };
let folder: string;
let blob: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "oslm-leftovers-"));
  blob = join(folder, file.sha256);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A partial file of so many bytes, of which its journal notes these. */
async function leave(length: number, spans: Spans): Promise<string> {
  const path = partialPath(blob);
  await writeFile(path, Buffer.alloc(length));
  (await Journal.create(path, file, spans)).close();
  return path;
}

test("bytes that were noted and lost are not counted, those before them are", async () => {
  const path = await leave(5_000, [
    { start: 0, end: 1_000 },
    { start: 2_000, end: 5_000 },
    { start: 5_500, end: 6_000 },
    { start: 9_000, end: 20_000 },
  ]);
  const kept = [
    { start: 0, end: 1_000 },
    { start: 2_000, end: 5_000 },
  ];
  expect(await leftovers(blob, file)).toEqual([{ path, spans: kept }]);
  expect(await keptOf(blob, file)).toBe(4_000);
});

test("the fullest is taken first, by what is left of it", async () => {
  const lost = await leave(10, [{ start: 0, end: 50_000 }]);
  const full = await leave(5_000, [{ start: 0, end: 5_000 }]);
  expect((await leftovers(blob, file)).map(({ path }) => path)).toEqual([full, lost]);
});

test("of a journal, the last line counts only when it was written to its end", async () => {
  const path = await leave(100_000, [{ start: 0, end: 1_000 }]);
  // Killed while it wrote 5000-60000.
  await appendFile(`${path}.ranges`, "2000-3000\n5000-6000");
  expect(await readJournal(path, file)).toEqual([
    { start: 0, end: 1_000 },
    { start: 2_000, end: 3_000 },
  ]);
  await appendFile(`${path}.ranges`, "0\n");
  expect((await readJournal(path, file)).at(-1)).toEqual({ start: 5_000, end: 60_000 });
});
