import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LoadRecord } from "../../src/model/load-record.js";
import { LoadLog } from "../../src/store/load-log.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oslm-loads-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const record = (ctx: number): LoadRecord => ({
  at: "2026-11-21T12:00:00.000Z",
  ref: "m",
  ctx,
  kvType: "q8_0",
  gpuLayers: 0,
  mapped: false,
  predicted: 2,
  correction: -1,
  measured: 3,
});

it("keeps the latest hundred, in a folder it makes", async () => {
  const log = new LoadLog(join(folder, "state", "loads.jsonl"));
  expect(await log.read()).toEqual([]);
  for (let ctx = 1; ctx <= 103; ctx++) await log.add(record(ctx));
  const all = await log.read();
  expect(all).toHaveLength(100);
  expect([all[0], all[99]]).toEqual([record(4), record(103)]);
});

it("passes over lines that make no sense", async () => {
  const path = join(folder, "loads.jsonl");
  const wrong = [
    { at: "yesterday" },
    { ref: 7 },
    { ctx: -1 },
    { kvType: "f32" },
    { mapped: "no" },
    { predicted: 1e300 },
    { measured: null },
    { correction: 0.5 },
  ].map((change) => JSON.stringify({ ...record(1), ...change }));
  writeFileSync(path, [...wrong, "{", "[]", "null", JSON.stringify({ ...record(2), more: 1 }), ""].join("\n"));
  expect(await new LoadLog(path).read()).toEqual([record(2)]);
});

it("does not read what cannot be its file, nor write through a link", async () => {
  const path = join(folder, "loads.jsonl");
  const elsewhere = join(folder, "elsewhere");
  writeFileSync(elsewhere, `${JSON.stringify(record(9))}\n`);
  symlinkSync(elsewhere, path);
  const log = new LoadLog(path);
  expect(await log.read()).toEqual([]);
  await log.add(record(1));
  expect(await log.read()).toEqual([record(1)]);
  expect(readFileSync(elsewhere, "utf8")).toContain('"ctx":9');
  writeFileSync(path, `${JSON.stringify(record(1))}\n`.padEnd(2 ** 20 + 1));
  expect(await log.read()).toEqual([]);
});
