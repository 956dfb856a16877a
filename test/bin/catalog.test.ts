// oslm catalog: what is known by name, ours and what a configuration adds.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { listCatalog, lookup } from "../../src/catalog/catalog.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { DEMO, Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { runHere } from "../support/run-here.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const FILE = Buffer.concat([tinyGguf(), Buffer.alloc(9_000)]);

/** The first repository of a name. */
const repoOf = (name: string, size?: string): string => lookup(name, size).size.gguf[0] ?? "";
const [PHI, QWEN, RESEARCH] = [repoOf("phi-2"), repoOf("qwen2", "0.5b"), repoOf("qwen2.5", "3b")];

let hub: FakeHub;
let web: Server;
let served: string | undefined;
let fetched = 0;
let home: Home;
beforeAll(async () => {
  hub = await startFakeHub({
    repos: [
      { id: RESEARCH, files: { "q-Q4_K_M.gguf": FILE }, card: { license: "mit" } },
      { id: PHI, files: { "phi-Q4_K_M.gguf": FILE }, card: { license: "cc-by-nc-4.0" } },
      { id: QWEN, files: { "qwen-Q4_K_M.gguf": FILE }, card: { license: "apache-2.0" } },
      { id: "team/house-GGUF", files: { "house-Q4_K_M.gguf": FILE }, card: { license: "mit" } },
      { id: "bartowski/Meta-Llama-3-8B-Instruct-GGUF", files: { "m-Q4_K_M.gguf": FILE }, card: { license: "mit" } },
    ],
  });
  web = createServer((_, reply) => {
    fetched++;
    if (served === "circle") return reply.writeHead(302, { location: "/team.json" }).end();
    reply.writeHead(served === undefined ? 404 : 200).end(served);
  });
  await new Promise<void>((done) => web.listen(0, "127.0.0.1", done));
});
afterAll(async () => {
  web.close();
  await hub.close();
});
beforeEach(() => {
  home = new Home({ HF_ENDPOINT: hub.endpoint });
  fetched = 0;
});
afterEach(() => home.remove());

const FAMILY = {
  ...{ name: "house", title: "House model", modality: "text", defaultSize: "1b" },
  sizes: [
    {
      ...{ size: "1b", params: 1e9, context: 4096, license: { id: "mit" } },
      ...{ gguf: ["team/house-GGUF"], original: "team/house" },
    },
  ],
};
const catalogOf = (...families: readonly object[]): string => JSON.stringify({ families });
const url = () => `http://127.0.0.1:${(web.address() as AddressInfo).port}/team.json`;
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** A project that names a catalog, and the way to run oslm there. */
function project(catalog: string, file?: string) {
  const cwd = join(home.path, "project");
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, "oslm.yaml"), `catalog: ${catalog}\n`);
  if (file !== undefined) writeFileSync(join(cwd, "team.json"), file);
  return (...args: string[]) => home.run(args, { cwd });
}
const fetchedFrom = (text: string, hash = sha256(text)) => {
  served = text;
  return project(`{ url: "${url()}", sha256: ${hash} }`);
};

describe("oslm catalog", () => {
  it("lists every size of every family, without a request", async () => {
    const before = hub.requests.length;
    const { code, stdout, stderr } = await home.run(["catalog"]);
    const rows = stdout.trimEnd().split("\n");
    expect([code, stderr, rows.length]).toEqual([0, "", listCatalog().flatMap(({ sizes }) => sizes).length]);
    expect(rows).toContain("llama3.2:1b\t1240000000\t131072\tllama3.2\ttext\toslm");
    expect(hub.requests.length).toBe(before);
    const [entry] = JSON.parse((await home.run(["catalog", "llama3.2-1b", "--json"])).stdout);
    expect(entry).toMatchObject({ name: "llama3.2:1b", architecture: "llama", givenBy: null, unsupported: null });
    expect(entry.license).toEqual({ id: "llama3.2", class: "community", commercialUse: "conditional" });
  });

  it("narrows it by a word, a task and a license class", async () => {
    const names = async (...args: string[]) =>
      (await runHere(home, ["catalog", ...args, "--quiet"])).stdout.trimEnd().split("\n");
    const coder = await names("mistral ai", "--task", "code", "--license-class", "permissive");
    expect(coder).toEqual(["devstral:24b"]);
    expect(await names("smollm")).toEqual(expect.arrayContaining(["smollm2:1.7b", "smollm3:3b"]));
    const { code, stderr } = await runHere(home, ["catalog", "qwn2"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("qwen2")]);
  });

  it("knows no license that nobody has, and names the nearest", async () => {
    for (const [args, help] of [
      [["catalog", "phi"], "oslm catalog phi --license mit"],
      [["search"], "oslm search --license mit"],
      [["recommend", "code"], "oslm recommend code --license mit"],
      [["fit", "--list"], "oslm fit --list --license mit"],
    ] as const) {
      const { code, stdout, stderr } = await runHere(home, [...args, "--license", "mitt"]);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toBe(`oslm: unknown license "mitt"\n  The nearest: mit.\nTry: ${help}\n`);
    }
    expect((await runHere(home, ["catalog", "--license", "nonsense"])).stderr).toMatch(/^Try: oslm catalog --license/m);
    for (const known of ["Apache 2.0", "unknown", "other"]) {
      expect((await runHere(home, ["catalog", "--license", known])).code, known).toBe(0);
    }
  });

  it("describes one family to people", async () => {
    const { text } = await inTerminal(home, ["catalog", "phi3"], [], { columns: 80, env: { NO_COLOR: "1" } });
    const words = text.replace(/\s+/g, " ");
    expect(words).toContain("architecture phi3");
    expect(words).toContain("does not run phi3:7b: llama.cpp has no block-sparse attention; the nearest is phi3:14b");
    expect(words).toContain("phi3:14b 14 billion 128k mit (permissive)");
    expect(words).toContain("phi3:14b bartowski/Phi-3-medium-128k-instruct-GGUF");
    for (const line of text.split("\n")) expect(line.trimEnd().length, line).toBeLessThanOrEqual(80);
  });
});

it.each([["show"], ["pull"], ["fit"], ["run", "hello"]])(
  "%s asks what was meant, offline too",
  async (verb, ...rest) => {
    const { code, stderr } = await home.run([verb, "qwn2", ...rest, "--offline"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("Did you mean qwen2?")]);
  },
);

describe("the license that the catalog expects", () => {
  const pull = async (ref: string, ...args: string[]) => {
    const { code, stdout, stderr } = await home.run(["pull", ref, "--no-input", ...args]);
    return { code, stderr, stdout };
  };

  it("is shown before the download where the repository's own word is of another class, and is never milder", async () => {
    const refused = await pull("llama3");
    expect(refused.code).toBe(5);
    const word =
      "the catalog expects the license llama3 (community), but the repository's own word is mit (permissive)";
    expect(refused.stderr).toContain(word);
    const { code, stdout, stderr } = await pull("llama3", "--accept-license", "llama3", "--json");
    expect([code, stderr]).toEqual([0, expect.stringContaining(word)]);
    const { license, licenseExpected } = JSON.parse(stdout);
    expect(license).toMatchObject({ id: "llama3", class: "community" });
    expect(licenseExpected).toEqual({
      ...{ id: "llama3", class: "community", agrees: false },
      found: { id: "mit", class: "permissive" },
    });
  });

  it("surprises as well where the repository is stricter, whose word then governs", async () => {
    const { code, stderr } = await pull("phi:2.7b");
    expect([code, stderr]).toEqual([5, expect.stringContaining("expects the license mit (permissive), but")]);
    expect(stderr).toContain("is cc-by-nc-4.0 (non-commercial)");
  });

  it("is no news where it is so, and null where nothing is expected", async () => {
    const expected = async (ref: string) => {
      const { stdout, stderr } = await pull(ref, "--json");
      expect(stderr).not.toContain("expects");
      return JSON.parse(stdout).licenseExpected;
    };
    expect(await expected("qwen2:0.5b")).toMatchObject({ id: "apache-2.0", agrees: true });
    expect(await expected("team/house-GGUF")).toBe(null);
  });
});

describe("a catalog of one's own", () => {
  it("adds its names, and says whose they are", async () => {
    const run = project("team.json", catalogOf(FAMILY));
    expect((await run("catalog", "house")).stdout).toMatch(/given by\tteam\.json/);
    expect((await run("show", "house")).stdout).toMatch(/given by\tteam\.json/);
    const fits = await run("fit", "house", "--ram", "8GB");
    expect([fits.code, fits.stderr]).toEqual([0, expect.stringContaining("house is a name of team.json\n")]);
    expect(JSON.parse((await run("fit", "qwen2:0.5b", "--json=givenBy")).stdout)).toEqual({ givenBy: null });
    const pulled = await run("pull", "house");
    expect(pulled).toMatchObject({ code: 0, stderr: expect.stringContaining("house is a name of team.json") });
    expect((await run("list", "--quiet")).stdout).toBe("house:q4_k_m\n");
    expect((await run("show", "house")).stdout).toMatch(/given by\tteam\.json/);
    expect((await run("__complete", "--", "pull", "hous")).stdout).toContain("house:1b\t");
    // What is not known of its layers is not claimed.
    const { models } = JSON.parse((await run("fit", "--list", "--ram", "8GB", "--vram", "0", "--json")).stdout);
    expect(models.find(({ name }: { name: string }) => name === "house:1b")).toMatchObject({ geometry: "guessed" });
    // Elsewhere the name means nothing.
    expect((await home.run(["pull", "house"])).code).toBe(3);
  });

  it("wins over ours, and never expects less of a license than ours do", async () => {
    // Its card says MIT, and so does the entry: only our own catalog knows better.
    const sizes = [{ ...FAMILY.sizes[0], gguf: [RESEARCH] }];
    const mine = catalogOf({ ...FAMILY, name: "mine", sizes });
    const run = project("team.json", mine);
    const { code, stderr } = await run("pull", "mine", "--no-input");
    expect([code, stderr]).toEqual([5, expect.stringContaining("expects the license qwen-research (")]);
    const llama = project("team.json", catalogOf({ ...FAMILY, name: "llama3" }));
    expect((await llama("pull", "llama3", "--no-input")).code).toBe(5);
    // The tables say what a pull expects.
    expect((await llama("catalog", "llama3", "--json=name,license")).stdout).toContain('"id": "llama3"');
    const { models } = JSON.parse((await llama("fit", "--list", "--ram", "8GB", "--vram", "0", "--json")).stdout);
    expect(models.find(({ name }: { name: string }) => name === "llama3:1b").license.id).toBe("llama3");
    const pulled = await llama("pull", "llama3", "--accept-license", "llama3");
    expect(pulled).toMatchObject({ code: 0, stderr: expect.stringContaining("team/house-GGUF at commit") });
  });

  it("comes from an address once, by its sha256, and then without a network", async () => {
    const text = catalogOf(FAMILY);
    const run = fetchedFrom(text);
    expect((await run("__complete", "--", "pull", "hous")).stdout).not.toContain("house");
    expect([(await run("catalog", "house")).code, fetched]).toEqual([0, 1]);
    expect((await run("catalog", "house", "--offline")).stdout).toContain(`given by\t${url()}`);
    expect((await run("__complete", "--", "pull", "hous")).stdout).toContain("house:1b");
    expect(fetched).toBe(1);
  });

  it("is fetched again where what was kept is damaged", async () => {
    const run = fetchedFrom(catalogOf(FAMILY));
    await run("catalog", "house");
    const kept = home.files().find((file) => file.includes("catalogs"));
    writeFileSync(join(home.path, kept ?? ""), catalogOf({ ...FAMILY, name: "evil" }));
    expect([(await run("catalog", "house")).code, fetched]).toEqual([0, 2]);
  });

  it("is refused with another hash, and nothing goes on without it", async () => {
    const run = fetchedFrom(catalogOf(FAMILY), "ab".repeat(32));
    for (const args of [["catalog"], ["pull", "qwen2"]]) {
      const { code, stdout, stderr } = await run(...args);
      expect([code, stdout]).toEqual([8, ""]);
      expect(stderr).toContain("/team.json is not the catalog that oslm.yaml names");
      expect(stderr).toContain("the sha256 in oslm.yaml is old");
    }
    // What needs no names does.
    expect((await run("list")).code).toBe(0);
  });

  it("is exit 7 where it was never fetched and may not be, and 3 where it is gone", async () => {
    const run = fetchedFrom(catalogOf(FAMILY));
    expect((await run("catalog", "--offline")).code).toBe(7);
    served = undefined;
    expect((await run("catalog")).code).toBe(3);
  });

  it("is in nobody's way who asks for no name", async () => {
    const run = fetchedFrom(catalogOf(FAMILY));
    writeFileSync(join(home.path, "project", "own.gguf"), readFileSync(DEMO));
    for (const args of [
      ["show", "demo"],
      ["fit", "demo"],
      ["show", "./own.gguf"],
      ["import", "own.gguf"],
    ]) {
      const { code, stderr } = await run(...args, "--offline");
      expect([args, code, stderr.includes("team.json")]).toEqual([args, 0, false]);
    }
    expect((await run("show", "house", "--offline")).code).toBe(7);
    expect(fetched).toBe(0);
    expect((await project("none.json")("show", "demo")).code).toBe(0);
  });

  it("does not stop those who work with what is here, unless it alone may know the name", async () => {
    await home.run(["pull", "team/house-GGUF"]);
    const broken = project("team.json", "{");
    for (const args of [["cp", "team/house-GGUF", "mine"], ["cp", "mine", "other"], ["outdated", "mine"], ["import"]]) {
      const { code, stderr } = await broken(...args);
      expect([args, code, stderr.includes("team.json")]).toEqual([args, 0, false]);
    }
    for (const [code, ...args] of [
      [2, "cp", "house", "again"],
      [2, "outdated", "house"],
      [3, "cp", "team/none", "again"],
      [3, "convert", "team/none"],
    ] as const) {
      const failed = await broken(...args);
      expect([args, failed.code, failed.stderr.includes("team.json cannot be used")]).toEqual([args, code, code === 2]);
    }
  });

  it.each<[string, () => void, string]>([
    ["is too large", () => (served = " ".repeat(3_000_000)), "longer than"],
    ["goes in circles", () => (served = "circle"), "redirects too often"],
  ])("says so where it %s", async (_, serve, word) => {
    const run = fetchedFrom(catalogOf(FAMILY));
    serve();
    const { code, stderr } = await run("catalog");
    expect([code, stderr]).toEqual([2, expect.stringContaining(word)]);
    expect(stderr).toContain("oslm.yaml names it");
    expect(stderr).not.toContain("HF_ENDPOINT");
  });

  it("is refused as a whole when it breaks the schema, with the place", async () => {
    const { code, stdout, stderr } = await project("team.json", catalogOf({ ...FAMILY, accept: true }))("catalog");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("the catalog team.json cannot be used\n  At /families/0: it must NOT have additional");
  });

  it("is refused where it is not there", async () => {
    const { code, stderr } = await project("../none.json")("catalog");
    expect([code, stderr]).toEqual([2, expect.stringContaining("There is no such file")]);
    expect(stderr.replace(/\s+/g, " ")).toContain(`(oslm.yaml names it, it is ${join(home.path, "none.json")})`);
  });
});
