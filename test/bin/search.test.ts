// oslm search: what people see, what programs get, and the license filter over many pages.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeHub, type FakeRepo, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { runHere } from "../support/run-here.js";

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
      repo("acme/free-GGUF", 900_000, {
        ...{ card: { license: "apache-2.0" }, lastModified: "2026-01-02T00:00:00.000Z" },
        gguf: { architecture: "llama", total: 8e9, context_length: 131_072, totalFileSize: 4.7e9 },
        files: { ...gguf, "m-F16.gguf": Buffer.from("GGUF") },
      }),
      repo("acme/llama-GGUF", 800_000, {
        ...{ card: { license: "llama3.2" }, gated: "manual" },
        gguf: { architecture: "llama", total: 70e9 },
        files: { ...gguf, "m-Q8_0.gguf": Buffer.from("GGUF"), "mmproj-F16.gguf": Buffer.from("GGUF") },
      }),
      repo("other/silent-GGUF", 700_000),
      repo("other/research-GGUF", 600_000, { card: { license: "other", license_name: "qwen-research" } }),
      repo("other/evil-GGUF", 500_000, { card: { license: `\u001b[31mm\u0007it\n\u202e${"x".repeat(100_000)}` } }),
      repo("other/original", 999_999, { files: { "model.safetensors": Buffer.from("x") }, card: { license: "mit" } }),
      repo("sizes/single-GGUF", 2000, {
        card: { license: "mit" },
        gguf: { architecture: "llama", total: 8e8, totalFileSize: 5e8 },
      }),
      repo("sizes/unloadable-GGUF", 1500, { gguf: { architecture: "nonsense", total: 8e8 } }),
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

const machine = ["--ram", "16GB", "--vram", "0", "--bandwidth", "50"];
const search = (...args: string[]) => runHere(home, ["search", ...machine, ...args]);
const quiet = async (...args: string[]) => (await search("--quiet", ...args)).stdout.trimEnd().split("\n");

it("gives programs lines, and everybody a word on what declared means", async () => {
  const { code, stdout, stderr } = await home.run(["search", ...machine, "GGUF", "--limit", "3"]);
  expect(code).toBe(0);
  expect(stdout).toBe(
    [
      "acme/free-GGUF\t~4890000000\tapache-2.0\t~Q4_K_M\t900000\t2026-01-02T00:00:00.000Z",
      "acme/llama-GGUF\t~42787500000\tllama3.2\t~no\t800000\t2026-01-02T03:04:05.000Z",
      "other/silent-GGUF\t?\tunknown\t?\t700000\t2026-01-02T03:04:05.000Z\n",
    ].join("\n"),
  );
  expect(stderr.replace(/\n +/g, " ")).toBe(
    "Licenses are as declared, sizes marked ~ are estimates: oslm license acme/free-GGUF and oslm fit acme/free-GGUF look at the first one.\n",
  );
});

it("gives people a table whose names can be copied", async () => {
  const { text } = await inTerminal(home, ["search", "free", "--no-gated", "--commercial", ...machine], [], {
    columns: 120,
  });
  const [header, first, second] = text.split("\n");
  expect(header).toMatch(/^NAME +SIZE +LICENSE +FITS +DOWNLOADS +UPDATED +GATED +COMMERCIAL$/);
  expect(first).toMatch(/^acme\/free-GGUF +~4\.9 GB +apache-2\.0 \(permissive\) +~Q4_K_M +900K +\S.* no +allowed$/);
  expect(second).toMatch(/^late\/free-GGUF /);
  expect((await inTerminal(home, ["search", "nowhere"])).text).toContain("Nothing found;");
});

it.each([
  [100, /^NAME +SIZE +LICENSE +FITS +DOWNLOADS +UPDATED$/m, /^acme\/free-GGUF .* 900K +\d+\w+ ago$/m],
  [60, /^NAME +SIZE +LICENSE +FITS$/m, /^acme\/free-GGUF .* ~Q4_K_M$/m],
  [40, /^NAME\n +SIZE +LICENSE +FITS$/m, /^acme\/free-GGUF\n +~4\.9 GB +apache-2\.0 +~Q4_K_M$/m],
])("fits a terminal of %d columns", async (columns, header, row) => {
  const { text } = await inTerminal(home, ["search", "free", "--limit", "4", ...machine], [], {
    ...{ columns, env: { NO_COLOR: "1" } },
  });
  const shown = text.replaceAll("\r", "").replace(/ +$/gm, "");
  expect(shown).toMatch(header);
  expect(shown).toMatch(row);
  for (const line of shown.split("\n")) expect(line.length, line).toBeLessThanOrEqual(columns);
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
      pipeline: "text-generation",
      ...{ parameters: 8e9, architecture: "llama", contextLength: 131_072 },
      ...{ quant: "Q4_K_M", size: 4_890_000_000, sizeIsEstimate: true, fits: true },
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
    ...["other/silent-GGUF", "other/research-GGUF", "other/evil-GGUF", "sizes/unloadable-GGUF"],
  ]);
  expect(await quiet("--author", "other", "--commercial")).toEqual([""]);
  expect(await quiet("--sort", "likes", "--limit", "1")).toEqual(["late/free-GGUF"]);
});

it("tells a size exactly where the Hub does, and keeps to the sizes that were asked for", async () => {
  const one = async (...args: string[]) => JSON.parse((await search("--json", ...args)).stdout);
  expect(await one("single")).toMatchObject([
    { size: 500_000_000, sizeIsEstimate: false, quant: "Q4_K_M", fits: true },
  ]);
  expect(await one("unloadable")).toMatchObject([{ architecture: "nonsense", fits: false }]);
  expect(await quiet("--max-size", "1GB")).toEqual(["sizes/single-GGUF", "sizes/unloadable-GGUF"]);
  expect(await quiet("--max-size", "5GB", "--author", "acme")).toEqual(["acme/free-GGUF"]);
  expect(await quiet("--fits")).toEqual(["acme/free-GGUF", "sizes/single-GGUF"]);
  const { stderr } = await search("--fits", "--author", "other", "--json");
  expect(stderr).toBe("warning: left out 3 of which the Hub does not tell the size\n");
  expect((await search("--json=parameters,likes", "single")).stdout).toContain('"parameters": 800000000');
});

it("shows likes and gates where they were asked for", async () => {
  const { text } = await inTerminal(home, ["search", "acme", "--gated", "--sort", "likes", ...machine]);
  expect(text).toMatch(
    /^NAME +SIZE +LICENSE +FITS +DOWNLOADS +UPDATED +LIKES +GATED\s+acme\/llama-GGUF .* 200K +manual\s/,
  );
  expect(await quiet("acme", "--no-gated")).toEqual(["acme/free-GGUF"]);
});

it("shows the rows of a page while the next one is still to come", async () => {
  hub.faults.set("search", { times: 1, delayMs: 0 }, { times: 1, delayMs: 1_500 });
  const times: number[] = [];
  const done = home.run(["search", "--license-class", "permissive", "--limit", "3", "-q", ...machine], {
    onStart: (child) => child.stdout?.on("data", () => times.push(performance.now())),
  });
  expect((await done).stdout.split("\n")).toEqual(["acme/free-GGUF", "sizes/single-GGUF", "late/free-GGUF", ""]);
  hub.faults.clear();
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1_000);
});

it.each([
  ["an error that passes", { times: 1, status: 500 }, 0],
  ["too many requests for a second", { times: 1, status: 429, headers: { "retry-after": "1" } }, 0],
  ["a list that is none", { entries: { error: "?" } }, 8],
  ["a web page", { html: true }, 8],
  ["no such search", { status: 404 }, 7],
] as const)("%s ends as it should", async (_, fault, code) => {
  hub.faults.set("search", fault);
  const result = await search("acme", "--json=name");
  hub.faults.clear();
  expect([result.code, result.stdout === ""]).toEqual([code, code !== 0]);
});

it("has every flag in its document", async () => {
  const { stdout } = await search("--help");
  const own = (stdout.split("Options:")[1] ?? "").split("Flags of every command")[0] ?? "";
  const flags = [...own.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map((match) => match[1] ?? "");
  expect(flags).toContain("--max-size");
  const text = readFileSync(new URL("../../docs/search.md", import.meta.url), "utf8");
  for (const flag of flags.filter((one) => one !== "--help")) expect(text).toContain(flag);
});

it("goes on until enough pass, and no further", async () => {
  hub.requests.length = 0;
  expect(await quiet("--license-class", "permissive", "--limit", "3")).toEqual([
    ...["acme/free-GGUF", "sizes/single-GGUF", "late/free-GGUF"],
  ]);
  expect(hub.requests.length).toBe(2);
  hub.requests.length = 0;
  expect((await quiet("--commercial", "--limit", "2")).length).toBe(2);
  expect(hub.requests.length).toBe(1);
});

it("reads a bounded number of pages, and says that there are more", async () => {
  hub.requests.length = 0;
  hub.faults.set("search", { link: "self" });
  const { code, stdout, stderr } = await search("--license", "wtfpl", "--json");
  hub.faults.clear();
  expect([code, stdout, hub.requests.length]).toEqual([0, "[]\n", 10]);
  expect(stderr).toMatch(/^warning: stopped after 100 models of the Hub, of which 0 pass; more words, or --author,/);
});

it("prints nothing that steers a terminal", async () => {
  const { stdout } = await search("evil");
  expect(stdout).toMatch(/^other\/evil-GGUF\t\?\t31mmit-x{90,93}\t\?\t500000\t/);
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
    ["--license", "nonsense"],
    ["--gated", "--no-gated"],
    ["--no-gated", "--gated"],
  ]) {
    expect([flags, (await search(...flags)).code]).toEqual([flags, 2]);
  }
  expect(hub.requests.length).toBe(0);
});
