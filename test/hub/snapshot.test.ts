import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import type { HttpOptions } from "../../src/hub/http.js";
import { createHub } from "../../src/hub/hub.js";
import { isRepoId, type RepoId } from "../../src/model/types.js";
import { failureOf } from "../support/failure-of.js";
import { type FakeHub, type FakeHubOptions, startFakeHub } from "../support/fake-hub.js";

let fake: FakeHub;
afterEach(() => fake?.close());

async function start(options: FakeHubOptions, http: Partial<HttpOptions> = {}) {
  fake = await startFakeHub(options);
  return createHub({ endpoint: fake.endpoint, ...http });
}

function repoId(text: string): RepoId {
  if (!isRepoId(text)) throw new Error(text);
  return text;
}

const ID = repoId("acme/tiny-GGUF");
const gguf = Buffer.from("GGUF weights");
const files = { "tiny-Q4_K_M.gguf": gguf, "README.md": Buffer.from("# Tiny\n"), "docs/a/b.txt": Buffer.from("b") };

describe("snapshot", () => {
  test("holds every file of a listing of several pages, without folders", async () => {
    const hub = await start({ repos: [{ id: ID, files }], pageSize: 2, blobs: false });
    const snapshot = await hub.snapshot(ID);
    const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");
    expect(snapshot.files.map(({ path, size }) => [path, size])).toEqual([
      ["README.md", 7],
      ["docs/a/b.txt", 1],
      ["tiny-Q4_K_M.gguf", 12],
    ]);
    expect(snapshot.files[0]).toEqual({ path: "README.md", size: 7, gitOid: sha1("blob 7\0# Tiny\n") });
    expect(snapshot.files[2]?.sha256).toBe(createHash("sha256").update(gguf).digest("hex"));
    expect(snapshot).toMatchObject({ repo: ID, revision: "main", gated: false });
    // 3 files and 2 folders.
    expect(fake.requests.filter(({ path }) => path.includes("/tree/"))).toHaveLength(3);
  });

  test("stays at the commit it found, though the branch moves", async () => {
    const hub = await start({ repos: [{ id: ID, files: { "notes.txt": Buffer.from("old") } }] });
    const before = await hub.snapshot(ID);
    const moved = await fake.push({
      id: ID,
      files: { "notes.txt": Buffer.from("newer"), "more.txt": Buffer.from("1") },
    });
    expect(await hub.readText(before, "notes.txt", 100)).toBe("old");
    const after = await hub.snapshot(ID);
    expect([after.commit, after.files.length]).toEqual([moved, 2]);
    expect(after.commit).not.toBe(before.commit);
    expect((await hub.snapshot(ID, before.commit)).files).toEqual(before.files);
    // Only the first question names the branch.
    const others = fake.requests.filter(({ path }) => !path.includes("/revision/"));
    expect(others.filter(({ path }) => path.includes("main"))).toEqual([]);
  });

  test("lists the commit found, though the branch moves between the two calls", async () => {
    const hub = await start({ repos: [{ id: ID, files: { "notes.txt": Buffer.from("old") } }], blobs: false });
    fake.faults.set(`${ID}:tree`, { delayMs: 200 });
    const asked = hub.snapshot(ID);
    await expect.poll(() => fake.requests.some(({ path }) => path.includes("/tree/")), { interval: 5 }).toBe(true);
    await fake.push({ id: ID, files: { "notes.txt": Buffer.from("newer") } });
    expect((await asked).files).toMatchObject([{ size: 3 }]);
  });

  test.each([["release"], ["v1"], ["refs/pr/1"], ["feature/x"]])("takes the branch or tag %s", async (revision) => {
    const other = "1".repeat(40);
    const branches = { release: other, "refs/pr/1": other, "feature/x": other };
    const hub = await start({ repos: [{ id: ID, files, branches, tags: { v1: other } }] });
    expect(await hub.snapshot(ID, revision)).toMatchObject({ commit: other, revision });
  });

  test("takes an abbreviated commit", async () => {
    const commit = "abcdef0123".repeat(4);
    const hub = await start({ repos: [{ id: ID, files, commit }] });
    expect((await hub.snapshot(ID, "abcdef01")).commit).toBe(commit);
  });

  test("refuses another commit than the one asked for", async () => {
    const commit = "a".repeat(40);
    const hub = await start({ repos: [{ id: ID, files, commit }] });
    fake.faults.set(`${ID}:info`, { json: { id: ID, sha: "b".repeat(40), gated: false } });
    expect(await failureOf(hub.snapshot(ID, commit))).toMatchObject({ code: "malformed-reply" });
  });

  test("tells the present name after a rename, and its files can be read", async () => {
    const old = repoId("acme/old-name");
    const hub = await start({ repos: [{ id: ID, files, renamedFrom: old }] });
    const snapshot = await hub.snapshot(old);
    expect(snapshot.repo).toBe(ID);
    expect(await hub.readText(snapshot, "README.md", 100)).toBe("# Tiny\n");
    await hub.checkAccess(old);
    expect(fake.requests.slice(0, 2).map(({ status }) => status)).toEqual([307, 200]);
  });

  test.each([
    [undefined, { license: [], baseModels: [] }],
    [{}, { license: [], baseModels: [] }],
    [{ license: "mit" }, { license: ["mit"], baseModels: [] }],
    [
      { license: ["mit", "apache-2.0"], base_model: "a/b" },
      { license: ["mit", "apache-2.0"], baseModels: ["a/b"], baseRelation: "quantized" },
    ],
    [
      { license: "other", license_name: "acme", license_link: "LICENSE", base_model: ["a/b", "c/d"] },
      {
        license: ["other"],
        licenseName: "acme",
        licenseLink: "LICENSE",
        baseModels: ["a/b", "c/d"],
        baseRelation: "quantized",
      },
    ],
  ])("reads the card %j", async (card, expected) => {
    const hub = await start({ repos: [{ id: ID, files, ...(card === undefined ? {} : { card }) }] });
    expect((await hub.snapshot(ID)).card).toEqual(expected);
  });

  test("encodes names segment by segment", async () => {
    const odd = "a folder/50% #1&+ü.txt";
    const hub = await start({ repos: [{ id: ID, files: { [odd]: Buffer.from("odd") } }] });
    const snapshot = await hub.snapshot(ID);
    expect(snapshot.files.map(({ path }) => path)).toEqual([odd]);
    expect(await hub.readText(snapshot, odd, 100)).toBe("odd");
  });
});

describe("without the tree", () => {
  const trees = () => fake.requests.filter(({ path }) => path.includes("/tree/")).length;

  test("one request tells commit, sizes and hashes, as the tree does", async () => {
    const repos = [{ id: ID, files, card: { license: "mit" } }];
    const hub = await start({ repos });
    const snapshot = await hub.snapshot(ID);
    expect(fake.requests.map(({ url }) => url)).toEqual([`/api/models/${ID}/revision/main?blobs=true`]);
    await fake.close();
    expect(await (await start({ repos, blobs: false })).snapshot(ID)).toEqual(snapshot);
    expect(trees()).toBe(1);
  });

  test("a list that may be cut is asked for again", async () => {
    const many = (count: number) => {
      return Object.fromEntries(Array.from({ length: count }, (_, at) => [`${at}.txt`, Buffer.from("x")]));
    };
    for (const [count, asked] of [
      [1000, 0],
      [1001, 1],
    ] as const) {
      await fake?.close();
      const hub = await start({ repos: [{ id: ID, files: many(count) }], pageSize: 2000 });
      expect([(await hub.snapshot(ID)).files.length, trees()]).toEqual([count, asked]);
    }
  });

  const plain = { rfilename: "m.gguf", size: 5, blobId: "c".repeat(40), lfs: { sha256: "d".repeat(64), size: 5 } };
  test.each([
    ["no list", undefined],
    ["an empty list", []],
    ["names only", [plain, { rfilename: "b" }]],
    ["no object", [plain, 7]],
    ["a size below zero", [{ ...plain, size: -1 }]],
    ["two sizes", [{ ...plain, size: 6 }]],
    ["a hash that is none", [{ ...plain, lfs: { sha256: "d", size: 5 } }]],
    ["no hash", [{ ...plain, lfs: { size: 5 } }]],
    ["no blob", [{ ...plain, blobId: undefined }]],
  ])("%s: the tree has the last word", async (_what, siblings) => {
    const hub = await start({ repos: [{ id: ID, files, commit: "a".repeat(40) }] });
    fake.faults.set(`${ID}:info`, { json: { id: ID, sha: "a".repeat(40), gated: false, siblings } });
    expect([(await hub.snapshot(ID)).files.length, trees()]).toEqual([3, 1]);
  });
});

describe("hostile listings", () => {
  test.each([
    ["../evil", "leaves its folder"],
    ["a/../../evil", "leaves its folder"],
    ["/etc/passwd", "is an absolute path"],
    ["C:/evil", "holds a colon"],
    ["a\\b", "holds a backslash"],
    ["a\u001b[2Jb", "holds control characters"],
    ["a\0b", "holds control characters"],
    ["aux.gguf", "is a device name on Windows"],
    ["dots.", "ends in a dot or a space"],
    ["\u202egguf.exe", "holds characters that reverse the text"],
    ["a?b", "holds a character that Windows forbids"],
  ])("%j is set aside, the rest can be used", async (path, reason) => {
    const hub = await start({ repos: [{ id: ID, files: { ...files, [path]: Buffer.from("x") } }] });
    const snapshot = await hub.snapshot(ID);
    expect(snapshot.files.map((file) => file.path).sort()).toEqual(Object.keys(files).sort());
    expect(snapshot.refused).toEqual(new Map([[path, reason]]));
    expect(await hub.readText(snapshot, "README.md", 100)).toBe("# Tiny\n");
    fake.requests.length = 0;
    const asked = hub.readText(snapshot, path, 100);
    expect(await failureOf(asked)).toMatchObject({ code: "unsafe-name", facts: { name: path, reason } });
    expect(fake.requests).toEqual([]);
  });

  test("names that clash where case does not count are set aside, all of them", async () => {
    const hub = await start({ repos: [{ id: ID, files: { "a.txt": gguf, "A.TXT": gguf, "b.txt": gguf } }] });
    const snapshot = await hub.snapshot(ID);
    expect(snapshot.files.map((file) => file.path)).toEqual(["b.txt"]);
    expect([...(snapshot.refused?.keys() ?? [])].sort()).toEqual(["A.TXT", "a.txt"]);
  });
});

const entry = { type: "file", oid: "c".repeat(40), size: 5, path: "m.gguf" };
const lfs = { oid: "d".repeat(64), size: 5, pointerSize: 130 };

describe("replies of a wrong shape", () => {
  test.each([
    ["no array", { error: "no" }],
    ["null", null],
    ["text", "abc"],
    ["entries that are no objects", [1]],
    ["null entries", [null]],
    ["unknown type", [{ ...entry, type: "unknown" }]],
    ["no path", [{ ...entry, path: undefined }]],
    ["path a number", [{ ...entry, path: 7 }]],
    ["no oid", [{ ...entry, oid: undefined }]],
    ["oid not hex", [{ ...entry, oid: "../../x" }]],
    ["negative size", [{ ...entry, size: -1 }]],
    ["fractional size", [{ ...entry, size: 0.5 }]],
    ["size beyond what is exact", [{ ...entry, size: 2 ** 60 }]],
    ["size as text", [{ ...entry, size: "5" }]],
    ["lfs not an object", [{ ...entry, lfs: "x" }]],
    ["lfs.oid not a sha256", [{ ...entry, lfs: { ...lfs, oid: "d".repeat(40) } }]],
    ["two sizes", [{ ...entry, lfs: { ...lfs, size: 6 } }]],
  ])("a tree: %s", async (_what, entries) => {
    const hub = await start({ repos: [{ id: ID, files }], blobs: false });
    fake.faults.set(`${ID}:tree`, { entries });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({ code: "malformed-reply" });
  });

  test("a tree of the right shape passes", async () => {
    const hub = await start({ repos: [{ id: ID, files }], blobs: false });
    fake.faults.set(`${ID}:tree`, {
      entries: [
        { ...entry, lfs },
        { type: "directory", path: "d", oid: "x", size: 0 },
      ],
    });
    expect((await hub.snapshot(ID)).files).toEqual([{ path: "m.gguf", size: 5, gitOid: entry.oid, sha256: lfs.oid }]);
  });

  const info = { _id: "1", id: ID, sha: "a".repeat(40), gated: false };
  test.each([
    ["an array", []],
    ["null", null],
    ["no sha", { ...info, sha: undefined }],
    ["sha not a commit", { ...info, sha: "main" }],
    ["no id", { ...info, id: undefined }],
    ["id leads elsewhere", { ...info, id: "../../etc" }],
    ["gated true", { ...info, gated: true }],
    ["card a list", { ...info, cardData: [] }],
    ["license a number", { ...info, cardData: { license: 1 } }],
    ["licenses not all text", { ...info, cardData: { license: ["mit", {}] } }],
    ["license_name a list", { ...info, cardData: { license_name: [] } }],
  ])("a model's info: %s", async (_what, json) => {
    const hub = await start({ repos: [{ id: ID, files }] });
    fake.faults.set(`${ID}:info`, { json });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({ code: "malformed-reply" });
  });

  test("a base_model that is no text is the name of nothing", async () => {
    const hub = await start({ repos: [{ id: ID, files, commit: info.sha }] });
    fake.faults.set(`${ID}:info`, { json: { ...info, cardData: { base_model: ["a/b", { c: "d" }, 7, null] } } });
    expect((await hub.snapshot(ID)).card.baseModels).toEqual(["a/b", '{"c":"d"}', "7", "null"]);
  });

  test("a gate prompt without end is cut off", async () => {
    const hub = await start({ repos: [{ id: ID, files, commit: info.sha }] });
    const card = { extra_gated_heading: "Please", extra_gated_prompt: "x".repeat(1_000_000) };
    fake.faults.set(`${ID}:info`, { json: { ...info, cardData: card } });
    const { gatePrompt } = await hub.snapshot(ID);
    expect([gatePrompt?.length, gatePrompt?.slice(0, 10)]).toEqual([65_536, "Please\n\nxx"]);
  });

  test.each([[`${ID}:info`], [`${ID}:tree`]])("a web page instead of %s", async (key) => {
    const hub = await start({ repos: [{ id: ID, files }], blobs: false });
    fake.faults.set(key, { html: true });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({ code: "malformed-reply" });
  });
});

describe("pages", () => {
  test("without end are given up", async () => {
    const hub = await start({ repos: [{ id: ID, files }], blobs: false });
    fake.faults.set(`${ID}:tree`, { entries: [], link: "self" });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({
      code: "malformed-reply",
      facts: { reason: "more than 200 pages" },
    });
    expect(fake.requests.length).toBeLessThan(210);
  });

  test("are not followed to another host", async () => {
    const hub = await start({ repos: [{ id: ID, files }], blobs: false, token: "hf_secret" }, { token: "hf_secret" });
    fake.faults.set(`${ID}:tree`, { entries: [], link: `${fake.cdn}/api/models/${ID}/tree/x` });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({
      code: "malformed-reply",
      facts: { reason: "the next page is on another host" },
    });
    expect(fake.requests.filter(({ host }) => host === "cdn")).toEqual([]);
  });

  test("with too many files are given up", async () => {
    const hub = await start({ repos: [{ id: ID, files }], blobs: false });
    const entries = Array.from({ length: 100_001 }, (_, index) => ({ ...entry, path: `f${index}` }));
    fake.faults.set(`${ID}:tree`, { entries });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({ facts: { reason: "lists too many files" } });
  });

  test("that are too long are given up", async () => {
    const hub = await start({ repos: [{ id: ID, files }], blobs: false });
    fake.faults.set(`${ID}:tree`, { entries: [{ ...entry, path: "x".repeat(17 * 1024 * 1024) }] });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({
      code: "malformed-reply",
      facts: { reason: expect.stringContaining("longer than") },
    });
  });
});
