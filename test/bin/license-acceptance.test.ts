// Accepting a license: asked once, written down, asked again after a revocation.
import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { TEXTS } from "../license/texts.js";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;
beforeEach(async () => {
  const repo = (id: string, license: string) => ({ id, files: { "m-Q4_K_M.gguf": tinyGguf() }, card: { license } });
  hub = await startFakeHub({
    repos: [repo("org/llama", "llama3.2"), repo("org/other", "llama3.2"), repo("org/odd", "our-own-terms")],
  });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterEach(async () => {
  await hub.close();
  home.remove();
});

const ledger = () => join(home.path, ".local", "state", "oslm", "license-acceptances.jsonl");
const records = () =>
  readFileSync(ledger(), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const pull = (repo: string, ...flags: string[]) => home.run(["pull", repo, "--no-progress", ...flags]);
const codeOf = async (repo: string, ...flags: string[]) => (await pull(repo, ...flags)).code;

it("writes down who accepted what, when and how, and asks no more for that repository", async () => {
  expect(await codeOf("org/llama", "--accept-license", "llama3.2")).toBe(0);
  expect(records()).toEqual([
    {
      format: 1,
      decision: "accepted",
      subject: "org/llama",
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      licenses: ["llama3.2"],
      textSha256: null,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      how: "--accept-license",
      user: expect.stringMatching(/./),
      host: expect.stringMatching(/./),
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      facts: null,
    },
  ]);
  expect(await codeOf("org/llama")).toBe(0);
  await home.run(["rm", "org/llama", "--yes"]);
  expect(await codeOf("org/llama")).toBe(0);
  expect(records()).toHaveLength(1);
  expect(await codeOf("org/other")).toBe(5);
});

it("asks again when the repository changes its license", async () => {
  await pull("org/llama", "--accept-license", "llama3.2");
  await hub.push({ id: "org/llama", files: { "m-Q4_K_M.gguf": tinyGguf() }, card: { license: "cc-by-nc-4.0" } });
  expect(await codeOf("org/llama")).toBe(5);
});

it("asks again when the text of the license changes", async () => {
  const release = (text: string) => ({
    id: "org/llama",
    files: { "m-Q4_K_M.gguf": tinyGguf(), LICENSE: Buffer.from(text) },
    card: { license: "llama3.2" },
  });
  const text = TEXTS["llama3.2"] ?? "";
  await hub.push(release(text));
  expect(await codeOf("org/llama", "--accept-license", "llama3.2")).toBe(0);
  expect(records()).toMatchObject([{ textSha256: createHash("sha256").update(text).digest("hex") }]);
  expect(await codeOf("org/llama")).toBe(0);
  await hub.push(release(`${text}\nAddendum: ...`));
  expect(await codeOf("org/llama")).toBe(5);
});

it("takes the ids of a variable, and of those only what is needed is written down", async () => {
  const env = { OSLM_ACCEPT_LICENSE: "gemma, llama3.2," };
  expect((await home.run(["pull", "org/llama"], { env })).code).toBe(0);
  expect(records()).toMatchObject([{ how: "OSLM_ACCEPT_LICENSE", licenses: ["llama3.2"] }]);
});

it.each([
  [
    "--accept-license",
    ["--accept-license", "lama3.2"],
    {},
    /"lama3\.2" in --accept-license .*\n.*Did you mean llama3\.2/,
  ],
  ["the variable", [], { OSLM_ACCEPT_LICENSE: "llama3.2,all" }, /"all" in OSLM_ACCEPT_LICENSE is not a license id/],
])("refuses an id in %s that is none", async (_where, flags, env, says) => {
  const { code, stderr } = await home.run(["pull", "org/llama", ...flags], { env });
  expect([code, stderr]).toEqual([2, expect.stringMatching(says)]);
  expect(home.filesButEvidence()).toEqual([]);
  expect(hub.requests.filter(({ host }) => host === "cdn")).toEqual([]);
});

it("takes an id that only the model itself uses", async () => {
  expect(await codeOf("org/odd", "--accept-license", "our-own-terms")).toBe(0);
  expect(await codeOf("org/odd")).toBe(0);
});

it("asks a person once", async () => {
  const yes = await inTerminal(home, ["pull", "org/llama"], [["Accept llama3.2? [y/N]", "y\r"]]);
  expect(yes.code).toBe(0);
  expect(records()).toMatchObject([{ how: "terminal", licenses: ["llama3.2"], subject: "org/llama" }]);
  const again = await inTerminal(home, ["pull", "org/llama"]);
  expect([again.code, again.text]).toEqual([0, expect.not.stringContaining("[y/N]")]);
  const no = await inTerminal(home, ["pull", "org/other"], [["Accept llama3.2? [y/N]", "n\r"]]);
  expect(no.code).toBe(130);
  expect(records()).toHaveLength(1);
});

it("tells of a record that was cut off, and keeps it and the others", async () => {
  await pull("org/llama", "--accept-license", "llama3.2");
  const before = readFileSync(ledger(), "utf8");
  appendFileSync(ledger(), '{"format":1,"dec');
  const again = await pull("org/llama");
  expect([again.code, again.stderr]).toEqual([
    0,
    expect.stringMatching(/warning: .*acceptances line 2 makes no sense/),
  ]);
  await pull("org/other", "--accept-license", "llama3.2");
  expect(readFileSync(ledger(), "utf8").startsWith(`${before}{"format":1,"dec\n{`)).toBe(true);
  expect(await codeOf("org/other")).toBe(0);
});

it("asks when the record makes no sense, and fetches no byte of weights", async () => {
  await pull("org/llama", "--accept-license", "llama3.2");
  writeFileSync(ledger(), "nonsense\n".repeat(3));
  await home.run(["rm", "org/llama", "--yes"]);
  hub.requests.length = 0;
  const { code, stderr } = await pull("org/llama");
  expect([code, stderr]).toEqual([5, expect.stringContaining("3 lines (the first is 1) make no sense")]);
  expect(hub.requests.filter(({ host }) => host === "cdn")).toEqual([]);
});

it("what a pull accepted counts for a run under a policy that asks, whatever the text of the license was", async () => {
  const files = { "m-Q4_K_M.gguf": tinyGguf(), LICENSE: Buffer.from(TEXTS["llama3.2"] ?? "") };
  await hub.push({ id: "org/llama", files, card: { license: "llama3.2" } });
  const policy = join(home.path, "policy.yaml");
  writeFileSync(policy, "license:\n  review: [community]\n");
  expect(await codeOf("org/llama", "--policy", policy, "--accept-license", "llama3.2")).toBe(0);
  const { stderr } = await home.run(["run", "org/llama", "hello", "--policy", policy]);
  // The tiny model has no words to answer with; the gate is passed.
  expect(stderr).not.toContain("must accept first");
});

it("writes down what the policy was told when it was accepted", async () => {
  const policy = join(home.path, "policy.yaml");
  writeFileSync(policy, "license:\n  facts: {mau: 1000, regions: [US], use: internal}\n");
  expect(await codeOf("org/llama", "--policy", policy, "--accept-license", "llama3.2")).toBe(0);
  expect(records()).toMatchObject([{ facts: { mau: 1000, regions: ["US"], use: ["internal"] } }]);
});

it("needs no record of acceptances for what asks nothing", async () => {
  await hub.push({ id: "org/other", files: { "m-Q4_K_M.gguf": tinyGguf() }, card: { license: "mit" } });
  mkdirSync(ledger(), { recursive: true });
  expect(await codeOf("org/other")).toBe(0);
  const { code, stderr } = await pull("org/llama");
  expect([code, stderr]).toEqual([2, expect.stringContaining("is not oslm's record of license acceptances")]);
});

it("asks again when a text beside the license changes, or that of a base model", async () => {
  const text = Buffer.from(TEXTS["llama3.2"] ?? "");
  const base = (license: string) => ({ id: "org/base", files: { LICENSE: Buffer.from(license) } });
  const model = (second: string) => ({
    id: "org/llama",
    files: { "m-Q4_K_M.gguf": tinyGguf(), LICENSE: text, "LICENSE-2": Buffer.from(second) },
    card: { license: "llama3.2", base_model: "org/base" },
  });
  await hub.push({ ...base("Ours."), card: { license: "llama3.2" } });
  await hub.push(model("One."));
  const accept = ["--accept-license", "llama3.2"];
  expect(await codeOf("org/llama", ...accept)).toBe(0);
  expect(await codeOf("org/llama")).toBe(0);
  await hub.push(model("Two."));
  expect(await codeOf("org/llama")).toBe(5);
  expect(await codeOf("org/llama", ...accept)).toBe(0);
  await hub.push({ ...base("Ours, and more."), card: { license: "llama3.2" } });
  expect(await codeOf("org/llama")).toBe(5);
});
