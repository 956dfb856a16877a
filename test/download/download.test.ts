// A download that goes well: the right bytes in the right places, as every other tool of the cache expects them.
import { createHash } from "node:crypto";
import { readdir, readFile, readlink, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { scanCacheDir } from "@huggingface/hub";
import { afterEach, expect, test } from "vitest";
import { createHub } from "../../src/hub/hub.js";
import { checkFree } from "../../src/store/check-free.js";
import { failureOf } from "../support/failure-of.js";
import { sharedGgufs } from "../support/shared.js";
import { bytes, openRoom, type Room, repoId, TOKEN } from "../support/store-room.js";

const ID = "acme/tiny-GGUF";
const weights = bytes(300_000);
const nested = bytes(70_000, 2);
const readme = Buffer.from("# Tiny\n");
const files = {
  "m-Q8_0.gguf": weights,
  "sub/dir/n-Q8_0.gguf": nested,
  "README.md": readme,
  "empty.txt": Buffer.alloc(0),
};
const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

let room: Room;
afterEach(() => room?.close());

test("every file is what the Hub has, and @huggingface/hub scans the cache without a warning", async () => {
  room = await openRoom([{ id: ID, files }]);
  const model = await room.pull(ID);
  for (const [path, data] of Object.entries(files)) {
    const place = room.store.layout(ID).snapshotFile(model.commit, path);
    expect((await readFile(place)).equals(data)).toBe(true);
    expect(model.files.find((file) => file.path === path)).toEqual({ path, size: data.length, sha256: sha256(data) });
  }
  const scan = await scanCacheDir(room.cache);
  expect(scan.warnings).toEqual([]);
  expect(scan.repos).toHaveLength(1);
  expect(scan.repos[0]?.id).toEqual({ type: "model", name: ID });
  expect(scan.repos[0]?.revisions).toMatchObject([{ commitOid: model.commit, refs: ["main"] }]);
});

test("the layout is huggingface_hub's: blobs by hash, relative links, the commit in refs", async () => {
  room = await openRoom([{ id: ID, files }]);
  const { commit } = await room.pull(ID);
  const root = join(room.cache, "models--acme--tiny-GGUF");
  const gitSha1 = (data: Buffer) => createHash("sha1").update(`blob ${data.length}\0`).update(data).digest("hex");
  expect(await room.blobs(ID)).toEqual(
    [sha256(weights), sha256(nested), gitSha1(readme), gitSha1(Buffer.alloc(0))].sort(),
  );
  expect(await readlink(join(root, "snapshots", commit, "m-Q8_0.gguf"))).toBe(`../../blobs/${sha256(weights)}`);
  expect(await readlink(join(root, "snapshots", commit, "sub/dir/n-Q8_0.gguf"))).toBe(
    `../../../../blobs/${sha256(nested)}`,
  );
  expect(await readFile(join(root, "refs/main"), "utf8")).toBe(commit);
  expect((await readdir(root)).sort()).toEqual(["blobs", "refs", "snapshots"]);
});

test("a commit leaves no ref, a branch with a slash lies in a folder, and one that would leave the cache gets none", async () => {
  const commit = "a".repeat(40);
  const branches = { main: commit, "refs/pr/1": commit, "../../../evil": commit };
  room = await openRoom([{ id: ID, files: { "m.gguf": weights }, commit, branches }]);
  const refs = join(room.cache, "models--acme--tiny-GGUF", "refs");
  await room.pull(ID, undefined, "x", commit);
  await room.pull(ID, undefined, "x", commit.slice(0, 9));
  expect(await readdir(refs)).toEqual([]);
  await room.pull(ID, undefined, "x", "refs/pr/1");
  expect(await readFile(join(refs, "refs/pr/1"), "utf8")).toBe(commit);
  const snapshot = { ...(await room.snapshot(ID)), revision: "../../../evil" };
  const license = { id: "mit", class: "permissive" } as const;
  await room.store.add(snapshot, snapshot.files, { name: "x", ref: "x", quant: "Q8_0", license, addedAt: "" });
  expect(await readdir(refs)).toEqual(["refs"]);
  expect(await readdir(join(room.cache, ".."))).toEqual(["hub", "state"]);
});

test("a second pull asks for nothing but the listing", async () => {
  room = await openRoom([{ id: ID, files }]);
  await room.pull(ID);
  const before = room.fake.requests.length;
  await room.pull(ID);
  const after = room.fake.requests.slice(before);
  expect(after.filter(({ path }) => path.includes("/resolve"))).toEqual([]);
  expect(after.filter(({ host }) => host === "cdn")).toEqual([]);
});

test("two paths with the same bytes are fetched once and both there", async () => {
  room = await openRoom([{ id: ID, files: { "a.gguf": weights, "b.gguf": weights } }]);
  const { commit } = await room.pull(ID);
  const place = (path: string) => realpath(room.store.layout(ID).snapshotFile(commit, path));
  expect(await place("a.gguf")).toBe(await place("b.gguf"));
  expect(room.fake.requests.filter(({ host }) => host === "cdn")).toHaveLength(1);
});

test("every URL names the commit, though the branch moves on meanwhile", async () => {
  room = await openRoom([{ id: ID, files: { "m.gguf": weights } }]);
  const snapshot = await room.snapshot(ID);
  await room.fake.push({ id: ID, files: { "m.gguf": nested } });
  await room.fetch(snapshot);
  expect((await readFile(room.store.layout(ID).blob(snapshot.files[0] ?? never()))).equals(weights)).toBe(true);
});

test("the token goes to the Hub and to no other origin", async () => {
  room = await openRoom([{ id: ID, files, gated: "auto", access: "granted" }], { token: TOKEN, tokenSource: "test" });
  await room.pull(ID);
  const seen = (host: string) =>
    new Set(room.fake.requests.filter((one) => one.host === host).map(({ headers }) => headers.authorization));
  expect(seen("hub")).toEqual(new Set([`Bearer ${TOKEN}`]));
  expect(seen("cdn")).toEqual(new Set([undefined]));
});

test("offline opens no connection", async () => {
  room = await openRoom([{ id: ID, files }]);
  const hub = createHub({ endpoint: room.fake.endpoint, offline: true });
  expect((await failureOf(hub.snapshot(repoId(ID)))).code).toBe("offline");
  const sent = hub.http.send({ url: `${room.fake.endpoint}/x`, redirects: "anywhere" });
  expect((await failureOf(sent)).code).toBe("offline");
  expect(room.fake.requests).toEqual([]);
});

test("a gated repository stops before a byte is stored", async () => {
  room = await openRoom([{ id: ID, files: { "m.gguf": weights }, gated: "manual" }]);
  const failure = await failureOf(room.pull(ID));
  expect(failure).toMatchObject({ code: "gated", facts: { repo: ID, state: "sign-in" } });
  expect(await room.blobs(ID)).toEqual([]);
});

test("a disk that is too small is told before the first byte", async () => {
  room = await openRoom([{ id: ID, files }]);
  const failure = await failureOf(checkFree(room.store.hubCache, 2 ** 60));
  expect(failure).toMatchObject({ code: "disk-full", facts: { path: room.cache, need: 2 ** 60 } });
});

const [real] = sharedGgufs("models");
test.skipIf(real === undefined)("a real GGUF file arrives unchanged", async () => {
  const file = real ?? never();
  room = await openRoom([{ id: ID, files: { "real.gguf": { file } } }]);
  const model = await room.pull(ID);
  expect(model.size).toBe((await stat(file)).size);
  expect(sha256(await readFile(model.path))).toBe(sha256(await readFile(file)));
  expect(model.files[0]?.sha256).toBe(sha256(await readFile(file)));
});

function never(): never {
  throw new Error("not there");
}
