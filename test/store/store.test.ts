// The index and the cache together: what is listed is here and whole, and nothing is trusted for its name alone.
import { mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { snapshotDownload } from "@huggingface/hub";
import { afterEach, beforeEach, expect, test } from "vitest";
import { linkSnapshot } from "../../src/store/link-snapshot.js";
import { Store } from "../../src/store/store.js";
import { failureOf } from "../support/failure-of.js";
import { bytes, openRoom, type Room } from "../support/store-room.js";

const ID = "acme/tiny-GGUF";
const COPY = "acme/copy-GGUF";
const weights = bytes(50_000);
const files = { "m.gguf": weights, "sub/README.md": Buffer.from("# Tiny\n") };

let room: Room;
beforeEach(async () => {
  room = await openRoom([
    { id: ID, files },
    { id: COPY, files },
  ]);
});
afterEach(() => room.close());

const names = async () => (await room.store.list()).map((model) => model.name);
const contents = () => room.fake.requests.filter(({ path }) => path.includes("/resolve/"));

test("what is added is listed with its files and survives a new start", async () => {
  const model = await room.pull(ID, undefined, "tiny");
  expect(await new Store({ hubCache: room.cache, state: room.state, data: `${room.state}/data` }).list()).toEqual([
    model,
  ]);
  expect(model).toMatchObject({ name: "tiny", repo: ID, size: 50_007, lastUsedAt: null });
  expect(await readFile(model.path)).toHaveLength(50_000);
  await room.store.touch(model, new Date("2026-02-03T04:05:06Z"));
  expect((await room.store.list())[0]?.lastUsedAt).toBe("2026-02-03T04:05:06.000Z");
});

test("pulling again replaces the record", async () => {
  await room.pull(ID, undefined, "tiny");
  await room.pull(ID, undefined, "tiny");
  expect(await names()).toEqual(["tiny"]);
});

test("a model that another tool deleted or cut short is not listed", async () => {
  const { path } = await room.pull(ID, undefined, "tiny");
  await room.pull(COPY, undefined, "copy");
  await rm(path);
  expect(await names()).toEqual(["copy"]);
  await writeFile(room.store.layout(COPY).blob(await file(COPY)), "short");
  expect(await names()).toEqual([]);
});

test("the cache may move", async () => {
  await room.pull(ID);
  const elsewhere = join(dirname(room.cache), "moved");
  await rename(room.cache, elsewhere);
  expect(await names()).toEqual([]);
  const [model] = await new Store({ hubCache: elsewhere, state: room.state, data: `${room.state}/data` }).list();
  expect((await readFile(model?.path ?? "")).equals(weights)).toBe(true);
});

test("many records written at once are all kept", async () => {
  const { path: _, ...model } = await room.pull(ID, undefined, "tiny");
  const snapshot = await room.snapshot(ID);
  const add = (name: string) =>
    new Store({ hubCache: room.cache, state: room.state, data: `${room.state}/data` }).add(snapshot, snapshot.files, {
      ...model,
      name,
    });
  await Promise.all(["a", "b", "c", "d"].map(add));
  expect((await names()).sort()).toEqual(["a", "b", "c", "d", "tiny"]);
});

test("what another tool fetched is used once it has been hashed", async () => {
  await snapshotDownload({ repo: ID, hubUrl: room.fake.endpoint, cacheDir: room.cache });
  const sent = contents().length;
  await room.pull(ID);
  expect(contents()).toHaveLength(sent);
  expect((await readFile((await room.store.list())[0]?.path ?? "")).equals(weights)).toBe(true);
});

test("wrong bytes that another tool stored under the right name are replaced", async () => {
  const blob = room.store.layout(ID).blob(await file(ID));
  await mkdir(dirname(blob), { recursive: true });
  await writeFile(blob, bytes(50_000, 9));
  await room.pull(ID);
  expect((await readFile(blob)).equals(weights)).toBe(true);
});

test("a record of one repository vouches for no blob of another", async () => {
  await room.pull(ID);
  const blob = room.store.layout(COPY).blob(await file(COPY));
  await mkdir(dirname(blob), { recursive: true });
  await writeFile(blob, bytes(50_000, 9));
  await room.pull(COPY);
  expect((await readFile(blob)).equals(weights)).toBe(true);
});

test("a blob that is a link to elsewhere is no blob", async () => {
  const elsewhere = join(dirname(room.cache), "elsewhere");
  await writeFile(elsewhere, weights);
  const blob = room.store.layout(ID).blob(await file(ID));
  await mkdir(dirname(blob), { recursive: true });
  await symlink(elsewhere, blob);
  const { missing } = await room.store.inspect(await room.snapshot(ID), [await file(ID)]);
  expect(missing).toHaveLength(1);
});

test.each(["blobs", "snapshots", "refs"])("nothing is written through a link in place of %s", async (name) => {
  const elsewhere = join(dirname(room.cache), "elsewhere");
  await mkdir(elsewhere);
  const { root } = room.store.layout(ID);
  await mkdir(root, { recursive: true });
  await symlink(elsewhere, join(root, name));
  expect((await failureOf(room.pull(ID))).code).toBe("linked-folder");
  expect(await names()).toEqual([]);
});

test("a file that has gone before it is named is not recorded", async () => {
  const snapshot = await room.snapshot(ID);
  const license = { id: "mit", class: "permissive" } as const;
  const add = room.store.add(snapshot, snapshot.files, { name: "x", ref: "x", quant: "Q8_0", license, addedAt: "" });
  expect((await failureOf(add)).code).toBe("file-not-found");
  expect(await names()).toEqual([]);
});

test.each([["hardlink"], ["move"]] as const)("where there is no symbolic link: %s", async (kind) => {
  const snapshot = await room.snapshot(ID);
  await room.fetch(snapshot);
  await linkSnapshot(room.store.layout(ID), snapshot, snapshot.files, [kind]);
  const sent = contents().length;
  const model = await room.pull(ID);
  expect(contents()).toHaveLength(sent);
  expect(await names()).toEqual([ID]);
  expect(await room.blobs(ID)).toHaveLength(kind === "move" ? 0 : 2);
  expect(await room.store.remove([model])).toBe(50_007);
  expect(await room.blobs(ID)).toEqual([]);
});

async function file(repo: string) {
  const found = (await room.snapshot(repo)).files.find(({ path }) => path === "m.gguf");
  if (found === undefined) throw new Error("no m.gguf");
  return found;
}
