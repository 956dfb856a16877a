import { inspect } from "node:util";
import { afterEach, describe, expect, test } from "vitest";
import type { HttpOptions } from "../../src/hub/http.js";
import { createHub } from "../../src/hub/hub.js";
import { networkError } from "../../src/hub/network-error.js";
import { isRepoId, type RepoId } from "../../src/model/types.js";
import { failureOf } from "../support/failure-of.js";
import { type FakeHub, type FakeRepo, startFakeHub } from "../support/fake-hub.js";

const TOKEN = "hf_aSecretThatMustNotShow";
let fake: FakeHub;
afterEach(() => fake?.close());

async function start(repo: Partial<FakeRepo> = {}, http: Partial<HttpOptions> = {}) {
  fake = await startFakeHub({ repos: [{ id: ID, files, ...repo }], token: TOKEN });
  return createHub({ endpoint: fake.endpoint, stallMs: 10_000, retry: { sleep: async () => {} }, ...http });
}

function repoId(text: string): RepoId {
  if (!isRepoId(text)) throw new Error(text);
  return text;
}

const ID = repoId("acme/tiny-GGUF");
const MISSING = repoId("acme/nothing");
const files = { "m.gguf": Buffer.from("GGUF weights"), "README.md": Buffer.from("# Tiny\n") };
/** What the server's clock says. */
const DATE = "Wed, 21 Oct 2026 07:26:59 GMT";
const signedIn = { token: TOKEN, tokenSource: "HF_TOKEN" };

describe("the Hub's refusals", () => {
  test.each([
    ["a stranger", {}, false],
    ["a signed-in person", signedIn, true],
  ])("a missing repository, for %s", async (_who, http, known) => {
    const hub = await start({}, http);
    const facts = { repo: MISSING, endpoint: fake.endpoint, signedIn: known };
    expect(await failureOf(hub.snapshot(MISSING))).toMatchObject({ code: "repo-not-found", facts });
    expect(await failureOf(hub.checkAccess(MISSING))).toMatchObject({ code: "repo-not-found", facts });
    expect(fake.requests.map(({ status }) => status)).toEqual(known ? [404, 404] : [401, 401]);
  });

  test("a private repository is missing to a stranger and to those without access, and there for its owner", async () => {
    const hub = await start({ private: true });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({ code: "repo-not-found", facts: { signedIn: false } });
    const owner = createHub({ endpoint: fake.endpoint, ...signedIn });
    expect((await owner.snapshot(ID)).files).toHaveLength(2);
    await fake.push({ id: ID, files, private: true, access: "none" });
    expect(await failureOf(owner.snapshot(ID))).toMatchObject({ code: "repo-not-found", facts: { signedIn: true } });
  });

  test("a bad token, though the repository is public", async () => {
    const hub = await start({}, { token: "hf_anotherSecretToken", tokenSource: "HF_TOKEN" });
    const facts = { endpoint: fake.endpoint, source: "HF_TOKEN" };
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({ code: "bad-token", facts });
    expect(await failureOf(hub.checkAccess(ID))).toMatchObject({ code: "bad-token", facts });
  });

  test.each([
    ["without a token", {}, "granted", "sign-in"],
    ["not on the list", signedIn, "none", "not-listed"],
    ["pending", signedIn, "pending", "pending"],
    ["token without the permission", signedIn, "token-scope", "token-scope"],
  ] as const)("a gated repository, %s: listed, contents refused", async (_who, http, access, state) => {
    const hub = await start({ gated: "manual", access }, http);
    const snapshot = await hub.snapshot(ID);
    expect(snapshot.gated).toBe("manual");
    const [first] = snapshot.files;
    if (first === undefined) throw new Error("no files");
    const facts = { repo: ID, url: `${fake.endpoint}/${ID}`, state };
    expect(await failureOf(hub.checkAccess(ID))).toMatchObject({ code: "gated", facts });
    expect(await failureOf(hub.readText(snapshot, "README.md", 100))).toMatchObject({ code: "gated", facts });
    expect(await failureOf(hub.rangeSource(snapshot, first).read(0, 4))).toMatchObject({ code: "gated", facts });
  });

  test("a gated repository that was granted", async () => {
    const hub = await start({ gated: "auto", access: "granted" }, signedIn);
    const snapshot = await hub.snapshot(ID);
    await hub.checkAccess(ID);
    expect(await hub.readText(snapshot, "m.gguf", 100)).toBe("GGUF weights");
  });

  test("a missing revision", async () => {
    const hub = await start();
    const facts = { repo: ID, revision: "no such\nbranch" };
    expect(await failureOf(hub.snapshot(ID, "no such\nbranch"))).toMatchObject({ code: "revision-not-found", facts });
  });

  test("a missing file", async () => {
    const hub = await start();
    const snapshot = await hub.snapshot(ID);
    const facts = { repo: ID, path: "no/file.md" };
    expect(await failureOf(hub.readText(snapshot, "no/file.md", 9))).toMatchObject({ code: "file-not-in-repo", facts });
    fake.faults.set("README.md", { status: 404, body: "a mirror that lost the code" });
    expect(await failureOf(hub.readText(snapshot, "README.md", 9))).toMatchObject({ code: "file-not-in-repo" });
  });

  test("a disabled repository", async () => {
    const hub = await start({ disabled: true });
    const facts = {
      url: `${fake.endpoint}/api/models/${ID}/auth-check`,
      reason: "Access to this resource is disabled.",
    };
    expect(await failureOf(hub.checkAccess(ID))).toMatchObject({ code: "forbidden", facts });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({ code: "forbidden" });
  });

  test.each([
    ["Retry-After", { "retry-after": "7" }, 7],
    ["RateLimit with nothing left", { ratelimit: '"api";r=0;t=55' }, 55],
    ["RateLimit with something left", { ratelimit: '"api";r=3;t=55' }, null],
    ["Retry-After as a date", { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", date: DATE, ratelimit: null }, 61],
    ["neither", { ratelimit: null }, null],
  ])("too many requests, %s", async (_what, headers, retryAfterSeconds) => {
    const hub = await start();
    fake.faults.set("*", { status: 429, headers, body: "slow down" });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({ code: "rate-limited", facts: { retryAfterSeconds } });
  });

  test.each([
    ["text", "text/plain", "We are down", "We are down"],
    ["JSON", "application/json", '{"error":"We are down"}', "We are down"],
    ["a web page", "text/html", "<html><body>Bad gateway</body></html>", "a web page instead of a reply"],
    ["control characters", "text/plain", "a\u001b[31mb\u009bc\u202ed", "a [31mb c d"],
    ["nothing", "text/plain", "", ""],
  ])("a failing Hub that sends %s", async (_what, type, body, detail) => {
    const hub = await start();
    fake.faults.set("*", { status: 503, headers: { "content-type": type }, body });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({ code: "hub-failed", facts: { status: 503, detail } });
  });

  test("a refusal of the CDN is not one of the Hub", async () => {
    const hub = await start({}, signedIn);
    const snapshot = await hub.snapshot(ID);
    for (const status of [401, 403, 404]) {
      fake.faults.set("m.gguf", { at: "cdn", status, headers: { "x-error-code": "GatedRepo" }, body: "<Error/>" });
      expect(await failureOf(hub.readText(snapshot, "m.gguf", 100))).toMatchObject({
        code: "hub-failed",
        facts: { status },
      });
    }
  });
});

describe("the token", () => {
  test("goes to the Hub with every request and to no other host", async () => {
    const hub = await start({ private: true }, signedIn);
    const snapshot = await hub.snapshot(ID);
    expect(await hub.readText(snapshot, "m.gguf", 100)).toBe("GGUF weights");
    expect(await hub.readText(snapshot, "README.md", 100)).toBe("# Tiny\n");
    const seen = fake.requests.map(({ host, headers }) => [host, headers.authorization]);
    expect(seen.filter(([host]) => host === "cdn")).toEqual([["cdn", undefined]]);
    expect(new Set(seen.filter(([host]) => host === "hub").map(([, token]) => token))).toEqual(
      new Set([`Bearer ${TOKEN}`]),
    );
  });

  test.each([[TOKEN], ["mirror.token-$&1234"]])(
    "%s is in no error, even when a mirror sends it back",
    async (token) => {
      const hub = await start({}, { token, tokenSource: "HF_TOKEN" });
      const shown: string[] = [];
      const note = async (run: Promise<unknown>) => {
        const failure = await failureOf(run);
        shown.push(failure.code, failure.message, failure.stack ?? "", inspect(failure, { depth: 9 }));
      };
      for (const status of [400, 401, 403, 404, 429, 500]) {
        fake.faults.set("*", { status, body: `you sent Authorization: Bearer ${token} or just ${token}` });
        await note(hub.snapshot(ID));
        fake.faults.set("*", { status, headers: { "x-error-message": `you sent ${token}` } });
        await note(hub.checkAccess(ID));
      }
      fake.faults.set("*", { html: true });
      await note(hub.snapshot(ID));
      await fake.close();
      await note(hub.snapshot(ID));
      expect(shown.join("\n")).toContain("hub-failed");
      expect(shown.join("\n")).not.toContain(token);
    },
  );
});

describe("the network", () => {
  test("offline opens no connection", async () => {
    const hub = await start({}, { offline: true });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({ code: "offline" });
    expect(await failureOf(hub.checkAccess(ID))).toMatchObject({ code: "offline" });
    expect(fake.requests).toEqual([]);
  });

  test("a refused connection is said in plain words", async () => {
    const hub = await start();
    await fake.close();
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({
      code: "network",
      facts: {
        reason: "the connection was refused (ECONNREFUSED)",
        kind: "refused",
        url: expect.stringContaining(fake.endpoint),
      },
    });
  });

  test.each([
    ["ENOTFOUND", "the host name could not be found"],
    ["ETIMEDOUT", "the server did not answer in time"],
    ["CERT_HAS_EXPIRED", "the server's certificate has expired"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "the server's certificate is not trusted"],
    ["ESOMETHING", "the connection failed"],
  ])("%s below HTTP is said in plain words, without the query", (code, words) => {
    const cause = new AggregateError([Object.assign(new Error("low"), { code })]);
    const failure = networkError("https://cdn.example/f?Signature=secret", new TypeError("failed", { cause }));
    expect(failure.facts).toMatchObject({ url: "https://cdn.example/f", reason: `${words} (${code})` });
  });

  test.each([
    ["before the reply", { delayMs: 5000 }],
    ["in the middle of the body", { stallAfter: 10 }],
  ])("silence %s ends", async (_when, fault) => {
    const hub = await start({}, { stallMs: 150 });
    fake.faults.set(ID, fault);
    const began = performance.now();
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({
      code: "network",
      facts: { reason: "nothing came for 0.15 seconds" },
    });
    expect(performance.now() - began).toBeLessThan(4000);
  });

  test("a slow reply is no stall", async () => {
    const hub = await start({ files: { "slow.txt": Buffer.alloc(900, "x") } }, { stallMs: 500 });
    fake.faults.set("slow.txt", { bytesPerSecond: 1000 });
    const snapshot = await hub.snapshot(ID);
    expect(await hub.readText(snapshot, "slow.txt", 1000)).toHaveLength(900);
  });

  test("a connection cut in the body is a network failure", async () => {
    const hub = await start();
    fake.faults.set(ID, { dropAfter: 10 });
    expect(await failureOf(hub.snapshot(ID))).toMatchObject({
      code: "network",
      facts: { reason: expect.stringContaining("lost") },
    });
  });

  test("an abort comes out as it was given, whatever the request waits for", async () => {
    const hub = await start();
    for (const fault of [{ delayMs: 5000 }, { stallAfter: 10 }]) {
      fake.faults.set(ID, fault);
      const reason = new Error("Ctrl-C");
      await expect(hub.snapshot(ID, "main", AbortSignal.abort(reason))).rejects.toBe(reason);
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 100);
      await expect(hub.snapshot(ID, "main", controller.signal)).rejects.toBe(reason);
    }
  });

  test.each([
    ["to another host", "http://127.0.0.1:1/x", "another host"],
    ["away from http", "file:///etc/passwd", "away from http"],
    ["to nonsense", "http://[", "no valid address"],
    ["in a circle", `/api/models/${ID}/auth-check`, "too often"],
  ])("a redirect of the API %s is not followed", async (_where, location, reason) => {
    const hub = await start();
    fake.faults.set(ID, { status: 307, headers: { location } });
    expect(await failureOf(hub.checkAccess(ID))).toMatchObject({
      code: "malformed-reply",
      facts: { reason: expect.stringContaining(reason) },
    });
    // Seven for each of two attempts.
    expect(fake.requests.length).toBeLessThan(15);
  });
});
