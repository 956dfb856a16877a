import { createHash } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { type FakeHub, startFakeHub } from "./fake-hub.js";

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
