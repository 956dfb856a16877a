// What the header of the chosen file says is judged before its first weight, and kept.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { TEXTS } from "../license/texts.js";
import { type FakeCard, type FakeHub, type FakeRepo, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { runHere } from "../support/run-here.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;

type Header = Readonly<Record<string, string>>;
const MEGABYTE = 1024 * 1024;
const LLAMA: FakeRepo = {
  ...{ id: "meta/Llama", card: { license: "llama3.1" } },
  files: { LICENSE: Buffer.from(TEXTS["llama3.1"] ?? "") },
};

/** A model of three megabytes, nearly all of them weights. */
const gguf = (header: Header) => Buffer.concat([tinyGguf(header), Buffer.alloc(3 * MEGABYTE)]);

async function start(header: Header, card: FakeCard = { license: "mit" }, ...repos: FakeRepo[]): Promise<void> {
  hub = await startFakeHub({ repos: [{ id: "org/m", files: { "m-Q8_0.gguf": gguf(header) }, card }, ...repos] });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
}
afterEach(async () => {
  await hub.close();
  home.remove();
});

const pull = (...flags: string[]) => runHere(home, ["pull", "org/m", ...flags]);
const fetched = () => hub.requests.filter(({ host }) => host === "cdn").reduce((sum, { sent }) => sum + sent, 0);
const license = async (...flags: string[]) => {
  const { stdout } = await runHere(home, ["license", "org/m", "--json", ...flags]);
  return JSON.parse(stdout) as { id: string; state: string; conflicts: { kind: string }[]; evidence: unknown[] };
};
const based = (url: string) => ({ "general.license": "mit", "general.base_model.0.repo_url": url });

it.each<[string, Header, FakeCard, RegExp]>([
  [
    "another license than the card",
    { "general.license": "llama3.1" },
    { license: "mit" },
    /Card, texts and base models say mit; the header of m-Q8_0\.gguf says llama3\.1/,
  ],
  [
    "a license under its name",
    { "general.license": "other", "general.license.name": "qwen-research" },
    { license: "mit" },
    /the header of m-Q8_0\.gguf says qwen-research/,
  ],
  [
    "a list, one of which binds",
    { "general.license": "mit,gemma" },
    { license: "mit" },
    /the header of m-Q8_0\.gguf says gemma/,
  ],
  [
    "a license that nobody knows",
    { "general.license": "acme\u001b[2J-1.0" },
    { license: "mit" },
    /the header of m-Q8_0\.gguf names `acme2j-1\.0`, which oslm does not know/,
  ],
  [
    "a base model that the card leaves out",
    based("https://huggingface.co/meta/Llama"),
    { license: "mit" },
    /its base model meta\/Llama is under llama3\.1/,
  ],
  ["a base model that is gone", based("gone/m"), { license: "mit" }, /the base model gone\/m is not on the Hub/],
  [
    "a base model whose name tells its license",
    { "general.base_model.0.name": "Meta Llama 3.1 8B" },
    { license: "mit" },
    /made from "Meta Llama 3\.1 8B", which is the name of a model under llama3\.1/,
  ],
])("stops before the weights for a header with %s", async (_, header, card, reason) => {
  await start(header, card, LLAMA);
  const { code, stdout, stderr } = await pull();
  expect([code, stdout]).toEqual([5, ""]);
  expect(stderr).toMatch(reason);
  expect(stderr).not.toContain("\u001b");
  expect(fetched()).toBeLessThan(MEGABYTE);
  expect(home.files().filter((file) => file.includes(".cache"))).toEqual([]);
});

it("judges by the header whatever is done with the model afterwards", async () => {
  await start({ "general.license": "llama3.1" });
  expect((await pull("--accept-license", "mit")).code).toBe(5);
  const { code, stdout } = await pull("--accept-license", "mit AND llama3.1", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout).license).toMatchObject({ id: "mit AND llama3.1", conflicts: [{ kind: "header-differs" }] });
  const online = await license();
  expect(online).toMatchObject({ id: "mit AND llama3.1", state: "looser" });
  expect(online.evidence).toContainEqual({
    ...{ source: "m-Q8_0.gguf: general.license", value: "llama3.1", agrees: true },
  });
  await hub.close();
  expect(await license("--offline")).toMatchObject({ id: online.id, evidence: online.evidence });
  const policy = join(home.path, "policy.yaml");
  writeFileSync(policy, "license:\n  deny: [llama3.1]\n");
  const denied = await runHere(home, ["run", "org/m", "hi", "--offline", "--policy", policy]);
  expect([denied.code, denied.stderr]).toEqual([5, expect.stringContaining("policy.yaml:2 deny id llama3.1")]);
});

it.each<[string, Header, FakeCard]>([
  ["says nothing", {}, { license: "mit" }],
  ["says the same", { "general.license": "MIT" }, { license: "mit" }],
  [
    "names a base that the card names too",
    based("https://huggingface.co/org/b"),
    { license: "mit", base_model: "org/b" },
  ],
  ["is of code elsewhere", based("https://github.com/org/b"), { license: "mit" }],
])("adds nothing when it %s", async (_, header, card) => {
  await start(header, card, { id: "org/b", files: {}, card: { license: "mit" } });
  const { code, stderr } = await pull();
  expect(code).toBe(0);
  expect(stderr.match(/license mit/g)).toHaveLength(1);
  expect(hub.requests.filter(({ path }) => path.startsWith("/api/models/org/b")).length).toBeLessThan(2);
});

it("never loosens", async () => {
  await start({ "general.license": "mit" }, { license: "llama3.1" });
  const { code, stdout } = await pull("--accept-license", "llama3.1", "--json");
  expect(code).toBe(0);
  const { id, conflicts, evidence } = JSON.parse(stdout).license;
  expect([id, conflicts]).toEqual(["llama3.1", []]);
  expect(evidence).toContainEqual({ source: "m-Q8_0.gguf: general.license", value: "mit", agrees: false });
});

it("reads the header of the file that was chosen, not of a smaller one", async () => {
  await start({ "general.license": "gemma" });
  const files = { "m-Q8_0.gguf": gguf({ "general.license": "gemma" }), "m-Q2_K.gguf": tinyGguf() };
  await hub.push({ id: "org/m", files, card: { license: "mit" } });
  expect((await pull("--quant", "Q2_K")).code).toBe(0);
  const before = fetched();
  const { code, stderr } = await pull("--quant", "Q8_0");
  expect([code, stderr]).toEqual([5, expect.stringContaining("the header of m-Q8_0.gguf says gemma")]);
  expect(fetched() - before).toBeLessThan(MEGABYTE);
});

it("looks at so many base models, whoever names them", async () => {
  const free = (id: string): FakeRepo => ({ id, files: {}, card: { license: "mit" } });
  const [ofCard, ofHeader] = [Array.from({ length: 22 }, (_, at) => `org/b${at}`), ["org/h0", "org/h1", "org/h2"]];
  const header = Object.fromEntries(
    ofHeader.map((id, at) => [`general.base_model.${at}.repo_url`, `https://huggingface.co/${id}`]),
  );
  await start(header, { license: "mit", base_model: ofCard }, ...[...ofCard, ...ofHeader].map(free));
  const { code, stderr } = await pull();
  expect([code, stderr]).toEqual([5, expect.stringContaining("org/h2 was not looked at: there are too many")]);
});

it("finds what stands behind the vocabulary before it names the model", async () => {
  await start({});
  // Where no converter writes it: the same length under another name, so that tinyGguf puts it last.
  const file = tinyGguf({ "gegeral.license": "gemma" });
  file.write("general.license", file.indexOf("gegeral.license"), "latin1");
  await hub.push({ id: "org/m", files: { "m-Q8_0.gguf": file }, card: { license: "mit" } });
  const { code, stderr } = await pull();
  expect([code, stderr]).toEqual([5, expect.stringContaining("the header of m-Q8_0.gguf says gemma")]);
  expect((await runHere(home, ["list"])).stdout).toBe("");
});
