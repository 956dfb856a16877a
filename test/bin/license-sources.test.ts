// Sources of evidence beside card and license text: adapters' configurations, use policies, gate prompts.
import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { TEXTS } from "../license/texts.js";
import { type FakeHub, type FakeRepo, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { runHere } from "../support/run-here.js";
import { tinyGguf } from "../support/tiny-gguf.js";

let home: Home;
let hub: FakeHub;

async function start(...repos: FakeRepo[]): Promise<void> {
  hub = await startFakeHub({ repos });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
}
afterEach(async () => {
  await hub.close();
  home.remove();
});

const gguf = { "m-Q8_0.gguf": tinyGguf() };
const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const adapter = (base: unknown) => ({ "adapter_config.json": json({ base_model_name_or_path: base, r: 16 }) });
const LLAMA: FakeRepo = { id: "meta/Llama", card: { license: "llama3.1" }, files: {} };
const pull = (...flags: string[]) => runHere(home, ["pull", "org/m", ...flags]);
const license = async (...flags: string[]) =>
  JSON.parse((await runHere(home, ["license", "org/m", "--json", ...flags])).stdout) as {
    readonly id: string;
    readonly reasons: readonly string[];
    readonly evidence: readonly { source: string; value: string; agrees: boolean; sha256?: string }[];
    readonly conflicts: readonly { kind: string; source: string }[];
  };

it.each<[string, FakeRepo[], RegExp]>([
  [
    "its own, where the card names no base",
    [{ id: "org/m", card: { license: "mit" }, files: { ...gguf, ...adapter("meta/Llama") } }, LLAMA],
    /its base model meta\/Llama is under llama3\.1/,
  ],
  [
    "that of its base",
    [
      { id: "org/m", card: { license: "mit", base_model: "org/lora" }, files: gguf },
      { id: "org/lora", card: { license: "mit", base_model: "org/base" }, files: adapter("meta/Llama") },
      { id: "org/base", card: { license: "mit" }, files: {} },
      LLAMA,
    ],
    /its base model meta\/Llama is under llama3\.1/,
  ],
  [
    "a folder of somebody's disk",
    [{ id: "org/m", card: { license: "mit" }, files: { ...gguf, ...adapter("/data/llama\u001b[2J") } }],
    /the base model \/data\/llama\?2J is the name of no repository/,
  ],
  [
    "one that makes no sense",
    [{ id: "org/m", card: { license: "mit" }, files: { ...gguf, ...adapter({ a: 1 }) } }],
    /adapter_config\.json was not read/,
  ],
  [
    "one that is too long",
    [{ id: "org/m", card: { license: "mit" }, files: { ...gguf, "adapter_config.json": Buffer.alloc(100_000, "[") } }],
    /adapter_config\.json was not read/,
  ],
])("looks at the configuration of an adapter: %s", async (_, repos, reason) => {
  await start(...repos);
  const { code, stderr } = await pull();
  expect([code, stderr]).toEqual([5, expect.stringMatching(reason)]);
  expect(stderr).not.toContain("\u001b");
});

it("needs no folder of somebody's disk where the card names the base", async () => {
  await start(
    { id: "org/m", card: { license: "mit", base_model: "org/b" }, files: { ...gguf, ...adapter("/data/b") } },
    { id: "org/b", card: { license: "mit" }, files: {} },
  );
  expect((await pull()).code).toBe(0);
});

it("reads the license of another repository, where the card links to it and no base brings it along", async () => {
  const card = { license: "mit", license_link: "https://huggingface.co/acme/terms/blob/main/LICENSE.txt" };
  await start(
    { id: "org/m", files: gguf, card },
    { id: "acme/terms", files: { "LICENSE.txt": Buffer.from(TEXTS.gemma ?? "") } },
  );
  const online = await license();
  expect(online).toMatchObject({
    id: "gemma",
    conflicts: [{ kind: "text-differs", source: "acme/terms: LICENSE.txt" }],
  });
  const offline = await license("--offline");
  expect([offline.id, offline.evidence]).toEqual([online.id, online.evidence]);
  await hub.push({ id: "acme/terms", files: {} });
  expect((await license()).reasons.join()).toContain("the card refers to acme/terms: LICENSE.txt, which was not read");
});

it("keeps a use policy with the terms, and asks again when it changes", async () => {
  const repo = (policy: string): FakeRepo => ({
    ...{ id: "org/m", card: { license: "llama3.1" } },
    files: { ...gguf, LICENSE: Buffer.from(TEXTS["llama3.1"] ?? ""), "USE_POLICY.md": Buffer.from(policy) },
  });
  await start(repo("Do no harm."));
  expect((await pull("--accept-license", "llama3.1")).code).toBe(0);
  expect((await license()).evidence).toContainEqual({
    ...{ source: "USE_POLICY.md", value: "a use policy", agrees: true },
    sha256: createHash("sha256").update("Do no harm.").digest("hex"),
  });
  expect(home.files().filter((file) => file.endsWith("/USE_POLICY.md") && !file.includes(".sums/"))).toHaveLength(1);
  expect((await pull()).code).toBe(0);
  await hub.push(repo("Do no harm. Pay us."));
  expect((await pull()).code).toBe(5);
});

it("keeps what the Hub asks consent to, and knows a license in it", async () => {
  const card = { license: "apache-2.0", extra_gated_heading: "Before you go\u001b[2J on" };
  await start({ id: "org/m", files: gguf, card: { ...card, extra_gated_prompt: TEXTS.mrl ?? "" } });
  const online = await license();
  expect(online).toMatchObject({ id: "mrl", conflicts: [{ kind: "text-differs", source: "the gate prompt" }] });
  expect(await license("--offline")).toMatchObject({ evidence: online.evidence });
  expect((await pull()).stderr).not.toContain("\u001b");
  expect(home.files().filter((file) => file.endsWith("/gate-prompt.txt") && !file.includes(".sums/"))).toHaveLength(1);

  await hub.push({ id: "org/m", files: gguf, card });
  expect((await license()).evidence).toContainEqual({
    ...{ source: "the gate prompt", value: "what the Hub asks consent to", agrees: true },
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect((await pull()).code).toBe(0);
});

it("takes a file that is called like the kept prompt for neither", async () => {
  const card = { license: "mit", license_link: "gate-prompt.txt", extra_gated_prompt: "Be kind." };
  await start({ id: "org/m", files: { ...gguf, "gate-prompt.txt": Buffer.from(TEXTS.gemma ?? "") }, card });
  const { reasons } = await license();
  expect(reasons.join()).toContain("gate-prompt.txt was not read");
});

it("has a doubt about a base model that is no name, and pulls the model all the same", async () => {
  const base: unknown = { name: "meta/Llama" };
  await start({ id: "org/m", files: gguf, card: { license: "mit", base_model: base as string } });
  const { code, stderr } = await pull();
  expect([code, stderr]).toEqual([5, expect.stringContaining("is the name of no repository")]);
  expect((await pull("--accept-license", "mit")).code).toBe(0);
});

const STRICT = "license:\n  unknown: deny\n  conflict: deny\n  require_text: true\n";
const strict = () => {
  const path = join(home.path, "policy.yaml");
  writeFileSync(path, STRICT);
  return ["--policy", path];
};

it.each([401, 403])("has a doubt about a text that the Hub refuses with %i", async (status) => {
  await start({
    id: "org/m",
    files: { ...gguf, LICENSE: Buffer.from(TEXTS["llama3.1"] ?? "") },
    card: { license: "mit" },
  });
  hub.faults.set("LICENSE", { status, body: "no" });
  const { code, stderr } = await pull(...strict());
  expect([code, stderr]).toEqual([5, expect.stringContaining("LICENSE could not be read")]);
  expect(stderr).not.toContain("holds no license text");
});

it("has a doubt about the closed text of a gated repository; who pulls it needs access first", async () => {
  const files = { ...gguf, COPYING: Buffer.from(TEXTS["llama3.1"] ?? "") };
  await start({ id: "org/m", gated: "manual", files, card: { license: "mit" } });
  const { reasons } = await license();
  expect(reasons.join()).toContain("COPYING could not be read");
  expect((await runHere(home, ["license", "org/m", ...strict()])).code).toBe(5);
  const { code, stderr } = await pull();
  expect([code, stderr]).toEqual([4, expect.stringContaining("needs you to accept its terms on the Hub")]);
});

it.each<[string, FakeRepo["files"], FakeRepo["card"], string, RegExp]>([
  [
    "a gate prompt",
    {},
    { license: "apache-2.0", extra_gated_prompt: TEXTS.mrl ?? "" },
    "prompt.txt",
    /the gate prompt/,
  ],
  ["a notice", { NOTICE: Buffer.from("Llama 3.1 is licensed") }, { license: "mit" }, "NOTICE", /NOTICE/],
  ["a use policy", { "USE_POLICY.md": Buffer.from("Be kind") }, { license: "mit" }, "USE_POLICY.md", /USE_POLICY\.md/],
])("has a doubt about %s that was seen and is not kept any more", async (_, files, card, name, expected) => {
  await start({ id: "org/m", files: { ...gguf, ...files }, card });
  await license();
  const kept = home.files().filter((file) => file.endsWith(name) && !file.includes(".sums/"));
  expect(kept).toHaveLength(1);
  for (const file of kept) rmSync(join(home.path, file));
  const { code, stdout } = await runHere(home, ["license", "org/m", "--offline"]);
  expect([code, stdout]).toEqual([5, expect.stringMatching(new RegExp(`${expected.source} could not be read`))]);
});

it("has a doubt about a notice that cannot be read now", async () => {
  await start({
    id: "org/m",
    files: { ...gguf, NOTICE: Buffer.from("Llama 3.1 is licensed") },
    card: { license: "mit" },
  });
  hub.faults.set("NOTICE", { status: 404 });
  const { code, stderr } = await pull();
  expect([code, stderr]).toEqual([5, expect.stringContaining("NOTICE could not be read")]);
});

it("knows a license in what the Hub asks consent to for a base model", async () => {
  await start(
    { id: "org/m", files: gguf, card: { license: "apache-2.0", base_model: "org/b" } },
    { id: "org/b", files: {}, card: { license: "apache-2.0", extra_gated_prompt: TEXTS.mrl ?? "" } },
  );
  const { code, stderr } = await pull();
  expect([code, stderr]).toEqual([5, expect.stringContaining("its base model org/b is under mrl")]);
});

it.each<[string, FakeRepo["card"], number]>([
  ["has a doubt about an adapter that there is no request left for", { license: "mit" }, 5],
  ["has none where its card names the base", { license: "mit", base_model: "org/b" }, 0],
])("%s", async (_, card, expected) => {
  const mit = Buffer.from(TEXTS.mit ?? "");
  const texts = Object.fromEntries([0, 1, 2, 3].map((at) => [`LICENSES/${at}.txt`, mit]));
  await start(
    { id: "org/m", files: { ...gguf, ...texts }, card: { license: "mit", base_model: "org/lora" } },
    { id: "org/lora", files: adapter("org/b"), card: card ?? {} },
    { id: "org/b", files: {}, card: { license: "mit" } },
  );
  const { code, stderr } = await pull();
  expect([code, stderr.includes("base model org/lora: adapter_config.json was not read")]).toEqual([
    expected,
    expected > 0,
  ]);
});
