// A mirror of the Hub below a path, as HF_ENDPOINT may name it.
import { existsSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const BODY = Buffer.concat([tinyGguf(), Buffer.alloc(100_000, "weights")]);
let hub: FakeHub;
let mirror: Server;
let home: Home;
const paths: string[] = [];

beforeEach(async () => {
  paths.length = 0;
  hub = await startFakeHub({ repos: [{ id: "org/m-GGUF", files: { "m-Q8_0.gguf": BODY }, card: { license: "mit" } }] });
  mirror = createServer((asked, response) => {
    const path = asked.url ?? "";
    paths.push(path);
    if (!path.startsWith("/hf/")) return response.writeHead(404).end();
    const headers = { ...asked.headers, host: new URL(hub.endpoint).host };
    request(hub.endpoint + path.slice(3), { method: asked.method, headers }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(response);
    }).end();
  });
  await new Promise<void>((resolve) => mirror.listen(0, "127.0.0.1", resolve));
  home = new Home({ HF_ENDPOINT: `http://127.0.0.1:${(mirror.address() as AddressInfo).port}/hf` });
});
afterEach(async () => {
  mirror.closeAllConnections();
  await new Promise((resolve) => mirror.close(resolve));
  await hub.close();
  home.remove();
});

it("asks for everything below the path, and for nothing else", async () => {
  const { code, stderr } = await home.run(["pull", "org/m-GGUF"]);
  expect([code, stderr]).toEqual([0, expect.stringContaining("downloaded and verified")]);
  expect(paths.length).toBeGreaterThan(2);
  expect(paths.filter((path) => !path.startsWith("/hf/"))).toEqual([]);
  expect((await home.run(["pull", "org/none"])).code).toBe(3);
});

it("knows its address as that of the repository, wherever a model is named", async () => {
  const page = `${home.env.HF_ENDPOINT}/org/m-GGUF`;
  const { stdout } = await home.run(["pull", page]);
  for (const args of [
    ["verify", page],
    ["cp", page, "mine"],
    ["show", page],
  ]) {
    expect([args[0], (await home.run(args)).code]).toEqual([args[0], 0]);
  }
  expect((await home.run(["import", page])).stderr).toContain("hf:org/m-GGUF is not among");
  expect((await home.run(["rm", "--yes", page, "mine"])).code).toBe(0);
  expect(existsSync(stdout.trim())).toBe(false);
});
