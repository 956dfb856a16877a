// Removal takes a model's files and nothing that anybody else uses.
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { scanCacheDir } from "@huggingface/hub";
import { afterEach, expect, test } from "vitest";
import { bytes, openRoom, type Room } from "../support/store-room.js";

const ID = "acme/tiny-GGUF";
const small = bytes(40_000);
const large = bytes(60_000, 2);
const shared = bytes(20_000, 3);
const files = { "q4.gguf": small, "q8.gguf": large, "mmproj.gguf": shared };

let room: Room;
afterEach(() => room?.close());

const scan = async () => (await scanCacheDir(room.cache)).warnings;
const exists = (path: string) =>
  readFile(path).then(
    () => true,
    () => false,
  );

test("the last model takes the whole repository with it", async () => {
  room = await openRoom([{ id: ID, files: { ...files, "sub/deep/README.md": Buffer.from("x") } }]);
  const model = await room.pull(ID);
  await mkdir(join(room.store.layout(ID).root, ".no_exist", model.commit), { recursive: true });
  expect(await room.store.remove([model])).toBe(120_001);
  expect(await readdir(room.cache)).toEqual([".locks"]);
  expect(await room.store.list()).toEqual([]);
  expect(await scan()).toEqual([]);
});

test("a file that another model uses stays, and goes with that", async () => {
  room = await openRoom([{ id: ID, files }]);
  const q4 = await room.pull(ID, ["q4.gguf", "mmproj.gguf"], "q4");
  const q8 = await room.pull(ID, ["q8.gguf", "mmproj.gguf"], "q8");
  expect(await room.store.remove([q4])).toBe(40_000);
  expect((await room.store.list()).map(({ name }) => name)).toEqual(["q8"]);
  expect(await scan()).toEqual([]);
  expect(await room.store.remove([q8])).toBe(80_000);
  expect(await readdir(room.cache)).toEqual([".locks"]);
});

test("a blob that a snapshot of another commit links to stays", async () => {
  room = await openRoom([{ id: ID, files: { "q4.gguf": small } }]);
  const old = await room.pull(ID, undefined, "old");
  await room.fake.push({ id: ID, files: { "q4.gguf": small, "README.md": Buffer.from("new") } });
  const fresh = await room.pull(ID, ["q4.gguf"], "fresh");
  expect(fresh.commit).not.toBe(old.commit);
  expect(await room.store.remove([old])).toBe(0);
  expect((await readFile(fresh.path)).equals(small)).toBe(true);
  expect(await readdir(room.store.layout(ID).snapshots)).toEqual([fresh.commit]);
  expect(await scan()).toEqual([]);
});

test("files and refs of other tools stay", async () => {
  room = await openRoom([{ id: ID, files }]);
  const model = await room.pull(ID, ["q4.gguf"]);
  const { blobs, refs, snapshots } = room.store.layout(ID);
  const theirs = [
    join(snapshots, model.commit, "config.json"),
    join(blobs, `${"c".repeat(64)}.incomplete`),
    // huggingface_hub writes the ref before the first file of the snapshot.
    join(refs, "other"),
  ];
  for (const path of theirs) await writeFile(path, path.endsWith("other") ? "d".repeat(40) : "theirs");
  await room.store.remove([model]);
  for (const path of theirs) expect(await exists(path)).toBe(true);
  expect(await exists(model.path)).toBe(false);
  expect(await readFile(join(refs, "main"), "utf8")).toBe(model.commit);
});

test("what an interrupted download left of another file stays", async () => {
  room = await openRoom([{ id: ID, files }]);
  const model = await room.pull(ID, ["q4.gguf"]);
  room.fake.faults.set("q8.gguf", { at: "cdn", dropAfter: 30_000 });
  const stopped = new AbortController();
  const sleep = async () => stopped.abort(new Error("stop"));
  const snapshot = await room.snapshot(ID);
  await expect(room.fetch(snapshot, ["q8.gguf"], { sleep, signal: stopped.signal })).rejects.toThrow("stop");
  await room.store.remove([model]);
  expect(await room.store.keptBytes(snapshot, snapshot.files)).toBeGreaterThan(0);
});

test("no link leads the removal out of the cache", async () => {
  room = await openRoom([{ id: ID, files: { "sub/q4.gguf": small } }]);
  const model = await room.pull(ID);
  const outside = join(dirname(room.cache), "outside");
  await mkdir(outside);
  await writeFile(join(outside, "q4.gguf"), "precious");
  const folder = dirname(model.path);
  await rm(folder, { recursive: true });
  await symlink(outside, folder);
  expect(await room.store.remove([model])).toBe(0);
  expect(await readFile(join(outside, "q4.gguf"), "utf8")).toBe("precious");
});

test("an entry that leads to a file elsewhere goes, and the file stays", async () => {
  room = await openRoom([{ id: ID, files: { "q4.gguf": small } }]);
  const model = await room.pull(ID);
  const outside = join(dirname(room.cache), "precious");
  await writeFile(outside, "precious");
  await rm(model.path);
  await symlink(outside, model.path);
  await room.store.remove([model]);
  expect(await readFile(outside, "utf8")).toBe("precious");
  expect(await exists(model.path)).toBe(false);
});

test("a file stays for a model that has lost another one: the rest of it can be fetched", async () => {
  room = await openRoom([{ id: ID, files }]);
  const both = await room.pull(ID, ["q4.gguf", "mmproj.gguf"], "both");
  const other = await room.pull(ID, ["q4.gguf"], "other");
  const lost = both.files.find(({ path }) => path === "mmproj.gguf");
  await rm(join(room.store.layout(ID).blobs, lost?.sha256 ?? ""));
  expect(await room.store.remove([other])).toBe(0);
  expect(await exists(join(room.store.layout(ID).blobs, both.files[0]?.sha256 ?? ""))).toBe(true);
});
