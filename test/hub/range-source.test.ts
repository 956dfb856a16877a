import { afterEach, describe, expect, test } from "vitest";
import { createHub } from "../../src/hub/hub.js";
import { parseContentRange } from "../../src/hub/range-source.js";
import { isRepoId, type RepoId } from "../../src/model/types.js";
import { failureOf } from "../support/failure-of.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";

let fake: FakeHub;
afterEach(() => fake?.close());

function repoId(text: string): RepoId {
  if (!isRepoId(text)) throw new Error(text);
  return text;
}

const ID = repoId("acme/tiny-GGUF");
const bytes = Buffer.from(Uint8Array.from({ length: 5000 }, (_, index) => index % 251));

async function start() {
  fake = await startFakeHub({ repos: [{ id: ID, files: { "m.gguf": bytes, "n.txt": Buffer.from("small text") } }] });
  const hub = createHub({ endpoint: fake.endpoint, retry: { sleep: async () => {} } });
  const snapshot = await hub.snapshot(ID);
  const [file, small] = snapshot.files;
  if (file === undefined || small === undefined) throw new Error("no files");
  return { hub, snapshot, file, small, source: hub.rangeSource(snapshot, file) };
}

describe("rangeSource", () => {
  test.each([
    [0, 1],
    [0, 5000],
    [1234, 567],
    [4990, 100],
    [5000, 10],
    [9000, 10],
    [10, 0],
  ])("read(%i, %i) gives those bytes", async (offset, length) => {
    const { source } = await start();
    expect(source.size).toBe(5000);
    expect(Buffer.from(await source.read(offset, length))).toEqual(bytes.subarray(offset, offset + length));
  });

  test("reads small files too, and several places at once", async () => {
    const { hub, snapshot, small, source } = await start();
    const text = hub.rangeSource(snapshot, small).read(6, 4);
    const [a, b, c] = await Promise.all([source.read(0, 10), source.read(2500, 10), text]);
    expect([Buffer.from(a), Buffer.from(b)]).toEqual([bytes.subarray(0, 10), bytes.subarray(2500, 2510)]);
    expect(Buffer.from(c).toString()).toBe("text");
  });

  test.each([
    [-1, 1],
    [0, -1],
    [0.5, 1],
    [0, Number.NaN],
  ])("read(%d, %d) is a mistake of the caller", async (offset, length) => {
    const { source } = await start();
    await expect(source.read(offset, length)).rejects.toThrow(RangeError);
  });

  test("reads the beginning from a server that ignores ranges, and keeps what came", async () => {
    const { source } = await start();
    fake.faults.set("m.gguf", { at: "cdn", noRange: true });
    expect(Buffer.from(await source.read(10, 10)).equals(bytes.subarray(10, 20))).toBe(true);
    expect(Buffer.from(await source.read(4000, 9000)).equals(bytes.subarray(4000))).toBe(true);
    expect(fake.requests.filter(({ host }) => host === "cdn")).toHaveLength(1);
    await fake.close();
    const short = await start();
    fake.faults.set("m.gguf", { at: "cdn", noRange: true, truncateAt: 4999 });
    expect((await failureOf(short.source.read(10, 10))).code).toBe("size-mismatch");
  });

  test("hangs up on a large file as soon as the beginning has come", async () => {
    const large = Buffer.alloc(3_000_000, "large");
    fake = await startFakeHub({ repos: [{ id: ID, files: { "m.gguf": large } }] });
    const hub = createHub({ endpoint: fake.endpoint, stallMs: 1_000, retry: { sleep: async () => {} } });
    const snapshot = await hub.snapshot(ID);
    const [file] = snapshot.files;
    if (file === undefined) throw new Error("no file");
    // Silence follows: waiting for the rest would time this test out.
    fake.faults.set("m.gguf", { at: "cdn", noRange: true, stallAfter: 2_000_000 });
    expect((await hub.rangeSource(snapshot, file).read(0, 100)).length).toBe(100);
    expect((await failureOf(hub.rangeSource(snapshot, file).read(2_999_990, 10))).code).toBe("network");
  }, 10_000);

  test.each([
    ["other bytes", "bytes 11-20/5000"],
    ["more bytes", "bytes 10-20/5000"],
    ["no bytes", "bytes 10-9/5000"],
    ["fewer bytes than come", "bytes 10-18/5000"],
    ["nonsense", "10-19"],
    ["nothing", null],
  ])("refuses a Content-Range that tells of %s", async (_what, range) => {
    const { source } = await start();
    fake.faults.set("m.gguf", { headers: { "content-range": range } });
    expect(await failureOf(source.read(10, 10))).toMatchObject({ code: "malformed-reply" });
  });

  test("refuses more bytes than were asked for, though the server says so", async () => {
    const { source } = await start();
    const headers = { "content-range": "bytes 10-20/5000" };
    fake.faults.set("m.gguf", { at: "cdn", status: 206, body: "x".repeat(11), headers });
    expect((await failureOf(source.read(10, 10))).code).toBe("malformed-reply");
  });

  test("takes what comes of a range, and asks for the rest", async () => {
    const { source } = await start();
    fake.faults.set("m.gguf", { at: "cdn", atMost: 200 });
    expect(Buffer.from(await source.read(10, 999)).equals(bytes.subarray(10, 1009))).toBe(true);
    const asked = fake.requests.filter(({ host }) => host === "cdn").map(({ headers }) => headers.range);
    expect(asked).toEqual([10, 210, 410, 610, 810].map((from) => `bytes=${from}-1008`));
    // Not byte by byte.
    fake.faults.set("m.gguf", { at: "cdn", atMost: 1 });
    const facts = { reason: "answers bytes 0-999 with more than 64 parts" };
    expect(await failureOf(source.read(0, 1000))).toMatchObject({ code: "malformed-reply", facts });
    expect((await source.read(0, 64)).length).toBe(64);
  });

  test("refuses a file of another size than listed", async () => {
    const { source } = await start();
    fake.faults.set("m.gguf", { headers: { "content-range": "bytes 10-19/6000" } });
    const facts = { file: "m.gguf", expected: 5000, actual: 6000 };
    expect(await failureOf(source.read(10, 10))).toMatchObject({ code: "size-mismatch", facts });
    fake.faults.set("m.gguf", { truncateAt: 15 });
    expect((await failureOf(source.read(10, 10))).code).toBe("size-mismatch");
  });

  test("refuses more or fewer bytes than the range has", async () => {
    const { source } = await start();
    fake.faults.set("m.gguf", { wrongContentLength: 5 });
    expect((await failureOf(source.read(10, 10))).code).toBe("malformed-reply");
    fake.faults.set("m.gguf", { dropAfter: 5 });
    expect((await failureOf(source.read(10, 10))).code).toBe("network");
  });

  test("takes a total that the server does not know", async () => {
    const { source } = await start();
    fake.faults.set("m.gguf", { headers: { "content-range": "bytes 10-19/*" } });
    expect(Buffer.from(await source.read(10, 10))).toEqual(bytes.subarray(10, 20));
  });

  test("asks the Hub again when the signed address has expired", async () => {
    const { source } = await start();
    await source.read(0, 10);
    fake.expireLinks();
    expect(Buffer.from(await source.read(0, 10))).toEqual(bytes.subarray(0, 10));
  });
});

describe("readText", () => {
  test("reads up to its limit and no further", async () => {
    const { hub, snapshot } = await start();
    expect(await hub.readText(snapshot, "n.txt", 10)).toBe("small text");
    const failure = await failureOf(hub.readText(snapshot, "n.txt", 9));
    expect(failure).toMatchObject({ code: "malformed-reply", facts: { reason: "is longer than 9 bytes" } });
  });

  test("refuses a file of another length than listed", async () => {
    const { hub, snapshot } = await start();
    fake.faults.set("n.txt", { truncateAt: 4 });
    const facts = { file: "n.txt", expected: 10, actual: 4 };
    expect(await failureOf(hub.readText(snapshot, "n.txt", 100))).toMatchObject({ code: "size-mismatch", facts });
  });

  test("closes the connection of a file that is too long", async () => {
    const { hub, snapshot } = await start();
    fake.faults.set("m.gguf", { stallAfter: 2000 });
    expect((await failureOf(hub.readText(snapshot, "m.gguf", 1000))).code).toBe("malformed-reply");
  });
});

test.each([
  ["bytes 0-99/1000", { start: 0, end: 99, total: 1000 }],
  ["bytes 5-5/*", { start: 5, end: 5 }],
  ["bytes */1000", undefined],
  ["bytes 0-99", undefined],
  ["bytes 0-99/1000, bytes 5-6/1000", undefined],
  ["bytes -1-99/1000", undefined],
  ["items 0-99/1000", undefined],
  ["bytes 0-99/1e3", undefined],
  [`bytes 0-${"9".repeat(30)}/1000`, undefined],
  ["", undefined],
  [null, undefined],
])("Content-Range %j", (header, expected) => expect(parseContentRange(header)).toEqual(expected));
