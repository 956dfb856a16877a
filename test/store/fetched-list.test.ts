// The list of what was fetched only to be converted: what is believed of it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { CommitSha, RepoId } from "../../src/model/types.js";
import { FetchedList } from "../../src/store/fetched-list.js";

const repo = "org/m" as RepoId;
const commit = "c".repeat(40) as CommitSha;
const [A, B] = ["a".repeat(64), "b".repeat(40)];
let state: string;
let list: FetchedList;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "oslm-fetched-"));
  list = new FetchedList(state, repo, commit);
});
afterEach(() => rmSync(state, { recursive: true }));

it("adds up over interruptions, and is gone when cleared", async () => {
  expect(await list.read()).toEqual({ files: [], kept: false });
  await list.add([{ path: "x.safetensors", size: 1, sha256: A as never, gitOid: "" }]);
  await list.add([{ path: "config.json", size: 1, gitOid: B }]);
  const both = [
    { path: "x.safetensors", blob: A },
    { path: "config.json", blob: B },
  ];
  expect(await list.read()).toEqual({ files: both, kept: false });
  const [found] = await FetchedList.all(state, repo);
  expect([found?.commit, (await found?.read())?.files]).toEqual([commit, both]);
  expect(await FetchedList.all(state, "org/m2" as RepoId)).toEqual([]);
  await list.clear();
  expect(await FetchedList.all(state, repo)).toEqual([]);
});

it("knows that its files were asked to be kept, and of none that there is nothing to keep", async () => {
  await list.keep();
  expect(await FetchedList.all(state, repo)).toEqual([]);
  await list.add([{ path: "config.json", size: 1, gitOid: B }]);
  await list.keep();
  await list.add([{ path: "x.safetensors", size: 1, sha256: A as never, gitOid: "" }]);
  const { files, kept } = await list.read();
  expect([files.length, kept]).toEqual([2, true]);
});

it.each([
  ["no JSON", "{"],
  ["no list", '{"files":7}'],
  ["a way out of the folder", JSON.stringify({ files: [{ path: "../../x", blob: A }] })],
  ["a blob that is none", JSON.stringify({ files: [{ path: "x", blob: "../x" }] })],
])("takes %s for nothing", async (_, text) => {
  mkdirSync(join(state, "checkpoints"));
  writeFileSync(join(state, "checkpoints", `org--m--${commit}.json`), text);
  expect((await list.read()).files).toEqual([]);
});

it("is of repositories and commits only", () => {
  expect(() => new FetchedList(state, "../m" as RepoId, commit)).toThrow(RangeError);
});
