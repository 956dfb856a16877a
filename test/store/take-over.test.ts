// Taking over a file of another program: a link, a copy on another disk, nothing when it changed.
import { existsSync, mkdtempSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HashedFile, hashWithProgress } from "../../src/store/hash-file.js";
import { takeOver } from "../../src/store/take-over.js";
import { failureOf } from "../support/failure-of.js";
import { bytes } from "../support/store-room.js";

/** A file system in memory: another disk than the folder for temporary files, where that is none itself. */
const SHM = "/dev/shm";
const body = bytes(50_000);
let root: string;
let from: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "oslm-take-"));
  from = join(root, "theirs.gguf");
  await writeFile(from, body);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function hashed(): Promise<HashedFile> {
  const hashing = hashWithProgress(from);
  for (;;) {
    const step = await hashing.next();
    if (step.done) return step.value;
  }
}

test("links on the same disk and clears what a download had begun", async () => {
  const place = { root, target: join(root, "blobs", "abc") };
  await mkdir(join(root, "blobs"));
  await writeFile(join(root, "blobs", "abc.oslm-01234567.incomplete"), "half");
  expect(await takeOver(from, await hashed(), place)).toBe("linked");
  expect((await stat(place.target)).ino).toBe((await stat(from)).ino);
  expect(await readdir(join(root, "blobs"))).toEqual(["abc"]);
});

test.skipIf(!existsSync(SHM))("copies from another disk", async () => {
  const other = mkdtempSync(join(SHM, "oslm-take-"));
  try {
    const target = join(other, "blobs", "abc");
    const how = await takeOver(from, await hashed(), { root: other, target });
    expect([how, (await readFile(target)).equals(body)]).toEqual(["copied", true]);
    expect((await stat(from)).nlink).toBe(1);
  } finally {
    await rm(other, { recursive: true });
  }
});

test("takes nothing that changed since it was hashed", async () => {
  const before = await hashed();
  await utimes(from, 1, 1);
  expect(await takeOver(from, before, { root, target: join(root, "blobs", "abc") })).toBeUndefined();
  expect(await readdir(join(root, "blobs"))).toEqual([]);
});

test("writes through no link", async () => {
  await mkdir(join(root, "elsewhere"));
  await symlink(join(root, "elsewhere"), join(root, "blobs"));
  const failure = await failureOf(takeOver(from, await hashed(), { root, target: join(root, "blobs", "abc") }));
  expect(failure.code).toBe("linked-folder");
});
