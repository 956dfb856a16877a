// oslm license: the verdict on a model that is not here, is stored, or is a file.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { runHere } from "../support/run-here.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
beforeEach(async () => {
  const files = { "m-Q4_K_M.gguf": tinyGguf() };
  hub = await startFakeHub({
    repos: [
      { id: "org/free", files, card: { license: "apache-2.0" } },
      { id: "org/llama", files, card: { license: "llama3.2" } },
      { id: "org/tensors", files: { "model.safetensors": Buffer.from("x") }, card: { license: "mit" } },
      { id: "org/gated", files, card: { license: "mit" }, gated: "manual" },
      { id: "org/torn", files, card: { license: "mit", license_name: "llama3.2" } },
    ],
    token: "hf_right",
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterEach(async () => {
  await hub.close();
  home.remove();
});

const license = (...args: string[]) => runHere(home, ["license", ...args]);
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await license(...args, "--json");
  return { code, document: JSON.parse(stdout) as Record<string, unknown>, stderr };
};
const accept = (repo: string) => license(repo, "--accept-license", "llama3.2");
const fetched = () => hub.requests.filter(({ host, path }) => host === "cdn" || path.includes("/resolve/"));

it("judges a model of the Hub without fetching a byte of it", async () => {
  const { code, stdout, stderr } = await license("org/free");
  expect([code, stderr]).toEqual([0, ""]);
  for (const line of [
    "license\tapache-2.0 (Apache License 2.0)",
    "class\tpermissive",
    "commercial use\tallowed",
    "openness\topen-weights",
    "component\tweights: yes (license apache-2.0 (permissive))",
    "component\ttraining-code: unknown (not known to oslm)",
    "decision\tpasses",
    "judged by\tthe repository at this commit",
    "evidence\tcard.license: apache-2.0 (agrees)",
    "obligation\t[ ] when you share it: Give the license text to whoever gets the model from you.",
  ]) {
    expect(stdout.split("\n")).toContain(line);
  }
  expect((await license("org/tensors")).code).toBe(0);
  expect(hub.requests.length).toBeGreaterThan(0);
  expect(fetched()).toEqual([]);
  expect(home.filesButEvidence()).toEqual([]);
});

it("shows what would have to be accepted, and then says that it was not", async () => {
  const { code, document, stderr } = await json("org/llama");
  expect([code, document]).toEqual([
    5,
    expect.objectContaining({
      ref: "org/llama",
      repo: "org/llama",
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      from: "card",
      gated: false,
      id: "llama3.2",
      class: "community",
      commercialUse: "conditional",
      openness: "source-available",
      decision: "ask",
      evidence: [{ source: "card.license", value: "llama3.2", agrees: true }],
      conflicts: [],
      obligations: expect.arrayContaining([expect.objectContaining({ id: "display-built-with", trigger: "share" })]),
      accepted: [],
    }),
  ]);
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: "license-not-accepted", exitCode: 5 } });
  expect((await license("org/llama")).stderr).toMatch(/\nTry: oslm license org\/llama --accept-license llama3\.2\n$/);
  expect(await license("org/llama", "--quiet")).toMatchObject({ code: 5, stdout: "llama3.2\n" });
  expect(fetched()).toEqual([]);
});

it("shows conflicts, and the gate that only the Hub's page opens", async () => {
  const torn = await json("org/torn");
  expect([torn.code, torn.document.conflicts]).toEqual([
    5,
    [expect.objectContaining({ kind: "card-contradicts-itself", declared: "mit", found: "llama3.2" })],
  ]);
  expect((await license("org/torn")).stdout).toMatch(/^conflict\t.*says mit and.*llama3\.2/m);
  const gated = await license("org/gated");
  expect([gated.code, gated.stdout]).toEqual([0, expect.stringMatching(/^gate\tthe Hub wants your consent too/m)]);
  expect((await runHere(home, ["pull", "org/gated"])).code).toBe(4);
});

it("accepts before the download, so that the pull asks no more", async () => {
  const { code, document } = await json("org/llama", "--accept-license", "llama3.2");
  const acceptance = { license: "llama3.2", subject: "org/llama", how: "--accept-license" };
  expect([code, document]).toEqual([
    0,
    expect.objectContaining({ decision: "allow", accepted: [expect.objectContaining(acceptance)] }),
  ]);
  expect((await license("org/llama")).stdout).toMatch(
    /^accepted\tllama3\.2 on \d{4}-.* by .* on .* \(--accept-license\)$/m,
  );
  expect((await runHere(home, ["pull", "org/llama"])).code).toBe(0);
});

it("judges a stored model at its commit, and without the Hub by what was seen then", async () => {
  await accept("org/llama");
  await runHere(home, ["pull", "org/llama"]);
  const before = (await json("org/llama")).document;
  await hub.push({ id: "org/llama", files: { "m-Q4_K_M.gguf": tinyGguf() }, card: { license: "mit" } });
  const online = await json("org/llama");
  expect([online.code, online.document]).toEqual([0, before]);
  const requests = hub.requests.length;
  const offline = await json("org/llama", "--offline");
  expect([offline.code, offline.document]).toEqual([0, { ...before, ref: "org/llama:Q4_K_M", from: "kept" }]);
  expect(hub.requests).toHaveLength(requests);
  await hub.close();
  expect((await json("org/llama")).document.from).toBe("kept");
  expect((await license("org/free", "--offline")).code).toBe(7);
}, 90_000);

it("judges a file by its header, wherever it is", async () => {
  const path = join(home.path, "m.gguf");
  writeFileSync(path, tinyGguf({ "general.license": "gemma" }));
  const { code, document } = await json(path);
  expect([code, document]).toMatchObject([
    5,
    { id: "gemma", from: "header", repo: null, evidence: [{ source: "gguf.general.license" }] },
  ]);
  expect((await license(path, "--accept-license", "gemma")).code).toBe(0);
  expect((await license(path)).code).toBe(0);
  await runHere(home, ["import", path, "--name", "mine", "--copy"]);
  expect((await license("mine")).code).toBe(0);
  expect((await license("demo")).stdout).toContain("openness\topen-science\n");
});

it.each([
  ["nothing at all", [], 2, /missing required argument 'model'/],
  ["a model that is nowhere", ["org/none"], 3, /org\/none was not found/],
  ["a file that is none", ["./none.gguf"], 3, /there is no file/],
  ["an id that is none", ["org/llama", "--accept-license", "lama3.2"], 2, /Did you mean llama3\.2/],
])("says what is wrong with %s", async (_what, args, code, says) => {
  expect(await license(...args)).toEqual({ code, stdout: "", stderr: expect.stringMatching(says) });
});

it.skipIf(process.platform === "win32")("accepts nothing that cannot be written down", async () => {
  rmSync(join(home.path, ".local"), { recursive: true, force: true });
  writeFileSync(join(home.path, ".local"), "no folder");
  expect((await accept("org/llama")).code).toBe(2);
});

it.each([
  ["pack", ["pack", "org/free", "ship", "--format", "nonsense"], "--format"],
  ["report", ["report", "--text"], "--text"],
  ["list", ["--text", "list"], "--text"],
  ["revoke", ["revoke", "mit", "-o", "file"], "--output"],
])("swallows no flag that %s does not have", async (name, args, flag) => {
  const { code, stdout, stderr } = await license(...args);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(`oslm license ${name} has no ${flag}\n`);
  expect([home.files(), fetched()]).toEqual([[], []]);
});

it("refuses --text beside a report", async () => {
  const { code, stdout, stderr } = await license("org/free", "--text", "--format", "junit");
  expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining("--text shows the texts of one model")]);
  expect((await license("org/free", "org/llama", "--text")).code).toBe(2);
});
