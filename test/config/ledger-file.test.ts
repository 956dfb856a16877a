// The file of the record of license acceptances: lines are added whole, and stay.
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addToLedgerFile, readLedgerFile } from "../../src/config/ledger-file.js";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oslm-ledger-"));
  path = join(folder, "state", "ledger.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("is empty before the first line, and then grows", async () => {
  expect(await readLedgerFile(path)).toBe("");
  await addToLedgerFile(path, "one");
  await addToLedgerFile(path, "two");
  expect(await readLedgerFile(path)).toBe("one\ntwo\n");
});

it.skipIf(process.platform === "win32")("is nobody else's to read", async () => {
  await addToLedgerFile(path, "one");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it("begins a line after one that was cut off, and keeps that", async () => {
  await addToLedgerFile(path, "one");
  appendFileSync(path, '{"cut');
  await addToLedgerFile(path, "two");
  expect(await readLedgerFile(path)).toBe('one\n{"cut\ntwo\n');
});

it("loses no line of writers at the same time", async () => {
  await Promise.all(
    Array.from({ length: 50 }, (_, index) => addToLedgerFile(path, `line ${index} ${"x".repeat(500)}`)),
  );
  const lines = (await readLedgerFile(path)).trimEnd().split("\n");
  expect(new Set(lines.map((line) => /^line (\d+) x{500}$/.exec(line)?.[1])).size).toBe(50);
});

const refusal = { code: "usage", facts: { problem: expect.stringContaining("is not oslm's record") } };
it.skipIf(process.platform === "win32")("follows no link, and writes through none", async () => {
  mkdirSync(join(folder, "state"));
  writeFileSync(join(folder, "precious"), "mine");
  symlinkSync(join(folder, "precious"), path);
  await expect(readLedgerFile(path)).rejects.toMatchObject(refusal);
  await expect(addToLedgerFile(path, "one")).rejects.toMatchObject(refusal);
  expect(readFileSync(join(folder, "precious"), "utf8")).toBe("mine");
});

it.skipIf(process.platform === "win32")("does not wait for a pipe or read a folder", async () => {
  mkdirSync(join(folder, "state"));
  execFileSync("mkfifo", [path]);
  await expect(readLedgerFile(path)).rejects.toMatchObject(refusal);
  await expect(addToLedgerFile(path, "one")).rejects.toMatchObject(refusal);
  rmSync(path);
  mkdirSync(path);
  await expect(readLedgerFile(path)).rejects.toMatchObject(refusal);
  await expect(addToLedgerFile(path, "one")).rejects.toMatchObject(refusal);
});
