// Files that were damaged after they were verified: the bad pieces are found and fetched again, the good ones stay.

import { createHash } from "node:crypto";
import { copyFile, link, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { download } from "../../src/download/download.js";
import { createHttp } from "../../src/hub/http.js";
import { PIECE_BYTES } from "../../src/model/piece-sums.js";
import type { KnownFile } from "../../src/model/types.js";
import { checkFile } from "../../src/store/check-file.js";
import type { Hasher } from "../../src/store/hasher.js";
import { reopen } from "../../src/store/partial.js";
import { keepSums, readSums } from "../../src/store/sums.js";
import { type PlainServer, startPlainServer } from "../support/plain-server.js";
import { builtHasher, bytes } from "../support/store-room.js";

const content = bytes(3 * PIECE_BYTES + 1, 9);
const sha256 = createHash("sha256").update(content).digest("hex");
const file: KnownFile = { path: "m.gguf", size: content.length, sha256: sha256 as never };

let [root, target] = ["", ""];
let server: PlainServer;
let hasher: Hasher;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "oslm-repair-"));
  target = join(root, sha256);
  hasher = builtHasher();
  server = await startPlainServer(({ serve }) => serve(content));
});
afterEach(async () => {
  await hasher.close();
  await server.close();
  await rm(root, { recursive: true, force: true });
});

const sumsFolder = () => join(root, "sums");
async function fetchAll(): Promise<void> {
  const keep = (of: KnownFile, sums: readonly number[]) => keepSums(sumsFolder(), of, sums);
  const http = createHttp({ endpoint: "http://127.0.0.1:1" });
  for await (const _ of download([{ file, url: server.url, target, root }], { http, hasher, keepSums: keep }));
}
const check = async () => checkFile(target, file, hasher, await readSums(sumsFolder(), file));
async function damage(at: number): Promise<void> {
  const handle = await open(target, "r+");
  await handle.write(Buffer.from([(content[at] ?? 0) ^ 1]), 0, 1, at);
  await handle.close();
}

test("a whole file is ok, an absent one missing, a shorter one damaged", async () => {
  await fetchAll();
  expect(await check()).toEqual({ state: "ok" });
  await writeFile(target, content.subarray(1));
  expect(await check()).toEqual({
    state: "damaged",
    actual: `${content.length - 1} bytes`,
    good: [{ start: 0, end: content.length - 1 }],
  });
  await rm(target);
  expect(await check()).toEqual({ state: "missing" });
});

test("only the damaged piece is fetched again", async () => {
  await fetchAll();
  await damage(PIECE_BYTES + 77);
  const found = await check();
  if (found.state !== "damaged") throw new Error(found.state);
  expect(found.good).toEqual([
    { start: 0, end: PIECE_BYTES },
    { start: 2 * PIECE_BYTES, end: content.length },
  ]);
  server.requests.length = 0;
  await reopen(target, file, found.good);
  expect((await readdir(root)).filter((name) => name === sha256)).toEqual([]);
  await fetchAll();
  expect(server.requests.map(({ range }) => range)).toEqual([`bytes=${PIECE_BYTES}-${2 * PIECE_BYTES - 1}`]);
  expect((await readFile(target)).equals(content)).toBe(true);
  expect((await readdir(root)).sort()).toEqual([sha256, "sums"].sort());
});

test("without sums the file is compared with its source, and what differs replaced", async () => {
  await fetchAll();
  await rm(sumsFolder(), { recursive: true });
  await damage(5);
  const found = await check();
  if (found.state !== "damaged") throw new Error(found.state);
  await reopen(target, file, found.good);
  server.requests.length = 0;
  await fetchAll();
  // The first piece, and one that was compared at the same time.
  expect(server.requests.length).toBeLessThanOrEqual(2);
  expect((await readFile(target)).equals(content)).toBe(true);
});

test("sums that lie are found out by the hash of the whole", async () => {
  await fetchAll();
  await damage(5);
  await damage(PIECE_BYTES + 5);
  // Believed wrongly: the first piece.
  await reopen(target, file, [{ start: 0, end: PIECE_BYTES }]);
  await fetchAll();
  expect((await readFile(target)).equals(content)).toBe(true);
});

test("another name of the damaged file keeps its bytes: they belong to another program", async () => {
  await fetchAll();
  await damage(5);
  const theirs = join(root, "theirs");
  await link(target, theirs);
  await copyFile(theirs, join(root, "before"));
  await reopen(target, file, []);
  await fetchAll();
  expect((await readFile(theirs)).equals(await readFile(join(root, "before")))).toBe(true);
  expect((await readFile(target)).equals(content)).toBe(true);
});

test("sums of nonsense are none", async () => {
  await fetchAll();
  for (const text of ["", "{}", '{"version":1,"size":3}', '{"version":2}', "[".repeat(9999)]) {
    await writeFile(join(sumsFolder(), `${sha256}.json`), text);
    expect(await readSums(sumsFolder(), file)).toBeUndefined();
  }
});

test("bytes that are written over are hashed again: what is said of the file is true of what lies there", async () => {
  const { Partial } = await import("../../src/store/partial.js");
  const partial = await Partial.open(target, file, { root, hasher });
  const wrong = Buffer.from(content.subarray(0, PIECE_BYTES));
  wrong[9] = (wrong[9] ?? 0) ^ 1;
  await partial.write(0, content);
  expect((await partial.digest()).hex).toBe(sha256);
  // As a second connection might, late.
  await partial.write(0, wrong);
  expect((await partial.digest()).hex).not.toBe(sha256);
  await partial.write(0, content.subarray(0, PIECE_BYTES));
  expect((await partial.digest()).hex).toBe(sha256);
  await partial.finish();
});

test("a file that is begun anew while its hash lags behind is hashed from its new beginning", async () => {
  const { Partial } = await import("../../src/store/partial.js");
  const partial = await Partial.open(target, file, { root, hasher });
  for (let times = 0; times < 5; times++) {
    await partial.write(0, Buffer.alloc(3 * PIECE_BYTES, times));
    partial.restart();
  }
  await partial.write(0, content);
  expect((await partial.digest()).hex).toBe(sha256);
  await partial.finish();
  expect((await readFile(target)).equals(content)).toBe(true);
});

test.each([
  ["cut off", (whole: Buffer) => whole.subarray(0, 2 * PIECE_BYTES), 2],
  ["grown", (whole: Buffer) => Buffer.concat([whole, Buffer.from("more")]), 0],
])("of a file that was %s only what is missing is fetched", async (_what, change, requests) => {
  await fetchAll();
  await writeFile(target, change(content));
  const found = await check();
  if (found.state !== "damaged") throw new Error(found.state);
  await reopen(target, file, found.good);
  server.requests.length = 0;
  await fetchAll();
  expect(server.requests).toHaveLength(requests);
  expect((await readFile(target)).equals(content)).toBe(true);
});

test("a source that sends wrong bytes costs none of those that are as they were", async () => {
  await fetchAll();
  await damage(PIECE_BYTES + 77);
  const found = await check();
  if (found.state !== "damaged") throw new Error(found.state);
  await reopen(target, file, found.good);
  const wrong = Buffer.from(content.map((byte) => byte ^ 1));
  await server.close();
  server = await startPlainServer(({ serve }) => serve(wrong));
  const http = createHttp({ endpoint: "http://127.0.0.1:1" });
  const sumsOf = (of: KnownFile) => readSums(sumsFolder(), of);
  const again = async () => {
    for await (const _ of download([{ file, url: server.url, target, root }], { http, hasher, sumsOf })) {
      // Nothing is looked at.
    }
  };
  await expect(again()).rejects.toMatchObject({ code: "checksum-mismatch" });
  // The piece, and once more to compare it.
  expect(server.requests.map(({ range }) => range)).toEqual(
    Array(2).fill(`bytes=${PIECE_BYTES}-${2 * PIECE_BYTES - 1}`),
  );
  await server.close();
  server = await startPlainServer(({ serve }) => serve(content));
  await again();
  expect(server.requests).toHaveLength(1);
  expect((await readFile(target)).equals(content)).toBe(true);
});
