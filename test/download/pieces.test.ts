// Files of several pieces over several connections.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DownloadDeps, download } from "../../src/download/download.js";
import type { DownloadEvent, Job } from "../../src/download/job.js";
import { createHttp } from "../../src/hub/http.js";
import { PIECE_BYTES } from "../../src/model/piece-sums.js";
import { failureOf } from "../support/failure-of.js";
import { type Answering, type PlainServer, startPlainServer } from "../support/plain-server.js";
import { builtHasher, bytes } from "../support/store-room.js";

const content = bytes(4 * PIECE_BYTES + 12_345);
const sha256 = createHash("sha256").update(content).digest("hex");

let root: string;
let server: PlainServer;
const events: DownloadEvent[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "oslm-pieces-"));
  events.length = 0;
});
afterEach(async () => {
  await server.close();
  await rm(root, { recursive: true, force: true });
});

async function get(answer: (answering: Answering) => unknown, deps: Partial<DownloadDeps> = {}): Promise<void> {
  server = await startPlainServer(answer);
  await again(deps);
}

async function again(deps: Partial<DownloadDeps> = {}): Promise<void> {
  const file: Job["file"] = { path: "m.gguf", size: content.length, sha256: sha256 as never };
  const job: Job = { file, url: server.url, target: join(root, sha256), root };
  const hasher = builtHasher();
  try {
    const all = { http: createHttp({ endpoint: "http://127.0.0.1:1" }), hasher, sleep: async () => {}, ...deps };
    for await (const event of download([job], all)) events.push(event);
  } finally {
    await hasher.close();
  }
}

const stored = async () => (await readFile(join(root, sha256))).equals(content);
const asked = () => server.requests.map(({ range }) => range).sort();
const flipped = (at: number) => {
  const copy = Buffer.from(content);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
const pieceRange = (index: number) =>
  `bytes=${index * PIECE_BYTES}-${Math.min(content.length, (index + 1) * PIECE_BYTES) - 1}`;
const ALL_PIECES = [0, 1, 2, 3, 4].map(pieceRange).sort();

test("each piece is asked for once, several at a time, after one alone has shown that ranges work", async () => {
  let first = true;
  await get(({ response, serve }) => {
    if (first) expect(server?.busiest ?? 1).toBe(1);
    first = false;
    setTimeout(() => serve(content), 30);
    response.on("error", () => {});
  });
  expect(await stored()).toBe(true);
  expect(asked()).toEqual(ALL_PIECES);
  expect(server.busiest).toBeGreaterThan(1);
  expect(events.at(-1)).toEqual({ type: "verified", path: "m.gguf", downloaded: content.length });
  expect(await readdir(root)).toEqual([sha256]);
});

test("pauses of the server mix nothing up: what came before them is written, what comes after goes behind it", async () => {
  await get(({ request, response }) => {
    const [, from, to] = /(\d+)-(\d+)/.exec(request.headers.range ?? "") ?? [];
    const part = content.subarray(Number(from), Number(to) + 1);
    const contentRange = `bytes ${from}-${to}/${content.length}`;
    response.writeHead(206, { "content-length": part.length, "content-range": contentRange, etag: '"one"' });
    response.write(part.subarray(0, 100_000));
    // Longer than the time after which what is here is written.
    setTimeout(() => response.end(part.subarray(100_000)), 700);
  });
  expect(await stored()).toBe(true);
  expect(asked()).toEqual(ALL_PIECES);
  expect(events.map(({ type }) => type)).not.toContain("repair");
});

test("a server that knows no ranges is asked once", async () => {
  await get(({ response }) => response.writeHead(200, { "content-length": content.length }).end(content));
  expect(await stored()).toBe(true);
  expect(server.requests).toHaveLength(1);
});

const whole = ({ response }: Answering) =>
  response.writeHead(200, { "content-length": content.length, etag: '"one"' }).end(content);

test("one server of several that knows no ranges costs a request, not the ranges", async () => {
  const times = new Map<string, number>();
  await get((answering) => {
    const { range = "" } = answering.request.headers;
    times.set(range, (times.get(range) ?? 0) + 1);
    // Two of the pieces come upon it, one of them twice.
    const isOld = range === pieceRange(1) ? times.get(range) === 1 : range === pieceRange(3) && times.get(range) !== 3;
    return isOld ? whole(answering) : answering.serve(content);
  });
  expect(await stored()).toBe(true);
  expect(asked()).toEqual([...ALL_PIECES, pieceRange(1), pieceRange(3), pieceRange(3)].sort());
  expect(events.at(-1)).toMatchObject({ type: "verified", downloaded: content.length });
});

test("a server that knows ranges no more is asked three times before the whole is taken", async () => {
  await get((answering) => (answering.index < 1 ? answering.serve(content) : whole(answering)));
  expect(await stored()).toBe(true);
  // Several connections may find out at the same time.
  expect(server.requests.length).toBeGreaterThanOrEqual(4);
  expect(server.requests.length).toBeLessThanOrEqual(9);
});

test("an ETag is held against the next pieces; another one with other bytes is found by the hash and mended", async () => {
  const wrong = flipped(PIECE_BYTES + 5);
  await get(({ index, serve }) => serve(index === 1 ? wrong : content, { etag: index === 1 ? '"two"' : '"one"' }));
  expect(await stored()).toBe(true);
  expect(server.requests.slice(1).every(({ ifRange }) => ifRange !== undefined)).toBe(true);
});

test("hosts that give every reply another ETag are borne with", async () => {
  await get(({ index, serve }) => serve(content, { etag: `"${index}"` }));
  expect(await stored()).toBe(true);
});

test("a weak ETag is no condition", async () => {
  await get(({ serve }) => serve(content, { etag: 'W/"one"' }));
  expect(server.requests.map(({ ifRange }) => ifRange)).toEqual(Array(5).fill(undefined));
});

test("a file that has changed for good is refused with both hashes, and nothing stays", async () => {
  const other = flipped(7);
  const failure = await failureOf(get(({ serve }) => serve(other, { etag: '"two"' })));
  const actual = createHash("sha256").update(other).digest("hex");
  expect(failure).toMatchObject({ code: "checksum-mismatch", facts: { file: "m.gguf", expected: sha256, actual } });
  expect(await readdir(root)).toEqual([]);
});

test("of a piece that came damaged once, no more is fetched again than up to it", async () => {
  const wrong = flipped(100);
  await get(({ index, serve }) => serve(index === 0 ? wrong : content));
  expect(await stored()).toBe(true);
  // The first pieces are compared at the same time.
  expect(server.requests.length - 5).toBeLessThanOrEqual(2);
  expect(events.filter(({ type }) => type === "repair")).toHaveLength(1);
});

test("two damaged pieces are both found", async () => {
  const wrong = Buffer.from(content);
  for (const at of [3, 3 * PIECE_BYTES + 3]) wrong[at] = (wrong[at] ?? 0) ^ 1;
  await get(({ index, serve }) => serve(index < 5 ? wrong : content));
  expect(await stored()).toBe(true);
});

test("another part than was asked for is refused before it is written", async () => {
  const shifted = { "content-range": `bytes 5-${PIECE_BYTES + 4}/${content.length}` };
  const failure = await failureOf(get(({ serve }) => serve(content, { headers: shifted })));
  expect(failure.code).toBe("malformed-reply");
  expect(await readdir(root)).toEqual([]);
});

const startOnly =
  (length: number, of = content) =>
  ({ request, response }: Answering) => {
    const [from = 0, to = 0] = (request.headers.range ?? "").match(/\d+/g)?.map(Number) ?? [];
    const part = of.subarray(from, Math.min(to + 1, from + length));
    const range = `bytes ${from}-${from + part.length - 1}/${content.length}`;
    response.writeHead(206, { "content-range": range, "content-length": part.length, etag: '"one"' }).end(part);
  };

test("of a range that is answered with its beginning, the rest is asked for", async () => {
  await get(startOnly(3_000_000));
  expect(await stored()).toBe(true);
  // Three for each whole piece, and no byte twice.
  expect(server.requests).toHaveLength(13);
  expect(events.at(-1)).toMatchObject({ type: "verified", downloaded: content.length });
  expect(events.filter(({ type }) => type === "retry")).toEqual([]);
});

test("crumbs of the file are given up", async () => {
  const failure = await failureOf(get(startOnly(10)));
  expect(failure).toMatchObject({ code: "malformed-reply", facts: { reason: expect.stringContaining("a few bytes") } });
  expect(server.requests.length).toBeLessThan(200);
});

test("what cannot be given its name says why, and is kept", async () => {
  await mkdir(join(root, sha256, "folder"), { recursive: true });
  await expect(get(({ serve }) => serve(content))).rejects.toMatchObject({ code: "EISDIR" });
  await rm(join(root, sha256), { recursive: true });
  server.requests.length = 0;
  await again();
  expect([await stored(), server.requests]).toEqual([true, []]);
});

test("the rest of a beginning is compared too when the file is not right", async () => {
  const wrong = flipped(PIECE_BYTES - 1);
  await get((answering) => (answering.index === 0 ? answering.serve(wrong) : startOnly(3_000_000)(answering)));
  expect(await stored()).toBe(true);
});

test("strange replies are borne with as long as others come right", async () => {
  await get(({ index, response, serve }) => {
    if (index % 2 === 0) response.writeHead(200, { "content-type": "text/html" }).end("Please sign in");
    else serve(content);
  });
  expect(await stored()).toBe(true);
  expect(events.filter(({ type }) => type === "retry").length).toBeGreaterThan(1);
});

test("after a strange reply little is asked for, until one is right again", async () => {
  const moved = { "content-range": `bytes 5-${PIECE_BYTES + 4}/${content.length}` };
  await get(({ index, serve }) => serve(content, index === 0 ? { headers: moved } : {}));
  expect(await stored()).toBe(true);
  expect(server.requests[1]?.range).toBe("bytes=0-65535");
  expect(server.requests).toHaveLength(7);
});

test("what was interrupted goes on with the pieces that are missing, from where each broke off", async () => {
  const stop = new AbortController();
  const half = PIECE_BYTES / 2;
  server = await startPlainServer(({ index, response, request, serve }) => {
    if (index < 2) return serve(content);
    // Half of the third piece, then silence.
    const start = Number(/\d+/.exec(request.headers.range ?? "")?.[0]);
    const headers = { "content-range": `${request.headers.range?.replace("=", " ")}/${content.length}`, etag: '"one"' };
    response.writeHead(206, headers).write(content.subarray(start, start + half));
  });
  // Until the first two are there whole, and half of two others.
  const watch = setInterval(() => {
    const received = events.findLast((event) => event.type === "progress")?.received ?? 0;
    if (server.requests.length >= 4 && received >= 3 * PIECE_BYTES) stop.abort(new Error("enough"));
  }, 20);
  await expect(again({ signal: stop.signal })).rejects.toThrow("enough");
  clearInterval(watch);
  const before = server.requests.length;
  await server.close();
  server = await startPlainServer(({ serve }) => serve(content));
  await again();
  expect(await stored()).toBe(true);
  expect(before).toBeGreaterThanOrEqual(4);
  const fetched = server.requests
    .map(({ range }) => /(\d+)-(\d+)/.exec(range ?? "") ?? [])
    .reduce((sum, [, from, to]) => sum + Number(to) + 1 - Number(from), 0);
  expect(fetched).toBeLessThanOrEqual(content.length - 2 * PIECE_BYTES - half);
  expect(server.requests.some(({ range }) => range === `bytes=${2 * PIECE_BYTES + half}-${3 * PIECE_BYTES - 1}`)).toBe(
    true,
  );
});

test("a signed storage address that expires in the middle is asked for anew", async () => {
  let expired = 0;
  await get(({ request, response, serve, index }) => {
    if (request.url === "/file") return response.writeHead(302, { location: `/storage?key=${index}` }).end();
    if (request.url === "/storage?key=0" && expired++ > 2) return response.writeHead(403).end("Request has expired");
    serve(content);
  });
  expect(await stored()).toBe(true);
  const asked = server.requests.filter(({ path }) => path === "/file").length;
  // Once at the beginning, then after refusals; not for every piece.
  expect(asked).toBeGreaterThanOrEqual(2);
  expect(asked).toBeLessThanOrEqual(4);
  expect(events.filter(({ type }) => type === "retry")).toEqual([]);
});

test("a storage host that gives a strange reply is not asked again: the first address may lead elsewhere", async () => {
  let old = 0;
  await get(({ request, response, serve, index }) => {
    if (request.url === "/file") return response.writeHead(302, { location: `/storage?key=${index}` }).end();
    if (request.url === "/storage?key=0" && old++ > 0)
      return response.writeHead(200, { "content-type": "text/html" }).end();
    serve(content);
  });
  expect(await stored()).toBe(true);
  // Another connection may have been about to ask when the first met it.
  expect(server.requests.filter(({ path }) => path === "/file").length).toBeLessThanOrEqual(3);
});

test("a server that breaks every third connection loses time, and no byte twice", async () => {
  let sent = 0;
  await get(({ index, serve, response, request }) => {
    if (index % 3 !== 2) return serve(content);
    const [from = 0, to = 0] = (request.headers.range ?? "").match(/\d+/g)?.map(Number) ?? [];
    const headers = {
      "content-range": `bytes ${from}-${to}/${content.length}`,
      "content-length": to + 1 - from,
      etag: '"one"',
    };
    sent++;
    response
      .writeHead(206, headers)
      .write(content.subarray(from, from + 300_000), () => setTimeout(() => response.destroy(), 50));
  });
  expect(await stored()).toBe(true);
  expect(sent).toBeGreaterThan(0);
  const { received = 0 } = events.findLast((event) => event.type === "progress") ?? {};
  expect(received).toBe(content.length);
  expect(events.at(-1)).toMatchObject({ type: "verified", downloaded: content.length });
});

test("a file of another size in its place is refused once, however many connections come upon it", async () => {
  const longer = Buffer.concat([content, Buffer.from("more")]);
  const answer = ({ index, serve }: Answering) => {
    if (index < 2) serve(content);
    else setTimeout(() => serve(longer, { etag: '"two"' }), 50);
  };
  for (let times = 0; times < 5; times++) {
    const failure = await failureOf(get(answer));
    expect(failure).toMatchObject({
      code: "size-mismatch",
      facts: { expected: content.length, actual: longer.length },
    });
    await server.close();
    if (times < 4) await Promise.all((await readdir(root)).map((name) => rm(join(root, name))));
  }
  // What came of the right file before is kept.
  server = await startPlainServer(({ serve }) => serve(content));
  await again();
  expect(await stored()).toBe(true);
  expect(asked()).not.toContain(pieceRange(0));
});

test("a file that is complete is checked though its last reply ended badly", async () => {
  await get(
    ({ request, response }) => {
      const [from = 0, to = 0] = (request.headers.range ?? "").match(/\d+/g)?.map(Number) ?? [];
      const headers = { "content-range": `bytes ${from}-${to}/${content.length}`, etag: '"one"' };
      // Chunked, and cut before the last chunk, which says that it is the end.
      response.writeHead(206, headers).write(content.subarray(from, to + 1), () => response.destroy());
    },
    { sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 50))) },
  );
  expect(await stored()).toBe(true);
}, 20_000);

test("a server without ranges that always breaks off at the same place is given up", async () => {
  const failure = await failureOf(
    get(({ response }) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 3_000_000), () => setTimeout(() => response.destroy(), 20));
    }),
  );
  expect(failure.code).toBe("network");
  expect(server.requests.length).toBeLessThanOrEqual(6);
});
