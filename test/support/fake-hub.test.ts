import { createHash } from "node:crypto";
import { Agent, get } from "node:http";
import { afterEach, expect, test } from "vitest";
import { type FakeHub, type FakeHubOptions, startFakeHub } from "./fake-hub.js";

let hub: FakeHub;
afterEach(() => hub.close());

const ID = "acme/tiny-GGUF";
const gguf = Buffer.from("GGUF0123456789");
const readme = Buffer.from("# Tiny\n");
const sha256 = createHash("sha256").update(gguf).digest("hex");

test("a large file is a 302 to another origin, which wants no token; a small one a relative 307", async () => {
  hub = await startFakeHub({ repos: [{ id: ID, files: { "m.gguf": gguf, "README.md": readme } }], token: "hf_secret" });
  const manual = { redirect: "manual", method: "HEAD" } as const;
  const large = await fetch(`${hub.endpoint}/${ID}/resolve/main/m.gguf`, manual);
  expect(large.status).toBe(302);
  expect(large.headers.get("x-linked-etag")).toBe(`"${sha256}"`);
  expect(large.headers.get("x-linked-size")).toBe("14");
  expect(large.headers.get("x-repo-commit")).toMatch(/^[0-9a-f]{40}$/);
  expect(large.headers.has("etag")).toBe(false);
  const location = large.headers.get("location") ?? "";
  expect(new URL(location).origin).toBe(hub.cdn);
  const part = await fetch(location, { headers: { range: "bytes=4-6" } });
  expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, "bytes 4-6/14", "012"]);
  expect(part.headers.get("etag")).not.toContain(sha256);
  const leak = await fetch(location, { headers: { authorization: "Bearer hf_secret" } });
  expect([leak.status, await leak.text()]).toEqual([400, expect.stringContaining("Only one auth mechanism allowed")]);
  hub.expireLinks();
  expect((await fetch(location)).status).toBe(403);

  const small = await fetch(`${hub.endpoint}/${ID}/resolve/main/README.md`, manual);
  expect([small.status, small.headers.get("location")?.startsWith("/api/resolve-cache/models/")]).toEqual([307, true]);
  const got = await fetch(`${hub.endpoint}/${ID}/resolve/main/README.md`);
  const gitSha1 = createHash("sha1").update(`blob ${readme.length}\0`).update(readme).digest("hex");
  expect([got.status, got.headers.get("etag"), await got.text()]).toEqual([200, `"${gitSha1}"`, "# Tiny\n"]);
  expect(hub.requests.map(({ host, status }) => `${host} ${status}`)).toEqual([
    "hub 302",
    "cdn 206",
    "cdn 400",
    "cdn 403",
    "hub 307",
    "hub 307",
    "hub 200",
  ]);
});

/** A Hub with one large file, and the signed address of it. */
async function storage(content: Buffer, options: Partial<FakeHubOptions> = {}): Promise<string> {
  hub = await startFakeHub({ ...options, repos: [{ id: ID, files: { "m.gguf": content } }] });
  const { headers } = await fetch(`${hub.endpoint}/${ID}/resolve/main/m.gguf`, { redirect: "manual" });
  return headers.get("location") ?? "";
}

interface Got {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: Buffer;
  readonly ms: number;
}

/** One request over the agent's connections; rejects with the socket's error. */
function ask(url: string, agent: Agent, headers: Record<string, string> = {}): Promise<Got> {
  const began = performance.now();
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (reply) => {
      const pieces: Buffer[] = [];
      reply.on("data", (piece: Buffer) => pieces.push(piece)).on("error", reject);
      reply.on("end", () => {
        const ms = performance.now() - began;
        resolve({ status: reply.statusCode, headers: reply.headers, body: Buffer.concat(pieces), ms });
      });
    }).on("error", reject);
  });
}

test("a connection keeps its pace from reply to reply, and another connection has its own", async () => {
  const content = Buffer.alloc(100_000, 7);
  const url = await storage(content, { bytesPerSecond: 100_000 });
  const one = new Agent({ keepAlive: true, maxSockets: 1 });
  const began = performance.now();
  const parts = [];
  for (let at = 0; at < 100_000; at += 25_000) parts.push(await ask(url, one, { range: `bytes=${at}-${at + 24_999}` }));
  expect(Buffer.concat(parts.map(({ body }) => body))).toEqual(content);
  expect(performance.now() - began).toBeGreaterThan(990);
  const both = new Agent({ maxSockets: 2 });
  const again = performance.now();
  await Promise.all([ask(url, both, { range: "bytes=0-49999" }), ask(url, both, { range: "bytes=50000-99999" })]);
  expect(performance.now() - again).toBeLessThan(950);
  expect(hub.requests.filter(({ host }) => host === "cdn").map(({ sent }) => sent)).toEqual([
    ...[25_000, 25_000, 25_000, 25_000],
    ...[50_000, 50_000],
  ]);
  one.destroy();
});

test("latency delays the first byte of every reply", async () => {
  const url = await storage(gguf, { latencyMs: 60 });
  expect((await ask(url, new Agent())).ms).toBeGreaterThan(58);
  expect((await ask(`${hub.endpoint}/api/models/${ID}`, new Agent())).ms).toBeGreaterThan(58);
});

test("If-Range gets a range of the same file only, and the whole of another one", async () => {
  const url = await storage(gguf);
  const etag = String((await ask(url, new Agent())).headers.etag);
  const part = (ifRange: string) => ask(url, new Agent(), { range: "bytes=4-6", "if-range": ifRange });
  expect([(await part(etag)).status, (await part('"other"')).status]).toEqual([206, 200]);
  hub.faults.set("m.gguf", { at: "cdn", replacedBy: Buffer.from("another file") });
  const replaced = await part(etag);
  expect([replaced.status, String(replaced.body)]).toEqual([200, "another file"]);
  expect(replaced.headers.etag).not.toBe(etag);
  for (const other of [null, 'W/"weak"']) {
    hub.faults.set("m.gguf", { at: "cdn", headers: { etag: other } });
    expect((await part(other ?? etag)).status).toBe(200);
  }
});

test("a reply without its length comes in chunks", async () => {
  const url = await storage(gguf);
  hub.faults.set("m.gguf", { at: "cdn", headers: { "content-length": null } });
  const { headers, body } = await ask(url, new Agent());
  expect([headers["content-length"], headers["transfer-encoding"], body]).toEqual([undefined, "chunked", gguf]);
});

test("a connection is reset in place of an answer, as often as asked for", async () => {
  const url = await storage(gguf);
  hub.faults.set("m.gguf", { at: "cdn", reset: true, times: 2 });
  for (let time = 0; time < 2; time++) {
    await expect(ask(url, new Agent())).rejects.toMatchObject({ code: "ECONNRESET" });
  }
  expect((await ask(url, new Agent())).body).toEqual(gguf);
});

test("one connection too many is turned away, and let in when another is closed", async () => {
  const url = await storage(gguf, { gate: { connections: 1 } });
  const kept = new Agent({ keepAlive: true });
  expect((await ask(url, kept)).status).toBe(200);
  const other = await ask(url, new Agent());
  expect([other.status, other.headers.connection, hub.gate.refused]).toEqual([503, "close", 1]);
  hub.gate.beyond = "reset";
  await expect(ask(url, new Agent())).rejects.toMatchObject({ code: "ECONNRESET" });
  kept.destroy();
  await expect.poll(async () => (await ask(url, new Agent()).catch(() => undefined))?.status).toBe(200);
});
