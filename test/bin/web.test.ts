// oslm pull https://...: any web server, with the hash that the user brings. Served by plain HTTP on loopback.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeGguf } from "../support/gguf-writer.js";
import { DEMO, Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";
import { TENSORS, tinyGguf } from "../support/tiny-gguf.js";

interface Served {
  readonly body: Buffer;
  readonly type?: string;
  /** Answers every request with the whole file. */
  readonly withoutRanges?: boolean;
  readonly redirect?: string;
  /** What the first requests get in place of the file: a reset, a status, a page with these headers, or the file. */
  readonly before?: ("reset" | number | Readonly<Record<string, string>> | undefined)[];
  /** Sends 64 KiB every few milliseconds. */
  readonly slow?: boolean;
}

let home: Home;
let server: Server;
let origin: string;
const files = new Map<string, Served>();
const requests: IncomingMessage[] = [];
/** Bytes of slow replies. */
let sent = 0;

beforeEach(async () => {
  files.clear();
  requests.length = 0;
  sent = 0;
  server = createServer((request, response) => {
    requests.push(request);
    const found = files.get(new URL(request.url ?? "", "http://x").pathname);
    if (found === undefined) return response.writeHead(404).end("nothing here");
    const before = found.before?.shift();
    if (before === "reset") return void request.socket.resetAndDestroy();
    if (typeof before === "number") return response.writeHead(before).end("later");
    if (before !== undefined) return response.writeHead(200, before).end("a page");
    if (found.redirect) return response.writeHead(302, { location: found.redirect }).end();
    const { body, type = "application/octet-stream" } = found;
    const range = found.withoutRanges ? null : /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const headers = { "content-type": type, etag: '"1"' };
    const [start, end] = range ? [Number(range[1]), Math.min(Number(range[2]), body.length - 1)] : [0, body.length - 1];
    const part = { "content-length": end - start + 1, "content-range": `bytes ${start}-${end}/${body.length}` };
    response.writeHead(range ? 206 : 200, { ...headers, ...(range ? part : { "content-length": body.length }) });
    const bytes = body.subarray(start, end + 1);
    return found.slow ? trickle(response, bytes) : response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // The Hub is somewhere else: its token must not come here.
  home = new Home({ HF_ENDPOINT: "http://127.0.0.1:1", HF_TOKEN: "hf_secret" });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  home.remove();
});

async function trickle(response: ServerResponse, body: Buffer): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at += 65_536) {
    const piece = body.subarray(at, at + 65_536);
    response.write(piece);
    sent += piece.length;
    await sleep(10);
  }
  response.end();
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
const MIT = { "general.license": "mit" };
const BODY = Buffer.concat([tinyGguf(MIT), Buffer.alloc(400_000, "weights")]);
const HASH = sha256(BODY);
const own = () => home.files().filter((file) => file.startsWith(".local/share/oslm/"));
/** What was asked for, each once. */
const ranges = () => [...new Set(requests.map(({ headers }) => headers.range))];
const pull = (path: string, ...more: string[]) => home.run(["pull", `${origin}${path}`, ...more]);

it("downloads, verifies and records; then it runs by address and by name, offline too", async () => {
  const demo = readFileSync(DEMO);
  files.set("/models/demo-Q8_0.gguf", { body: demo });
  const { code, stdout, stderr } = await pull("/models/demo-Q8_0.gguf", "--sha256", sha256(demo).toUpperCase());
  expect([code, stderr]).toEqual([0, expect.stringContaining("license mit (permissive)")]);
  const folder = `.local/share/oslm/${sha256(demo).slice(0, 16)}`;
  expect(stdout.trim()).toBe(join(home.path, folder, "demo-Q8_0.gguf"));
  expect(own()).toEqual([`${folder}/demo-Q8_0.gguf`, `${folder}/model.json`]);
  expect(readFileSync(stdout.trim()).equals(demo)).toBe(true);
  const [model] = JSON.parse((await home.run(["list", "--json"])).stdout);
  const url = `${origin}/models/demo-Q8_0.gguf`;
  expect(model).toMatchObject({ ref: url, repo: null, commit: null, quant: "Q8_0", license: { id: "mit" } });
  const asked = requests.length;
  for (const name of [`${url}?signature=1`, model.name]) {
    const answer = await home.run(["run", name, "How do I pull a model?", "--temp", "0", "--offline"]);
    expect(answer.stdout).toContain("oslm pull");
  }
  expect(requests).toHaveLength(asked);
  expect(requests.some(({ headers }) => headers.authorization !== undefined)).toBe(false);
  await home.run(["rm", model.name, "--yes"]);
  expect(own()).toEqual([]);
});

it("tells programs everything in one document, and fetches nothing twice", async () => {
  files.set("/m-Q8_0.gguf", { body: BODY });
  const first = JSON.parse((await pull("/m-Q8_0.gguf", "--sha256", HASH, "--json")).stdout);
  expect(first).toMatchObject({
    ref: `${origin}/m-Q8_0.gguf`,
    repo: null,
    commit: null,
    quant: "Q8_0",
    files: [{ path: "m-Q8_0.gguf", size: BODY.length, sha256: HASH }],
    bytes: { downloaded: BODY.length, reused: 0 },
    license: { id: "mit", decision: "allow", evidence: [{ source: "gguf.general.license", value: "mit" }] },
    fit: { weights: BODY.length },
  });
  const second = JSON.parse((await pull("/m-Q8_0.gguf", "--sha256", HASH, "--json")).stdout);
  expect(second).toMatchObject({ path: first.path, bytes: { downloaded: 0, reused: BODY.length } });
  expect((await home.run(["list", "-q"])).stdout).toBe("tiny:q8_0\n");
});

it("quotes an address for the shell", async () => {
  files.set("/it's(1).gguf", { body: tinyGguf() });
  const { code, stderr } = await pull("/it's(1).gguf", "--sha256", sha256(tinyGguf()), "--margin", "7.5");
  expect([code, stderr]).toEqual([5, expect.stringContaining(`Try: oslm pull "${origin}/it's(1).gguf" --sha256 `)]);
  expect(stderr).toMatch(/ --margin 7\.5 --accept-license unknown$/m);
});

it("fetches what the engine does not know by force only, with a warning", async () => {
  const keys = Object.entries({ ...MIT, ...runnable("llama").metadata });
  const renamed = keys.map(([key, value]) => [key.replace("llama.", "quasar9."), value] as const);
  const body = writeGguf({ metadata: { ...Object.fromEntries(renamed), "general.architecture": "quasar9" } });
  files.set("/m-F32.gguf", { body });
  const refused = await pull("/m-F32.gguf", "--sha256", sha256(body));
  expect([refused.code, refused.stdout]).toEqual([9, ""]);
  expect(refused.stderr).toMatch(/or {3}oslm pull http:.* --force$/m);
  const forced = await pull("/m-F32.gguf", "--sha256", sha256(body), "--force");
  expect([forced.code, forced.stderr]).toEqual([
    0,
    expect.stringContaining('the architecture "quasar9": it is pulled'),
  ]);
  expect(forced.stderr).not.toContain("oslm run");
});

it("asks for nothing but the header before the license has passed", async () => {
  files.set("/m.gguf", { body: Buffer.concat([tinyGguf(), Buffer.alloc(400_000)]) });
  const hash = sha256(files.get("/m.gguf")?.body ?? BODY);
  const { code, stderr } = await pull("/m.gguf", "--sha256", hash);
  expect(code).toBe(5);
  expect(stderr).toContain("the file's header names no license");
  expect(stderr).toContain(`Try: oslm pull ${origin}/m.gguf --sha256 ${hash} --accept-license unknown`);
  expect(ranges()).toEqual(["bytes=0-0", "bytes=0-65535"]);
  expect(own()).toEqual([]);
  expect((await pull("/m.gguf", "--sha256", hash, "--accept-license", "unknown")).code).toBe(0);
  // Asked once.
  expect((await pull("/m.gguf", "--sha256", hash)).code).toBe(0);
});

it("takes all parts of a split model, each with its hash", async () => {
  const parts = [0, 1, 2].map((index) =>
    tinyGguf({ "split.no": index, "split.count": 3, ...MIT }, TENSORS.slice(index, index + 1)),
  );
  for (const [index, body] of parts.entries()) files.set(`/m-Q8_0-0000${index + 1}-of-00003.gguf`, { body });
  const hashes = parts.flatMap((part) => ["--sha256", sha256(part)]);
  const { code, stdout } = await pull("/m-Q8_0-00001-of-00003.gguf", ...hashes);
  expect([code, stdout]).toEqual([0, expect.stringContaining("-00001-of-00003.gguf")]);
  expect(own()).toHaveLength(4);
  expect((await pull("/m-Q8_0-00001-of-00003.gguf", "--sha256", HASH)).stderr).toContain("3 parts");
  expect((await pull("/m-Q8_0-00002-of-00003.gguf", ...hashes)).stderr).toContain("oslm pull");
});

it.each([
  [[], /sha256 of the file is needed[\s\S]*Try: oslm pull \S+ --sha256 HEX/],
  [["--sha256", "abc"], /no sha256/],
  [["--sha256", HASH, "--sha256", HASH], /number of --sha256 is wrong/],
  [["--sha256", HASH, "--quant", "q4_0"], /--quant cannot choose/],
])("refuses %j before any request", async (args, says) => {
  const { code, stderr } = await pull("/m.gguf", ...args);
  expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
  expect(requests).toEqual([]);
});

it.each<[string, string, Partial<Served>, number, RegExp]>([
  ["another file", "/m.gguf", { body: Buffer.concat([tinyGguf(MIT), Buffer.alloc(400_000)]) }, 8, /sha256 expected/],
  ["a web page", "/m.gguf", { body: Buffer.from("<p>Sign in"), type: "text/html" }, 8, /web page/],
  ["what is no model", "/m.gguf", { body: Buffer.alloc(100_000, "x") }, 8, /does not start with GGUF/],
  ["nothing", "/other.gguf", { body: BODY }, 3, /there is no file http/],
  ["a redirect away from http", "/m.gguf", { redirect: "file:///etc/passwd" }, 8, /Redirects away/],
])("stores nothing of %s", async (_what, path, served, code, says) => {
  files.set(path, { body: BODY, ...served });
  const result = await pull("/m.gguf", "--sha256", HASH);
  expect([result.code, result.stdout, result.stderr]).toEqual([code, "", expect.stringMatching(says)]);
  expect(own()).toEqual([]);
  expect((await home.run(["list", "-q"])).stdout).toBe("");
});

it("stores nothing of a broken upload, whatever its hash", async () => {
  const body = tinyGguf({ ...MIT, "split.no": 0, "split.count": 2 });
  files.set("/m.gguf", { body });
  const { code } = await pull("/m.gguf", "--sha256", sha256(body));
  expect([code, own()]).toEqual([8, []]);
});

it.each(["/..%2f..%2fevil.gguf", "/a%5cb.gguf", "/CON.gguf", "/a%00.gguf", `/${"x".repeat(300)}.gguf`])(
  "writes nothing outside its folder for %s",
  async (path) => {
    files.set(new URL(path, origin).pathname, { body: BODY });
    const { code, stdout } = await pull(path, "--sha256", HASH);
    const safe = path.includes("%2f");
    expect(code).toBe(safe ? 0 : 8);
    expect(own()).toEqual(safe ? [expect.stringMatching(/\/[0-9a-f]{16}\/evil.gguf$/), expect.anything()] : []);
    if (safe) expect(stdout.trim().startsWith(join(home.path, ".local/share/oslm/"))).toBe(true);
  },
);

it("works with a server that knows no ranges, and with one that sends elsewhere", async () => {
  files.set("/m-Q8_0.gguf", { body: BODY, redirect: "/real" });
  files.set("/real", { body: BODY, withoutRanges: true });
  const { code, stdout } = await pull("/m-Q8_0.gguf", "--sha256", HASH);
  expect([code, readFileSync(stdout.trim()).equals(BODY)]).toEqual([0, true]);
});

it.each<[string, NonNullable<Served["before"]>[number]]>([
  ["a 503", 503],
  ["a reset", "reset"],
  ["a web page", { "content-type": "text/html" }],
  ["a compressed file", { "content-encoding": "gzip", "content-length": "6" }],
])("asks again after %s: for the size, and for the header", async (_what, fault) => {
  files.set("/m-Q8_0.gguf", { body: BODY, before: [fault, undefined, fault] });
  const { code } = await pull("/m-Q8_0.gguf", "--sha256", HASH);
  const [size, sizeAgain, header, headerAgain] = requests.map(({ headers }) => headers.range);
  expect([code, size, sizeAgain]).toEqual([0, "bytes=0-0", "bytes=0-0"]);
  expect([header, headerAgain]).toEqual(["bytes=0-65535", "bytes=0-65535"]);
});

it("keeps what came before Ctrl-C, says how much, and continues from there", async () => {
  const body = Buffer.concat([tinyGguf(MIT), Buffer.alloc(3_000_000, "weights")]);
  files.set("/m-Q8_0.gguf", { body, slow: true });
  const args = ["pull", `${origin}/m-Q8_0.gguf`, "--sha256", sha256(body), "--json"];
  const stopped = await home.run(args.slice(0, -1), {
    onStart: (child) => {
      const timer = setInterval(() => {
        if (sent < 1_000_000) return;
        clearInterval(timer);
        child.kill("SIGINT");
      }, 5);
    },
  });
  expect([stopped.code, stopped.stderr]).toEqual([130, expect.stringMatching(/kB kept|MB kept/)]);
  files.set("/m-Q8_0.gguf", { body });
  const { path, bytes } = JSON.parse((await home.run(args)).stdout) as { path: string; bytes: { downloaded: number } };
  expect(bytes.downloaded).toBeLessThan(body.length - 100_000);
  expect(readFileSync(path).equals(body)).toBe(true);
  expect(own()).toHaveLength(2);
});

it("finds the bytes in another program's store", async () => {
  const blob = join(home.path, ".ollama/models/blobs", `sha256-${HASH}`);
  mkdirSync(dirname(blob), { recursive: true });
  writeFileSync(blob, BODY);
  files.set("/m-Q8_0.gguf", { body: BODY });
  const { stderr } = await pull("/m-Q8_0.gguf", "--sha256", HASH);
  expect(stderr).toContain("found in Ollama's store");
  expect(ranges()).toEqual(["bytes=0-0", "bytes=0-65535"]);
});

it("weighs the fit before the download", async () => {
  files.set("/m-Q8_0.gguf", { body: BODY });
  const { code, stderr } = await pull("/m-Q8_0.gguf", "--sha256", HASH, "--ram", "100KB", "--vram", "0");
  expect([code, stderr]).toEqual([6, expect.stringContaining("does not fit")]);
  expect(own()).toEqual([]);
});

it("says how to pull what is not here, and asks nobody when offline", async () => {
  const ask = await home.run(["run", `${origin}/m.gguf`, "hello"]);
  expect([ask.code, ask.stderr]).toEqual([3, expect.stringContaining(`Try: oslm pull ${origin}/m.gguf --sha256 HEX`)]);
  expect((await pull("/m.gguf", "--sha256", HASH, "--offline")).code).toBe(7);
  expect(requests).toEqual([]);
});
