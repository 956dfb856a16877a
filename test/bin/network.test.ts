// The built program behind certificates, proxies and IPv6: what the environment says reaches the sockets.
import { readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { PIECE_BYTES } from "../../src/model/piece-sums.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { startPlainServer } from "../support/plain-server.js";
import { startProxy, type TestProxy } from "../support/proxy.js";
import { bytes } from "../support/store-room.js";
import { tinyGguf } from "../support/tiny-gguf.js";
import { CA_FILE, startTlsFront, type TlsFront } from "../support/tls-front.js";

let home: Home;
let hub: FakeHub;
let proxy: TestProxy;
const fronts: TlsFront[] = [];

beforeAll(async () => {
  home = new Home();
  const files = { "m-Q8_0.gguf": tinyGguf() };
  // Not large, so that all of it comes from the Hub's own host, as from a mirror.
  hub = await startFakeHub({ repos: [{ id: "org/m", files, card: { license: "mit" }, lfs: () => false }] });
  proxy = await startProxy();
});
afterAll(async () => {
  await Promise.all([hub, proxy, ...fronts].map((server) => server.close()));
  home.remove();
});
beforeEach(() => {
  proxy.requests.length = 0;
});

async function secure(certificate?: Parameters<typeof startTlsFront>[1], host = "localhost") {
  const front = await startTlsFront(hub.endpoint, certificate);
  fronts.push(front);
  return `https://${host}:${front.port}`;
}

const pull = (env: Record<string, string>) => home.run(["pull", "org/m"], { env });

describe("certificates", () => {
  it.each(["localhost", "127.0.0.1"])("of a CA in NODE_EXTRA_CA_CERTS are trusted, for %s", async (host) => {
    const result = await pull({ HF_ENDPOINT: await secure("server", host), NODE_EXTRA_CA_CERTS: CA_FILE });
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining("m-Q8_0.gguf") });
  });

  it("of an unknown CA are not, and the way out is named", async () => {
    const { code, stderr } = await pull({ HF_ENDPOINT: await secure() });
    expect(code).toBe(7);
    expect(stderr).toMatch(/ {2}The server's certificate is not trusted \(\w+\)\.\nTry: set NODE_EXTRA_CA_CERTS /);
  });

  it.each([
    ["expired", /certificate has expired.*\nTry: check the clock/],
    ["elsewhere", /certificate is for another host name.*\nTry: check HF_ENDPOINT/],
  ] as const)("%s are refused", async (certificate, says) => {
    const { code, stderr } = await pull({ HF_ENDPOINT: await secure(certificate), NODE_EXTRA_CA_CERTS: CA_FILE });
    expect([code, stderr]).toEqual([7, expect.stringMatching(says)]);
  });
});

it("a file of several pieces comes over https, and its connections are kept", async () => {
  const weights = Buffer.concat([tinyGguf(), bytes(3 * PIECE_BYTES)]);
  const large = await startFakeHub({ repos: [{ id: "org/m", files: { "m-Q8_0.gguf": weights }, lfs: () => false }] });
  const front = await startTlsFront(large.endpoint);
  fronts.push(front);
  const env = { HF_ENDPOINT: `https://localhost:${front.port}`, NODE_EXTRA_CA_CERTS: CA_FILE };
  const { code, stdout, stderr } = await home.run(["pull", "org/m", "--accept-license", "unknown"], { env });
  await large.close();
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("again")]);
  expect(readFileSync(stdout.trim()).equals(weights)).toBe(true);
  // The header, and each piece once; the first two by way of a redirect.
  const ranges = large.requests.flatMap(({ path, headers }) =>
    path.includes("/resolve/") ? [] : (headers.range ?? []),
  );
  expect([new Set(ranges).size, ranges.length]).toEqual([5, 5]);
});

describe("proxies", () => {
  it.each([["HTTPS_PROXY"], ["all_proxy"]])("https goes through %s", async (name) => {
    const endpoint = await secure();
    const env = { HF_ENDPOINT: endpoint, NODE_EXTRA_CA_CERTS: CA_FILE, [name]: proxy.url };
    expect(await pull(env)).toMatchObject({ code: 0 });
    expect(new Set(proxy.requests)).toEqual(new Set([`CONNECT ${new URL(endpoint).host}`]));
  });

  it.each([["HTTP_PROXY"], ["http_proxy"]])("http goes through %s", async (name) => {
    expect(await pull({ HF_ENDPOINT: hub.endpoint, [name]: proxy.url })).toMatchObject({ code: 0 });
    expect(proxy.requests[0]).toMatch(`GET ${hub.endpoint}/api/models/org/m`);
  });

  it("the certificate behind the tunnel must be the asked server's, not the proxy's", async () => {
    const liar = await startProxy({ leadsTo: "127.0.0.1" });
    const endpoint = (await secure("server", "127.0.0.1")).replace("127.0.0.1", "192.0.2.7");
    const env = { HF_ENDPOINT: endpoint, NODE_EXTRA_CA_CERTS: CA_FILE, HTTPS_PROXY: liar.url };
    const { code, stderr } = await pull(env);
    await liar.close();
    expect([code, stderr]).toEqual([7, expect.stringContaining("certificate is for another host name")]);
    expect(liar.requests).toEqual([`CONNECT ${new URL(endpoint).host}`]);
  });

  it("NO_PROXY makes an exception", async () => {
    const env = { HF_ENDPOINT: hub.endpoint, HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: "127.0.0.1" };
    expect(await pull(env)).toMatchObject({ code: 0 });
  });

  it("one that is not there is named without its password, and what to check", async () => {
    const { code, stderr } = await pull({ HF_ENDPOINT: hub.endpoint, HTTP_PROXY: "http://me:secret@127.0.0.1:1" });
    expect([code, stderr]).toEqual([
      7,
      expect.stringMatching(/The proxy http:\/\/127\.0\.0\.1:1 cannot be reached.*\nTry: check HTTPS_PROXY/),
    ]);
    expect(stderr).not.toContain("secret");
  });

  it("one of a kind that is not supported is a usage error", async () => {
    const { code, stderr } = await pull({ HF_ENDPOINT: hub.endpoint, ALL_PROXY: "socks5://127.0.0.1:1080" });
    expect([code, stderr]).toEqual([2, expect.stringContaining("socks5:// are not supported")]);
  });
});

describe("HF_HUB_DOWNLOAD_TIMEOUT", () => {
  it("bounds the silence of a server, which is then asked again", async () => {
    hub.faults.set("org/m:info", { stallAfter: 5, times: 1 });
    hub.requests.length = 0;
    expect(await pull({ HF_ENDPOINT: hub.endpoint, HF_HUB_DOWNLOAD_TIMEOUT: "0.3" })).toMatchObject({ code: 0 });
    expect(hub.requests.filter(({ path }) => path.endsWith("/revision/main"))).toHaveLength(2);
  });

  it("must be a number of seconds", async () => {
    const { code, stderr } = await pull({ HF_ENDPOINT: hub.endpoint, HF_HUB_DOWNLOAD_TIMEOUT: "soon" });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/not a number of seconds: soon\n.*30.*\nTry: HF_HUB_D/)]);
  });
});

describe("names and addresses", () => {
  it("a host that is not there", async () => {
    // A part of a name has 63 letters at most, so no name server is asked.
    const { code, stderr } = await pull({ HF_ENDPOINT: `http://${"a".repeat(64)}.example` });
    expect(code).toBe(7);
    expect(stderr).toMatch(/The host name could not be found \(ENOTFOUND\)\.\nTry: check HF_ENDPOINT/);
  });

  it("a server that is not HTTP", async () => {
    const server = createServer((socket) => socket.on("error", () => {}).end("SSH-2.0-OpenSSH\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const { code, stderr } = await pull({ HF_ENDPOINT: `http://127.0.0.1:${port}` });
    server.close();
    expect([code, stderr]).toEqual([7, expect.stringContaining("reply is not HTTP")]);
  });

  it("https to a server that speaks http", async () => {
    const server = await startPlainServer(({ serve }) => serve(Buffer.from("x")));
    const { code, stderr } = await pull({ HF_ENDPOINT: server.url.replace("http:", "https:").replace("/file", "") });
    await server.close();
    expect([code, stderr]).toEqual([7, expect.stringContaining("encrypted connection could not be set up")]);
  });
});

const hasIpv6 = await new Promise<boolean>((resolve) => {
  const server = createServer().once("error", () => resolve(false));
  server.listen(0, "::1", () => server.close(() => resolve(true)));
});

it.skipIf(!hasIpv6)("reaches a Hub by its IPv6 address (skipped where this machine has no ::1)", async () => {
  const server = createServer((socket) => {
    const { hostname, port } = new URL(hub.endpoint);
    const onward = connect(Number(port), hostname);
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "::1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const result = await pull({ HF_ENDPOINT: `http://[::1]:${port}` });
  server.close();
  expect(result).toMatchObject({ code: 0 });
});
