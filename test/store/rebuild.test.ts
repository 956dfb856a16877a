// The list of models when its file is lost, broken or newer, and what the disk tells then.
import { mkdir, readdir, readFile, realpath, rename, rm, stat, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Sha256, StoredModel } from "../../src/model/types.js";
import { copyPath } from "../../src/store/index-file.js";
import type { Rebuilt } from "../../src/store/model-index.js";
import { ownFolder } from "../../src/store/own-files.js";
import { writeOwnRecord } from "../../src/store/own-record.js";
import { findUnlisted } from "../../src/store/rebuild.js";
import { Store } from "../../src/store/store.js";
import { failureOf } from "../support/failure-of.js";
import { openRoom, type Room } from "../support/store-room.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const ID = "org/m-GGUF";
const weights = Buffer.concat([tinyGguf(), Buffer.alloc(50_000)]);
const other = Buffer.concat([tinyGguf(), Buffer.alloc(60_000)]);

let room: Room;
let store: Store;
let index: string;
let told: Rebuilt[];
beforeEach(async () => {
  const files = { "m-Q4_K_M.gguf": weights, "m-Q8_0.gguf": other, "README.md": Buffer.from("hello") };
  room = await openRoom([{ id: ID, files }]);
  index = join(room.state, "index.json");
  told = [];
  store = new Store({ hubCache: room.cache, state: room.state, data: join(room.cache, "../data") }, (news) =>
    told.push(news),
  );
});
afterEach(() => room.close());

const pullBoth = async () => {
  await room.pull(ID, ["m-Q4_K_M.gguf"], "four");
  await room.pull(ID, ["m-Q8_0.gguf"], "eight");
};
const names = async () => (await store.list()).map(({ name }) => name).sort();

/** Breaks the list, and takes its copy away. */
async function breakIndex(text = ""): Promise<void> {
  await mkdir(dirname(index), { recursive: true });
  await rm(copyPath(index), { force: true });
  await writeFile(index, text);
}

async function loseBoth(): Promise<void> {
  await rm(index);
  await rm(copyPath(index));
}

/** A model of oslm's own, with its record. */
async function putOwn(name = "mine"): Promise<StoredModel> {
  const sha256 = "a".repeat(64) as StoredModel["files"][number]["sha256"];
  const path = join(ownFolder(store.data, sha256), "mine.gguf");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, weights);
  const model: StoredModel = {
    name,
    ref: "./mine.gguf",
    repo: null,
    commit: null,
    quant: "Q4_K_M",
    size: weights.length,
    path,
    files: [{ path: "mine.gguf", size: weights.length, sha256 }],
    license: { id: "apache-2.0", class: "permissive" },
    addedAt: "2026-02-02T00:00:00.000Z",
    lastUsedAt: null,
  };
  await writeOwnRecord(store.data, model);
  return model;
}

test("a list that never was is empty: what other programs stored is not looked for", async () => {
  await pullBoth();
  await loseBoth();
  expect(await names()).toEqual([]);
  expect(told).toEqual([]);
});

test.each([
  ["empty", ""],
  ["of another kind", "[1,2]"],
  ["not text", "\u0000\u0000\u0000\u0000"],
])("a list that is %s is set aside and made anew from the disk, once", async (_what, text) => {
  await pullBoth();
  const own = await putOwn();
  await breakIndex(text);
  expect(await names()).toEqual(["mine", `${ID}:Q4_K_M`, `${ID}:Q8_0`]);
  const models = await store.list();
  expect(models.find(({ name }) => name === "mine")).toEqual(own);
  expect(models.find(({ quant }) => quant === "Q8_0")).toMatchObject({
    repo: ID,
    size: other.length,
    license: { id: "unknown", class: "unknown" },
    adopted: true,
    unchecked: true,
  });
  expect(told).toEqual([{ aside: `${index}.broken`, models: 3, unknown: 2 }]);
  expect(await readFile(`${index}.broken`, "utf8")).toBe(text);
});

test("of a list that was cut off, what can be read keeps its names, licenses and dates", async () => {
  await pullBoth();
  const before = await store.list();
  await rm(copyPath(index));
  await truncate(index, (await readFile(index)).length - 300);
  const after = await store.list();
  expect(after.map(({ name }) => name).sort()).toEqual(["four", `${ID}:Q8_0`]);
  expect(after.find(({ name }) => name === "four")).toEqual(before.find(({ name }) => name === "four"));
});

const atIndex: Record<string, () => Promise<void>> = {
  lost: () => rm(index),
  empty: () => truncate(index, 0),
  "cut off": async () => truncate(index, (await readFile(index)).length - 300),
  "a folder": async () => {
    await rm(index);
    await mkdir(index);
  },
};
test.each(Object.keys(atIndex))(
  "a list that is %s comes back from its copy with all that no disk tells",
  async (what) => {
    await pullBoth();
    const four = (await store.list()).find(({ name }) => name === "four");
    if (four) await store.record({ ...four, name: "mine", license: { id: "llama3", class: "community" } });
    const elsewhere = join(room.state, "mine.gguf");
    await writeFile(elsewhere, weights);
    const { mtimeMs } = await stat(elsewhere);
    const file = { path: "mine.gguf", size: weights.length, sha256: four?.files[0]?.sha256 ?? ("" as Sha256), mtimeMs };
    if (four)
      await store.record({ ...four, name: "by-path", repo: null, commit: null, path: elsewhere, files: [file] });
    const before = await store.recorded();
    expect(before).toHaveLength(4);
    await atIndex[what]?.();
    expect(await store.recorded()).toHaveLength(4);
    expect(await store.recorded()).toEqual(expect.arrayContaining([...before]));
    expect(told).toEqual([{ aside: what === "lost" ? null : `${index}.broken`, models: 4, unknown: 0 }]);
    expect((await store.list()).length).toBe(4);
  },
);

test("what a copy says counts only where the files are, and the disk adds what it does not say", async () => {
  await room.pull(ID, ["m-Q4_K_M.gguf"], "four");
  const own = await putOwn();
  await store.record(own);
  const copy = await readFile(copyPath(index), "utf8");
  await room.pull(ID, ["m-Q8_0.gguf"], "eight");
  await rm(own.path);
  await writeFile(copyPath(index), copy.replace("four", "vier"));
  await rm(index);
  expect(await names()).toEqual([`${ID}:Q8_0`, "vier"]);
  expect(told).toEqual([{ aside: null, models: 2, unknown: 1 }]);
});

test("a copy that is hostile or of a newer oslm is treated as the list itself", async () => {
  await pullBoth();
  const [good] = await store.recorded();
  const bad = { ...good, name: "bad", files: [{ ...good?.files[0], path: "../../../etc/passwd" }] };
  await writeFile(copyPath(index), JSON.stringify({ version: 1, models: [bad] }));
  await rm(index);
  expect(await names()).toEqual([`${ID}:Q4_K_M`, `${ID}:Q8_0`]);
  await rm(index);
  await writeFile(copyPath(index), '{"version":2,"models":[]}');
  expect(await failureOf(store.list())).toMatchObject({ code: "newer-index", facts: { path: copyPath(index) } });
});

test("the record of a damaged model stays: with it the rest can be fetched", async () => {
  await pullBoth();
  const four = (await store.list()).find(({ name }) => name === "four");
  await truncate(await realpath(four?.path ?? ""), 1000);
  await rm((await store.list()).find(({ name }) => name === "eight")?.path ?? "");
  expect((await store.index.rebuild()).map(({ name }) => name)).toEqual(["four"]);
  expect(await names()).toEqual([]);
});

test("a record that makes no sense is not lost silently, and the others stay", async () => {
  await room.pull(ID, ["m-Q4_K_M.gguf"], "good");
  const [good] = (JSON.parse(await readFile(index, "utf8")) as { models: StoredModel[] }).models;
  const bad = [
    null,
    { ...good, repo: "../../etc" },
    { ...good, commit: ".." },
    { ...good, files: [{ ...good?.files[0], path: "../../../../etc/passwd" }] },
    { ...good, files: [] },
    { ...good, license: { id: "x", class: "free-beer" } },
  ];
  for (const one of bad) {
    await writeFile(index, JSON.stringify({ version: 1, models: [one, good] }));
    expect(await names()).toEqual(["good"]);
  }
  expect(told).toHaveLength(bad.length);
});

test("a newer oslm's list is neither read nor written", async () => {
  await pullBoth();
  const text = JSON.stringify({ version: 2, models: {} });
  await writeFile(index, text);
  expect(await failureOf(store.list())).toMatchObject({
    code: "newer-index",
    facts: { path: index, version: 2, known: 1 },
  });
  expect(await failureOf(store.record(await putOwn()))).toMatchObject({ code: "newer-index" });
  expect(await failureOf(store.index.rebuild())).toMatchObject({ code: "newer-index" });
  expect(await readFile(index, "utf8")).toBe(text);
  expect((await readdir(room.state)).filter((name) => name.includes("broken"))).toEqual([]);
});

test("only what is whole is listed: no cut off file, and no record without its files", async () => {
  await pullBoth();
  const own = await putOwn();
  // Cut within its last tensor.
  const cut = (await store.list()).find(({ name }) => name === "eight");
  await truncate(await realpath(cut?.path ?? ""), tinyGguf().length - 40);
  await rename(own.path, `${own.path}.gone`);
  await breakIndex();
  expect(await names()).toEqual([`${ID}:Q4_K_M`]);
});

test("files moved to another folder are found where they lie", async () => {
  const own = await putOwn();
  const moved = join(store.data, "elsewhere");
  await rename(dirname(own.path), moved);
  await breakIndex();
  expect((await store.list()).map(({ path }) => path)).toEqual([join(moved, "mine.gguf")]);
});

test.each(["null", "{}", '{"repo":"org/x"}', "x".repeat(2_000_000)])(
  "a record of no sense in our folder is no model",
  async (text) => {
    const own = await putOwn();
    await writeFile(join(dirname(own.path), "model.json"), text);
    await breakIndex();
    expect(await names()).toEqual([]);
  },
);

test("a rebuilt record vouches for no bytes: they are hashed before a pull trusts them", async () => {
  await room.pull(ID, ["m-Q4_K_M.gguf"], "four");
  const snapshot = await room.snapshot(ID);
  const file = snapshot.files.find(({ path }) => path === "m-Q4_K_M.gguf") ?? { path: "", size: 0, gitOid: "" };
  const wrong = Buffer.concat([tinyGguf(), Buffer.alloc(50_000, 1)]);
  await writeFile(store.layout(ID).blob(file), wrong);
  await breakIndex();
  expect(await names()).toEqual([`${ID}:Q4_K_M`]);
  expect((await store.inspect(snapshot, [file])).present).toEqual([]);
});

test("what no record names is counted without being hashed, and added when asked", async () => {
  await pullBoth();
  await putOwn();
  await loseBoth();
  await room.pull(ID, ["m-Q4_K_M.gguf"], "four");
  const unlisted = await findUnlisted(store.disk, await store.list());
  expect([unlisted.found.map(({ quant }) => quant), unlisted.own.map(({ name }) => name)]).toEqual([
    ["Q8_0"],
    ["mine"],
  ]);
  expect((await store.index.rebuild()).map(({ name }) => name).sort()).toEqual(["four", "mine", `${ID}:Q8_0`]);
  expect(told).toEqual([]);
});
