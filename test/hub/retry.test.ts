// Failures that pass, and how long oslm waits for that.
import { afterEach, describe, expect, test } from "vitest";
import { OslmError } from "../../src/errors.js";
import { ReplyHeaders } from "../../src/hub/headers.js";
import type { HttpOptions } from "../../src/hub/http.js";
import { createHub } from "../../src/hub/hub.js";
import { backoff, createRetry, retryAfter } from "../../src/hub/retry.js";
import { isRepoId, type RepoId } from "../../src/model/types.js";
import { failureOf } from "../support/failure-of.js";
import { type FakeHub, type Fault, startFakeHub } from "../support/fake-hub.js";

let fake: FakeHub | undefined;
afterEach(() => fake?.close());

function repoId(text: string): RepoId {
  if (!isRepoId(text)) throw new Error(text);
  return text;
}

const ID = repoId("acme/tiny-GGUF");
const files = { "m.gguf": Buffer.from("GGUF weights"), "README.md": Buffer.from("# Tiny\n") };

async function start(http: Partial<HttpOptions> = {}) {
  const hubServer = await startFakeHub({ repos: [{ id: ID, files }], pageSize: 1, blobs: false });
  fake = hubServer;
  const waits: number[] = [];
  const retry = { sleep: async (ms: number) => waits.push(ms), random: () => 1 };
  const hub = createHub({ endpoint: hubServer.endpoint, retry, ...http });
  const snapshot = await hub.snapshot(ID);
  hubServer.requests.length = 0;
  return { hub, snapshot, waits, fake: hubServer };
}

describe("a failure that passes", () => {
  const faults: readonly (readonly [string, Fault])[] = [
    ["408", { status: 408 }],
    ["429", { status: 429 }],
    ["500", { status: 500 }],
    ["502 with a web page", { status: 502, html: true }],
    ["503", { status: 503 }],
    ["a cut connection", { dropAfter: 3 }],
    ["silence", { stallAfter: 3 }],
  ];

  test.each(faults)("%s: every call is asked again", async (_what, fault) => {
    const { hub, snapshot, fake, waits } = await start({ stallMs: 200 });
    const [first] = snapshot.files.filter(({ path }) => path === "m.gguf");
    if (first === undefined) throw new Error("no files");
    const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
      [`${ID}:info`, () => hub.snapshot(ID)],
      [`${ID}:tree`, () => hub.snapshot(ID)],
      ["README.md", () => hub.readText(snapshot, "README.md", 100)],
      ["m.gguf", () => hub.rangeSource(snapshot, first).read(0, 4)],
    ];
    for (const [key, call] of calls) {
      fake.faults.set(key, { ...fault, times: 2 });
      await call();
    }
    expect(waits).toEqual(calls.flatMap(() => [500, 1000]));
  });

  test("access is asked for again", async () => {
    const { hub, fake } = await start();
    fake.faults.set(`${ID}:auth-check`, { status: 503, times: 3 });
    await hub.checkAccess(ID);
    expect(fake.requests.map(({ status }) => status)).toEqual([503, 503, 503, 200]);
  });

  const strange: readonly (readonly [string, Fault, string])[] = [
    ["a web page", { html: true }, "malformed-reply"],
    ["no content", { status: 204 }, "malformed-reply"],
    ["a wrong length", { wrongContentLength: 3 }, "malformed-reply"],
    ["another range", { headers: { "content-range": "bytes 5-9/12" } }, "malformed-reply"],
    ["a range of another file", { headers: { "content-range": "bytes 0-3/13" } }, "size-mismatch"],
    ["a refused range", { status: 416 }, "malformed-reply"],
    ["a range beyond the end", { status: 416, headers: { "content-range": "bytes */3" } }, "size-mismatch"],
    ["a compressed range", { headers: { "content-encoding": "gzip" } }, "malformed-reply"],
    ["a file of another length", { noRange: true, truncateAt: 5 }, "size-mismatch"],
  ];

  test.each(strange)("%s in place of a header is asked for once more", async (_what, fault, code) => {
    const { hub, snapshot, fake, waits } = await start();
    const file = snapshot.files.find(({ path }) => path === "m.gguf");
    if (file === undefined) throw new Error("no files");
    fake.faults.set("m.gguf", { ...fault, at: "cdn", times: 1 });
    const read = () => hub.rangeSource(snapshot, file).read(0, 4);
    expect(Buffer.from(await read()).toString()).toBe("GGUF");
    fake.faults.set("m.gguf", { ...fault, at: "cdn" });
    expect((await failureOf(read())).code).toBe(code);
    expect(waits).toEqual([500, 500]);
  });

  test("a page in place of JSON, and a text cut short, too", async () => {
    const { hub, snapshot, fake, waits } = await start();
    fake.faults.set(`${ID}:info`, { html: true, times: 1 });
    await hub.snapshot(ID);
    fake.faults.set("README.md", { truncateAt: 3, times: 1 });
    expect(await hub.readText(snapshot, "README.md", 100)).toBe("# Tiny\n");
    expect(waits).toEqual([500, 500]);
  });

  test("is given up after four attempts", async () => {
    const { hub, fake, waits } = await start();
    fake.faults.set(`${ID}:auth-check`, { status: 503, body: "We are down" });
    expect(await failureOf(hub.checkAccess(ID))).toMatchObject({
      code: "hub-failed",
      facts: { detail: "We are down" },
    });
    expect([fake.requests.length, waits]).toEqual([4, [500, 1000, 2000]]);
  });
});

describe("what the server asks for", () => {
  test.each([
    [429, { "retry-after": "7" }, 8000],
    [503, { "retry-after": "7" }, 8000],
    [429, { ratelimit: '"api";r=0;t=55' }, 56_000],
  ])("a %i with %j is obeyed", async (status, headers, ms) => {
    const { hub, fake, waits } = await start();
    fake.faults.set(`${ID}:auth-check`, { status, headers, times: 1 });
    await hub.checkAccess(ID);
    expect(waits).toEqual([ms]);
  });

  test("more than a minute is not waited for", async () => {
    const { hub, fake, waits } = await start();
    fake.faults.set(`${ID}:auth-check`, { status: 429, headers: { "retry-after": "300" } });
    const facts = { retryAfterSeconds: 300 };
    expect(await failureOf(hub.checkAccess(ID))).toMatchObject({ code: "rate-limited", facts });
    expect([fake.requests.length, waits]).toEqual([1, []]);
  });

  test("a minute is the end, whatever the attempts took", async () => {
    let clock = 0;
    const retry = createRetry({ now: () => clock, sleep: async () => {}, random: () => 1 });
    let attempts = 0;
    const run = async () => {
      attempts++;
      clock += 30_000;
      throw new OslmError("network", { url: "https://hub.example/", reason: "nothing came for 30 seconds" });
    };
    expect((await failureOf(retry(run))).code).toBe("network");
    expect(attempts).toBe(2);
  });
});

describe("no second attempt", () => {
  test.each([[400], [401], [403], [404], [410]])("after %i", async (status) => {
    const { hub, fake } = await start();
    fake.faults.set(`${ID}:auth-check`, { status });
    await failureOf(hub.checkAccess(ID));
    expect(fake.requests).toHaveLength(1);
  });

  test.each(["refused", "name-not-found", "certificate-untrusted", "proxy"] as const)(
    "after %s at the very start; later only where it may pass",
    async (kind) => {
      const retry = createRetry({ sleep: async () => {} });
      let attempts = 0;
      const run = async () => {
        attempts++;
        throw new OslmError("network", { url: "https://hub.example/", reason: "no", kind });
      };
      await failureOf(retry(run));
      expect(attempts).toBe(1);
      await retry(async () => "an answer");
      await failureOf(retry(run));
      expect(attempts).toBe(kind === "refused" || kind === "name-not-found" ? 5 : 2);
    },
  );

  test("after an abort, which ends the wait", async () => {
    const { fake } = await start();
    const hub = createHub({ endpoint: fake.endpoint });
    fake.faults.set(`${ID}:auth-check`, { status: 429, headers: { "retry-after": "50" } });
    const [controller, reason] = [new AbortController(), new Error("Ctrl-C")];
    setTimeout(() => controller.abort(reason), 200);
    await expect(hub.checkAccess(ID, controller.signal)).rejects.toBe(reason);
    expect(fake.requests).toHaveLength(1);
  });
});

test.each([
  [{ "retry-after": "7" }, 7],
  [{ "retry-after": " 7 " }, 7],
  [{ "retry-after": "-7" }, null],
  [{ "retry-after": "soon" }, null],
  [{ "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT", date: "Wed, 21 Oct 2026 07:27:00 GMT" }, 60],
  [{ "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" }, 90],
  [{ "retry-after": "Wed, 21 Oct 2026 07:00:00 GMT" }, 0],
  [{ "retry-after": "Wed, 99 Oct 2026 07:00:00 GMT" }, null],
  [{ "retry-after": "5", ratelimit: '"api";r=0;t=55' }, 5],
  [{ ratelimit: '"api";r=0;t=55' }, 55],
  [{ ratelimit: '"api"; r=0; t=55' }, 55],
  [{ ratelimit: '"api";r=1;t=55' }, null],
  [{ ratelimit: '"api";r=0' }, null],
  [{}, null],
])("%j asks for %j seconds", (headers, seconds) => {
  expect(retryAfter(new ReplyHeaders(Object.entries(headers)), Date.UTC(2026, 9, 21, 7, 26, 30))).toBe(seconds);
});

test("each wait is twice the one before, up to a limit, and at least half of that", () => {
  expect([1, 2, 3, 9].map((attempt) => backoff(attempt, 1, 500, 8000))).toEqual([500, 1000, 2000, 8000]);
  expect([1, 2].map((attempt) => backoff(attempt, 0, 500, 8000))).toEqual([250, 500]);
});
