// oslm search: what people see, what programs get, and the license filter over many pages.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, type FakeRepo, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";

let home: Home;
let hub: FakeHub;

const gguf = { "m-Q4_K_M.gguf": Buffer.from("GGUF") };
const repo = (id: string, downloads: number, more: Partial<FakeRepo> = {}): FakeRepo => ({
  ...{ id, downloads, likes: 1_000_000 - downloads, files: gguf, ...more },
});

beforeAll(async () => {
  // Enough to fill the first page of a search that has to filter.
  const crowd = Array.from({ length: 130 }, (_, index) =>
    repo(`crowd/n${index}-GGUF`, 1000 - index, { card: { license: "llama3.2" } }),
  );
  hub = await startFakeHub({
    repos: [
      repo("acme/free-GGUF", 900_000, { card: { license: "apache-2.0" }, lastModified: "2026-01-02T00:00:00.000Z" }),
      repo("acme/llama-GGUF", 800_000, { card: { license: "llama3.2" }, gated: "manual" }),
      repo("other/silent-GGUF", 700_000),
      repo("other/research-GGUF", 600_000, { card: { license: "other", license_name: "qwen-research" } }),
      repo("other/evil-GGUF", 500_000, { card: { license: `\u001b[31mm\u0007it\n\u202e${"x".repeat(100_000)}` } }),
      repo("other/original", 999_999, { files: { "model.safetensors": Buffer.from("x") }, card: { license: "mit" } }),
      ...crowd,
      repo("late/free-GGUF", 1, { card: { license: ["mit", "apache-2.0"] } }),
    ],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});

const search = (...args: string[]) => home.run(["search", ...args]);
const quiet = async (...args: string[]) => (await search("--quiet", ...args)).stdout.trimEnd().split("\n");

it("gives programs lines, and everybody a word on what declared means", async () => {
  const { code, stdout, stderr } = await search("GGUF", "--limit", "3");
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "acme/free-GGUF\tapache-2.0\t900000\t100000\t2026-01-02T00:00:00.000Z\tno",
      "acme/llama-GGUF\tllama3.2\t800000\t200000\t2026-01-02T03:04:05.000Z\tmanual",
      "other/silent-GGUF\tunknown\t700000\t300000\t2026-01-02T03:04:05.000Z\tno\n",
    ].join("\n"),
  );
  expect(stderr).toBe(
    "These licenses are declared; oslm license acme/free-GGUF looks at the evidence of the first one.\n",
  );
});

it("gives people a table whose names can be copied, at any width", async () => {
  const { text } = await inTerminal(home, ["search", "--limit", "2", "--commercial"], [], { columns: 60 });
  const [header, first, second] = text.split("\n");
  expect(header).toMatch(/^NAME +LICENSE +DOWNLOADS +LIKES +UPDATED +GATED +COMMERCIAL$/);
  expect(first).toMatch(/^acme\/free-GGUF +apache-2\.0 \(permissive\) +900K +100K +\S.* no +allowed$/);
  expect(second).toMatch(/^acme\/llama-GGUF +llama3\.2 \(community\) +800K +200K +\S.* manual +conditional$/);
  expect((await inTerminal(home, ["search", "nowhere"])).text).toContain("Nothing found;");
});

it("gives one JSON document", async () => {
  const { stdout, stderr } = await search("acme", "--json");
  expect(JSON.parse(stdout)).toEqual([
    {
      name: "acme/free-GGUF",
      license: { id: "apache-2.0", class: "permissive", commercialUse: "allowed" },
      downloads: 900_000,
      likes: 100_000,
      updatedAt: "2026-01-02T00:00:00.000Z",
      gated: false,
    },
    expect.objectContaining({ name: "acme/llama-GGUF", gated: "manual" }),
  ]);
  expect(stderr).toBe("");
  expect((await search("nowhere", "--json")).stdout).toBe("[]\n");
  expect(await search("nowhere")).toEqual({ code: 0, stdout: "", stderr: "" });
});

it("filters by what is declared", async () => {
  expect(await quiet("--license", "Apache-2.0")).toEqual(["acme/free-GGUF"]);
  expect(await quiet("--license-class", "research-only", "--license-class", "unknown")).toEqual([
    ...["other/silent-GGUF", "other/research-GGUF", "other/evil-GGUF"],
  ]);
  expect(await quiet("--author", "other", "--commercial")).toEqual([""]);
  expect(await quiet("--sort", "likes", "--limit", "1")).toEqual(["late/free-GGUF"]);
});

it("goes on until enough pass, and no further", async () => {
  hub.requests.length = 0;
  expect(await quiet("--license-class", "permissive", "--limit", "2")).toEqual(["acme/free-GGUF", "late/free-GGUF"]);
  expect(hub.requests.length).toBe(2);
  hub.requests.length = 0;
  expect((await quiet("--commercial", "--limit", "2")).length).toBe(2);
  expect(hub.requests.length).toBe(1);
});

it("reads a bounded number of pages, and says that there are more", async () => {
  hub.requests.length = 0;
  hub.faults.set("search", { link: "self" });
  const { code, stdout, stderr } = await search("--license", "mit", "--json");
  hub.faults.clear();
  expect([code, stdout, hub.requests.length]).toEqual([0, "[]\n", 10]);
  expect(stderr).toMatch(/^warning: stopped after 100 models of the Hub, of which 0 pass; more words, or --author,/);
});

it("prints nothing that steers a terminal", async () => {
  const { stdout } = await search("evil");
  expect(stdout).toMatch(/^other\/evil-GGUF\t31mmit-x{90,93}\t500000\t/);
  const table = (await inTerminal(home, ["search", "evil"])).text;
  for (const face of [stdout, (await search("evil", "--json")).stdout, table]) {
    for (const bad of ["\u001b[31m", "\u0007", "\u202e"]) expect(face).not.toContain(bad);
  }
});

it("makes no request offline, and explains wrong flags", async () => {
  hub.requests.length = 0;
  const offline = await search("qwen", "--offline");
  expect([offline.code, offline.stdout, hub.requests.length]).toEqual([7, "", 0]);
  expect(offline.stderr).toContain("the Hub's list of models is not on this disk, and oslm is offline");
  for (const flags of [
    ["--limit", "0"],
    ["--limit", "many"],
    ["--sort", "size"],
    ["--license-class", "free"],
  ]) {
    expect([flags, (await search(...flags)).code]).toEqual([flags, 2]);
  }
});
