// Downloads that go wrong: nothing that is not the file ever gets its name, and nothing that is good is thrown away.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RepoSnapshot } from "../../src/model/types.js";
import { failureOf } from "../support/failure-of.js";
import type { Fault } from "../support/fake-hub.js";
import { bytes, openRoom, type Room } from "../support/store-room.js";

const ID = "acme/tiny-GGUF";
const weights = bytes(400_000);
let room: Room;
let snapshot: RepoSnapshot;
beforeEach(async () => {
  room = await openRoom([{ id: ID, files: { "m.gguf": weights, "note.txt": Buffer.from("a small file") } }]);
  snapshot = await room.snapshot(ID);
});
afterEach(() => room.close());

const sha256 = () => snapshot.files.find(({ path }) => path === "m.gguf")?.sha256 ?? "";
const stored = () => readFile(join(room.store.layout(ID).blobs, sha256()));
const ranges = () => room.fake.requests.filter(({ host }) => host === "cdn").map(({ headers }) => headers.range);
const partials = async () => (await room.blobs(ID)).filter((name) => name.endsWith(".incomplete"));
const journal = async () => join(room.store.layout(ID).blobs, `${(await partials())[0]}.ranges`);
/** Leaves a partial file of about half, the way a broken line does. */
async function breakOff(after = 200_000): Promise<void> {
  room.fake.faults.set("m.gguf", { at: "cdn", dropAfter: after });
  const stopped = new AbortController();
  const sleep = async () => stopped.abort(new Error("gave up"));
  await expect(room.fetch(snapshot, ["m.gguf"], { sleep, signal: stopped.signal })).rejects.toThrow("gave up");
  room.fake.faults.clear();
  room.fake.requests.length = 0;
}

describe("wrong bytes leave nothing behind", () => {
  test.each<[string, string, Fault, string]>([
    ["a flipped byte", "m.gguf", { corruptAt: 123_456 }, "checksum-mismatch"],
    ["a flipped byte in a small file", "note.txt", { corruptAt: 3 }, "checksum-mismatch"],
    ["a file stored short", "m.gguf", { truncateAt: 300_000 }, "size-mismatch"],
    ["a small file stored short", "note.txt", { truncateAt: 3 }, "size-mismatch"],
    ["a length that is too small", "m.gguf", { wrongContentLength: 399_999 }, "size-mismatch"],
    ["a length that is too large", "m.gguf", { wrongContentLength: 400_001 }, "size-mismatch"],
    ["a web page from the storage host", "m.gguf", { at: "cdn", html: true }, "malformed-reply"],
    ["a web page from the Hub", "m.gguf", { at: "hub", html: true }, "malformed-reply"],
    ["another file of other length", "m.gguf", { at: "cdn", status: 200, body: "x".repeat(999) }, "size-mismatch"],
    ["a chunked reply that goes on", "m.gguf", chunked("x".repeat(400_001)), "size-mismatch"],
    ["a chunked reply that ends early", "m.gguf", chunked("x".repeat(10)), "size-mismatch"],
    ["other bytes of the right length", "m.gguf", chunked("x".repeat(400_000)), "checksum-mismatch"],
    ["an answer without content", "m.gguf", { at: "cdn", status: 204 }, "malformed-reply"],
    ["a refused range", "m.gguf", { at: "cdn", status: 416 }, "malformed-reply"],
    ["a range beyond the end", "m.gguf", beyond(300_000), "size-mismatch"],
    ["a range called beyond the end that is not", "m.gguf", beyond(400_000), "malformed-reply"],
    ["a compressed file", "m.gguf", { at: "cdn", headers: { "content-encoding": "gzip" } }, "malformed-reply"],
  ])("%s", async (_what, path, fault, code) => {
    room.fake.faults.set(path, fault);
    expect((await failureOf(room.fetch(snapshot, [path]))).code).toBe(code);
    expect(await room.blobs(ID)).toEqual([]);
    // What the hash refuses has been compared with the source already.
    expect(room.waits).toEqual(code === "checksum-mismatch" ? [] : [500]);
    // And the next pull, on a better day, is not misled by anything.
    room.fake.faults.clear();
    await room.pull(ID);
    expect((await stored()).equals(weights)).toBe(true);
  });

  test("the failure of one file stops the others, whose beginnings are kept", async () => {
    room.fake.faults.set("m.gguf", { at: "cdn", stallAfter: 100_000 });
    room.fake.faults.set("note.txt", { corruptAt: 0, delayMs: 300 });
    // Far longer than this test may take: waiting for the silent server would fail it.
    expect((await failureOf(room.fetch(snapshot, undefined, { stallMs: 50_000 }))).code).toBe("checksum-mismatch");
    expect(await partials()).toHaveLength(1);
    expect(await readdir(room.store.layout(ID).root)).toEqual(["blobs"]);
  }, 10_000);
});

function beyond(end: number): Fault {
  return { at: "cdn", status: 416, headers: { "content-range": `bytes */${end}` } };
}

function chunked(body: string): Fault {
  return { at: "cdn", status: 200, body, headers: { "content-length": null, "transfer-encoding": "chunked" } };
}

describe("what may pass is tried again", () => {
  test.each<[string, Fault, number[]]>([
    ["a 503", { times: 2, status: 503 }, [500, 1000]],
    ["a 429 that says when", { times: 1, status: 429, headers: { "retry-after": "7" } }, [8000]],
    [
      "a 429 with the Hub's own header",
      { times: 1, status: 429, headers: { ratelimit: '"resolvers";r=0;t=3' } },
      [4000],
    ],
    ["a 503 that says when", { times: 1, status: 503, headers: { "retry-after": "2" } }, [3000]],
    ["a 408", { times: 1, at: "cdn", status: 408 }, [500]],
    ["a refusal of the storage host", { times: 1, at: "cdn", status: 403 }, [500]],
    ["a captive portal's page", { times: 1, html: true }, [500]],
    ["a web page from the storage host", { times: 1, at: "cdn", html: true }, [500]],
    ["an answer without content", { times: 1, at: "cdn", status: 204 }, [500]],
    ["a length that is too small", { times: 1, at: "cdn", wrongContentLength: 399_999 }, [500]],
    ["a file of another length", { times: 1, at: "cdn", truncateAt: 300_000 }, [500]],
    ["a reply without length that is too short", { ...chunked("x".repeat(10)), times: 1 }, [500]],
    ["a reply without length that is too long", { ...chunked("x".repeat(400_001)), times: 1 }, [500]],
    ["a compressed file", { times: 1, at: "cdn", headers: { "content-encoding": "gzip" } }, [500]],
  ])("%s", async (_what, fault, waits) => {
    room.fake.faults.set("m.gguf", fault);
    await room.fetch(snapshot, ["m.gguf"]);
    expect((await stored()).equals(weights)).toBe(true);
    expect(room.waits).toEqual(waits);
  });

  test.each([404, 401, 400])("but not a %i", async (status) => {
    room.fake.faults.set("m.gguf", { at: "cdn", status });
    expect((await failureOf(room.fetch(snapshot, ["m.gguf"]))).code).toBe("hub-failed");
    expect(room.waits).toEqual([]);
  });

  test("a second strange reply ends it, unless one came right in between", async () => {
    const page: Fault = { times: 1, at: "cdn", html: true };
    room.fake.faults.set("m.gguf", page, { times: 1, at: "cdn", dropAfter: 30_000 }, page);
    expect((await failureOf(room.fetch(snapshot, ["m.gguf"]))).code).toBe("malformed-reply");
    expect(room.waits).toEqual([500, 1000]);
    room.fake.faults.set("m.gguf", page, { times: 1, at: "cdn", headers: {} }, page);
    await room.fetch(snapshot, ["m.gguf"]);
    expect(room.waits).toEqual([500, 1000, 500, 500]);
  });

  test("a wait of more than five minutes is left to a person", async () => {
    room.fake.faults.set("m.gguf", { status: 429, headers: { "retry-after": "3600" } });
    const failure = await failureOf(room.fetch(snapshot, ["m.gguf"]));
    expect(failure).toMatchObject({ code: "rate-limited", facts: { retryAfterSeconds: 3600 } });
  });

  test("a server that never recovers is given up in the end", async () => {
    room.fake.faults.set("m.gguf", { status: 500 });
    expect((await failureOf(room.fetch(snapshot, ["m.gguf"]))).code).toBe("hub-failed");
    expect(room.waits).toEqual([500, 1000, 2000, 4000]);
  });

  test("a broken line goes on where it broke, with each byte asked for once", async () => {
    room.fake.faults.set("m.gguf", { times: 1, at: "cdn", dropAfter: 150_000 });
    await room.fetch(snapshot, ["m.gguf"]);
    expect((await stored()).equals(weights)).toBe(true);
    const [first, second] = ranges();
    expect(first).toBeUndefined();
    const from = Number(/^bytes=(\d+)-399999$/.exec(second ?? "")?.[1]);
    expect(from).toBeGreaterThan(0);
    expect(from).toBeLessThanOrEqual(150_000);
  });

  test("pieces that do not make the file are compared with the source and mended", async () => {
    room.fake.faults.set(
      "m.gguf",
      { times: 1, at: "cdn", dropAfter: 150_000 },
      { times: 1, at: "cdn", corruptAt: 300_000 },
    );
    await room.fetch(snapshot, ["m.gguf"]);
    expect((await stored()).equals(weights)).toBe(true);
    expect(ranges()).toEqual([undefined, expect.stringMatching(/^bytes=/), undefined]);
  });

  test("a server that falls silent is left after the stall time", async () => {
    room.fake.faults.set("m.gguf", { times: 1, at: "cdn", stallAfter: 100_000 });
    await room.fetch(snapshot, ["m.gguf"], { stallMs: 300 });
    expect((await stored()).equals(weights)).toBe(true);
    const retry = room.events.find((event) => event.type === "retry");
    expect(retry).toMatchObject({ reason: "nothing came for 0.3 seconds" });
  });
});

test("a server that drips is left for another connection", async () => {
  room.fake.faults.set("m.gguf", { times: 1, at: "cdn", bytesPerSecond: 100 });
  await room.fetch(snapshot, ["m.gguf"], { stallMs: 500 });
  expect((await stored()).equals(weights)).toBe(true);
  const retry = room.events.find((event) => event.type === "retry");
  expect(retry).toMatchObject({ reason: expect.stringMatching(/^only \d+ bytes came in 0\.\d seconds$/) });
  expect(ranges()).toHaveLength(2);
});

describe("what an earlier run left", () => {
  test("is gone on with: an abort keeps every byte", async () => {
    await breakOff();
    expect(await partials()).toHaveLength(1);
    await room.fetch(snapshot, ["m.gguf"]);
    expect((await stored()).equals(weights)).toBe(true);
    expect(ranges()).toEqual([expect.stringMatching(/^bytes=[1-9]\d+-399999$/)]);
    expect(await room.blobs(ID)).toEqual([sha256()]);
  });

  test("counts as present before the disk is measured", async () => {
    await breakOff();
    const { missing } = await room.store.inspect(snapshot, snapshot.files);
    expect(missing).toHaveLength(2);
    const kept = await room.store.keptBytes(snapshot, snapshot.files);
    expect(kept).toBeGreaterThan(0);
    expect(kept).toBeLessThanOrEqual(200_000);
  });

  test("and was damaged since is mended", async () => {
    await breakOff();
    const [name = ""] = await partials();
    const path = join(room.store.layout(ID).blobs, name);
    const damaged = await readFile(path);
    damaged[1000] = (damaged[1000] ?? 0) ^ 1;
    await writeFile(path, damaged);
    await room.fetch(snapshot, ["m.gguf"]);
    expect((await stored()).equals(weights)).toBe(true);
    expect(ranges()).toEqual([expect.stringMatching(/^bytes=/), undefined]);
  });

  test("without its journal is not believed", async () => {
    await breakOff();
    await writeFile(await journal(), "{");
    await room.fetch(snapshot, ["m.gguf"]);
    expect(ranges()).toEqual([undefined]);
    expect(await room.blobs(ID)).toEqual([sha256()]);
  });

  test("before the machine stopped counts as far as it was flushed", async () => {
    await breakOff();
    const path = await journal();
    const [first = ""] = (await readFile(path, "utf8")).split("\n");
    const head = JSON.parse(first);
    const earlier = JSON.stringify({ ...head, bootedAt: head.bootedAt - 86_400 });
    await writeFile(path, [earlier, "=0", "0-1234", "5000-6000", "=2", "1234-2000", ""].join("\n"));
    await room.fetch(snapshot, ["m.gguf"]);
    expect(ranges().sort()).toEqual(["bytes=1234-4999", "bytes=6000-399999"]);
    expect((await stored()).equals(weights)).toBe(true);
  });

  test("of another file is not gone on with", async () => {
    await breakOff();
    const path = await journal();
    const [first = "", ...lines] = (await readFile(path, "utf8")).split("\n");
    const head = JSON.parse(first);
    await writeFile(path, [JSON.stringify({ ...head, size: head.size + 1 }), ...lines].join("\n"));
    await room.fetch(snapshot, ["m.gguf"]);
    expect(ranges()).toEqual([undefined]);
    expect(await room.blobs(ID)).toEqual([sha256()]);
  });

  test("is started over when the server knows no ranges", async () => {
    await breakOff();
    room.fake.faults.set("m.gguf", { at: "cdn", noRange: true });
    await room.fetch(snapshot, ["m.gguf"]);
    expect((await stored()).equals(weights)).toBe(true);
  });

  test("is gone on with when one of several servers knows no ranges", async () => {
    await breakOff();
    room.fake.faults.set("m.gguf", { at: "cdn", noRange: true, times: 2 });
    await room.fetch(snapshot, ["m.gguf"]);
    expect((await stored()).equals(weights)).toBe(true);
    const [first, ...others] = ranges();
    expect([first, others]).toEqual([expect.stringMatching(/^bytes=[1-9]/), [first, first]]);
  });

  test("is started over when the range is refused", async () => {
    await breakOff();
    room.fake.faults.set("m.gguf", { at: "cdn", times: 1, status: 416 });
    await room.fetch(snapshot, ["m.gguf"]);
    expect((await stored()).equals(weights)).toBe(true);
  });

  test.each<[string, Fault]>([
    ["a captive portal's page", { html: true }],
    [
      "a page of other type and length",
      { status: 200, body: "Please log in", headers: { "content-type": "text/plain" } },
    ],
    ["another range", { at: "cdn", headers: { "content-range": "bytes 5-399999/400000" } }],
    ["a range of another file", { at: "cdn", headers: { "content-range": "bytes 0-9/10" } }],
  ])("outlives %s", async (_what, fault) => {
    await breakOff();
    room.fake.faults.set("m.gguf", fault);
    expect((await failureOf(room.fetch(snapshot, ["m.gguf"]))).code).toMatch(/^(malformed-reply|size-mismatch)$/);
    room.fake.faults.clear();
    room.fake.requests.length = 0;
    await room.fetch(snapshot, ["m.gguf"]);
    expect(ranges()).toEqual([expect.stringMatching(/^bytes=[1-9]/)]);
    expect((await stored()).equals(weights)).toBe(true);
  });
});
