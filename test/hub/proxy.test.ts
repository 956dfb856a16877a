// Requests through a proxy, and what proxies do wrong.
import { inspect } from "node:util";
import { afterEach, expect, test } from "vitest";
import { createHub } from "../../src/hub/hub.js";
import { isRepoId, type RepoId } from "../../src/model/types.js";
import { failureOf } from "../support/failure-of.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { startProxy, type TestProxyOptions } from "../support/proxy.js";
import { startTlsFront } from "../support/tls-front.js";

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

function repoId(text: string): RepoId {
  if (!isRepoId(text)) throw new Error(text);
  return text;
}

const ID = repoId("acme/tiny-GGUF");
const TOKEN = "hf_aSecretThatMustNotShow";

async function start(proxyOptions: TestProxyOptions = {}, login = "") {
  const fake: FakeHub = await startFakeHub({
    repos: [{ id: ID, files: { "m.gguf": Buffer.from("GGUF") } }],
    token: TOKEN,
  });
  const proxy = await startProxy(proxyOptions);
  opened.push(fake, proxy);
  const proxyFor = () => new URL(proxy.url.replace("//", `//${login && `${login}@`}`));
  const retry = { sleep: async () => {} };
  const hub = createHub({ endpoint: fake.endpoint, token: TOKEN, proxyFor, retry, stallMs: 500 });
  const secureHub = async () => {
    const front = await startTlsFront(fake.endpoint);
    opened.push(front);
    const endpoint = `https://localhost:${front.port}`;
    return { endpoint, hub: createHub({ endpoint, token: TOKEN, proxyFor, retry, stallMs: 500 }) };
  };
  opened.push(hub.http);
  return { fake, proxy, hub, secureHub };
}

test("plain http goes to the proxy with its whole address, over connections that stay open", async () => {
  const { fake, proxy, hub } = await start();
  const snapshot = await hub.snapshot(ID);
  expect(await hub.readText(snapshot, "m.gguf", 100)).toBe("GGUF");
  expect(proxy.requests).toEqual(
    fake.requests.map(({ host, url }) => `GET ${host === "hub" ? fake.endpoint : fake.cdn}${url}`),
  );
  expect(proxy.requests.length).toBeGreaterThan(2);
});

test("the proxy's own login goes to the proxy and no further", async () => {
  const { fake, proxy, hub } = await start({ login: "me:p@ss" }, "me:p%40ss");
  await hub.snapshot(ID);
  expect(proxy.headers[0]?.["proxy-authorization"]).toBe(`Basic ${Buffer.from("me:p@ss").toString("base64")}`);
  expect(fake.requests[0]?.headers["proxy-authorization"]).toBeUndefined();
});

test("https goes through a tunnel, which is told the host and nothing else", async () => {
  const { proxy, secureHub } = await start();
  const { endpoint, hub } = await secureHub();
  // Here the certificate is not trusted; test/bin/network.test.ts goes on from there.
  expect(await failureOf(hub.snapshot(ID))).toMatchObject({ facts: { kind: "certificate-untrusted" } });
  expect(proxy.requests).toEqual([`CONNECT ${new URL(endpoint).host}`]);
  expect(inspect(proxy.headers)).not.toContain(TOKEN);
});

test.each([
  [407, "asks for a user name and password, or does not accept the given ones (407)", "proxy"],
  [403, "refuses the connection (403)", "proxy"],
  [502, "does not reach the server (502)", undefined],
])("a tunnel refused with %i is said to be the proxy's doing", async (status, words, kind) => {
  const { proxy, secureHub } = await start({ status }, "me:secret");
  const { endpoint, hub } = await secureHub();
  const failure = await failureOf(hub.snapshot(ID));
  expect(failure.code).toBe("network");
  expect(failure.facts).toMatchObject({
    url: expect.stringContaining(endpoint),
    reason: `the proxy ${proxy.url} ${words}`,
  });
  expect("kind" in failure.facts ? failure.facts.kind : undefined).toBe(kind);
  expect(inspect(failure, { depth: 9 })).not.toContain("secret");
  expect(proxy.requests).toHaveLength(kind === undefined ? 4 : 1);
});

test("plain http without the login", async () => {
  const { proxy, hub, fake } = await start({ login: "me:secret" }, "me:wrong");
  const facts = { kind: "proxy", reason: expect.stringContaining(`the proxy ${proxy.url} asks for a user name`) };
  expect(await failureOf(hub.snapshot(ID))).toMatchObject({ code: "network", facts });
  expect([proxy.requests.length, fake.requests.length]).toEqual([1, 0]);
});

test("a proxy that is not there is named, without its password", async () => {
  const { proxy, hub, secureHub } = await start({}, "me:secret");
  const secure = await secureHub();
  await proxy.close();
  for (const one of [hub, secure.hub]) {
    const failure = await failureOf(one.snapshot(ID));
    const reason = `the proxy ${proxy.url} cannot be reached: the connection was refused (ECONNREFUSED)`;
    expect(failure).toMatchObject({ code: "network", facts: { kind: "proxy", reason } });
    expect(inspect(failure, { depth: 9 })).not.toContain("secret");
  }
});

test("a proxy that never answers is a stall, and Ctrl-C ends it", async () => {
  const { secureHub, hub } = await start({ silent: true });
  const secure = await secureHub();
  for (const one of [hub, secure.hub]) {
    const [controller, reason] = [new AbortController(), new Error("Ctrl-C")];
    setTimeout(() => controller.abort(reason), 100);
    await expect(one.snapshot(ID, "main", controller.signal)).rejects.toBe(reason);
    const facts = { reason: "nothing came for 0.5 seconds" };
    expect(await failureOf(one.http.send({ url: one.http.endpoint, redirects: "own-origin" }))).toMatchObject({
      facts,
    });
  }
});
