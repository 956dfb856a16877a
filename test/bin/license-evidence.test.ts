// What the license gate asks the Hub for, and that it asks before any weights.
import { createHash } from "node:crypto";
import { afterEach, expect, it } from "vitest";
import { TEXTS } from "../license/texts.js";
import { type FakeCard, type FakeHub, type FakeRepo, startFakeHub } from "../support/fake-hub.js";
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

/** As long as such texts are. */
const text = (id: string) => Buffer.from((TEXTS[id] ?? id).padEnd(11_000, " and so on"));
const gguf = { "m-Q8_0.gguf": tinyGguf() };
const base = (id: string, card: FakeCard, license?: string, more: Partial<FakeRepo> = {}): FakeRepo => ({
  ...{ id, card, ...more },
  files: { "model.safetensors": Buffer.alloc(2000), ...(license !== undefined && { LICENSE: text(license) }) },
  lfs: large,
});
const large = (path: string) => /\.(gguf|safetensors)$/.test(path);
const weights = () => hub.requests.filter(({ host, path }) => host === "cdn" || large(path));
interface Verdict {
  readonly id: string;
  readonly state: string;
  readonly floor: string | null;
  readonly evidence: readonly { readonly source: string; readonly value: string; readonly agrees: boolean }[];
}
async function pulled(...flags: string[]): Promise<Verdict> {
  const { code, stdout, stderr } = await runHere(home, ["pull", "org/m", "--json", ...flags]);
  expect([code, stderr.includes("error")]).toEqual([0, false]);
  return JSON.parse(stdout).license;
}

it("follows three base models to the root with at most 12 requests and 300 KB, and asks", async () => {
  const short = Buffer.from("...");
  const files = { ...gguf, LICENSE: text("apache-2.0"), "LICENSE-MODEL": text("apache-2.0"), NOTICE: short };
  await start(
    {
      ...{ id: "org/m", card: { license: "apache-2.0", base_model: "org/tune" }, lfs: large },
      files: { ...files, "USE_POLICY.md": short, "README.md": short },
    },
    base("org/tune", { license: "apache-2.0", base_model: "org/mirror" }, "apache-2.0"),
    base("org/mirror", { license: "apache-2.0", base_model: ["meta/Llama"] }, "apache-2.0"),
    base("meta/Llama", { license: "llama3.1" }, "llama3.1", { gated: "manual" }),
  );
  const { code, stdout, stderr } = await runHere(home, ["pull", "org/m"]);
  expect([code, stdout]).toEqual([5, ""]);
  expect(stderr).toContain("its base model meta/Llama is under llama3.1, which holds for all that is made from it");
  expect(stderr).toContain('--accept-license "apache-2.0 AND llama3.1"');
  expect(stderr).toContain("No freer than its base model meta/Llama.");
  expect(weights()).toEqual([]);
  expect(hub.requests.every(({ status }) => status === 200)).toBe(true);
  expect(hub.requests.length).toBeLessThanOrEqual(12);
  expect(hub.requests.reduce((sum, { sent }) => sum + sent, 0)).toBeLessThanOrEqual(300_000);

  const { id, state, floor, evidence } = await pulled("--accept-license", "apache-2.0 AND llama3.1");
  expect([state, floor]).toEqual(["looser", "meta/Llama"]);
  expect(id).toBe("apache-2.0 AND llama3.1");
  expect(evidence).toContainEqual({
    ...{ source: "meta/Llama: LICENSE", value: "llama3.1", agrees: true },
    sha256: createHash("sha256").update(text("llama3.1")).digest("hex"),
  });
  expect(weights().length).toBeGreaterThan(0);
});

it.each<[string, readonly FakeRepo[], RegExp]>([
  [
    "a text that contradicts the card",
    [{ id: "org/m", card: { license: "mit" }, files: { ...gguf, LICENSE: text("gemma") }, lfs: large }],
    /LICENSE in the same repository says gemma/,
  ],
  [
    "a changed MIT license",
    [{ id: "org/m", card: { license: "mit" }, files: { ...gguf, LICENSE: text("modified-mit-kimi") }, lfs: large }],
    /says modified-mit-kimi/,
  ],
  [
    "a text too long to be read",
    [
      {
        id: "org/m",
        card: { license: "mit" },
        files: { ...gguf, LICENSE: Buffer.alloc(300_000, "MIT ") },
        lfs: large,
      },
    ],
    /LICENSE could not be read/,
  ],
  [
    "texts in odd places and forms",
    [
      {
        id: "org/m",
        card: { license: "mit" },
        files: {
          ...gguf,
          LICENSE: text("mit"),
          "LICENSE.pdf": Buffer.from("%PDF-1.7"),
          "docs/LICENCE – Model.docx": Buffer.from("PK"),
          "third_party/LICENSE": text("gemma"),
        },
        lfs: large,
      },
    ],
    /Warning: LICENSE\.pdf, "docs\/LICENCE – Model\.docx" were not read/,
  ],
  [
    "two texts whose names differ in case only",
    [{ id: "org/m", card: { license: "mit" }, files: { ...gguf, LICENSE: text("mit"), license: text("gemma") } }],
    /LICENSE, license were not read/,
  ],
  [
    "a linked text with a name of its own",
    [
      {
        ...{ id: "org/m", lfs: large, card: { license: "mit", license_link: "docs/terms-we-like.md" } },
        files: { ...gguf, LICENSE: text("mit"), "docs/terms-we-like.md": text("gemma") },
      },
    ],
    /docs\/terms-we-like\.md in the same repository says gemma/,
  ],
  [
    "a text beside the weights",
    [
      {
        ...{ id: "org/m", card: { license: "mit" }, lfs: large },
        files: { "q8/m-Q8_0.gguf": tinyGguf(), "q8/LICENSE": text("gemma") },
      },
    ],
    /q8\/LICENSE in the same repository says gemma/,
  ],
  [
    "a missing base",
    [{ id: "org/m", card: { license: "mit", base_model: "gone/m" }, files: gguf }],
    /gone\/m is not on the Hub, or not for everybody/,
  ],
  [
    "a base that is no name",
    [{ id: "org/m", card: { license: "mit", base_model: "../../\u001b[31mout" }, files: gguf }],
    /the base model \.\.\/\.\.\/\?31mout is the name of no repository/,
  ],
  [
    "a cycle",
    [
      { id: "org/m", card: { license: "mit", base_model: "org/b" }, files: gguf },
      base("org/b", { license: "mit", base_model: "org/c" }),
      base("org/c", { license: "mit", base_model: "org/b" }),
    ],
    /lead back/,
  ],
  [
    "an endless chain",
    [
      { id: "org/m", card: { license: "mit", base_model: "org/b0" }, files: gguf },
      ...Array.from({ length: 20 }, (_, at) => base(`org/b${at}`, { license: "mit", base_model: `org/b${at + 1}` })),
    ],
    /org\/b8 was not looked at: there are too many/,
  ],
  [
    "a merge of a hundred",
    [
      {
        id: "org/m",
        card: { license: "mit", base_model: Array.from({ length: 100 }, (_, at) => `org/b${at}`) },
        files: gguf,
      },
    ],
    /org\/b24 was not looked at: there are too many/,
  ],
])("asks for %s, before any weights", async (_, repos, reason) => {
  await start(...repos);
  const { code, stdout, stderr } = await runHere(home, ["pull", "org/m"]);
  expect([code, stdout]).toEqual([5, ""]);
  expect(stderr).toMatch(reason);
  expect(stderr).not.toContain("\u001b");
  expect(weights()).toEqual([]);
  expect(hub.requests.length).toBeLessThan(40);
});

it("reads a license folder and names with dashes of another kind, and more texts as far as it may", async () => {
  const files = {
    ...gguf,
    "LICENSE – Model.txt": text("gemma"),
    "license/LICENSE": text("gemma"),
    "USE_POLICY.md": Buffer.from("Do no harm."),
    NOTICE: Buffer.from("..."),
    ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`LICENSES/${at}.txt`, text("mit")])),
  };
  await start({ id: "org/m", card: { license: "gemma" }, files, lfs: large });
  const { code, stderr } = await runHere(home, ["pull", "org/m"]);
  expect(code).toBe(5);
  expect(stderr).toContain('"LICENSE – Model.txt" (gemma)');
  expect(stderr).toContain("LICENSES/1.txt, LICENSES/2.txt, LICENSES/3.txt, LICENSES/4.txt and 5 more were not read");
  expect(hub.requests.length).toBeLessThanOrEqual(6);
});

it("finds a renamed base, and what only the Hub's tags tell", async () => {
  await start(
    { id: "org/m", files: gguf, card: { license: "gemma", base_model: "old/name" } },
    base("new/name", { license: "gemma", base_model: "root/m" }, undefined, { renamedFrom: "old/name" }),
    base("root/m", { license: "gemma" }, "gemma"),
  );
  const { id, floor, evidence, state } = await pulled("--accept-license", "gemma");
  expect([id, state, floor]).toEqual(["gemma", "text-missing", "root/m"]);
  expect(evidence.map(({ source }) => source)).toEqual([
    "card.license",
    "new/name: card.license",
    "root/m: card.license",
    "root/m: LICENSE",
  ]);
});

it("asks nobody about a permissive model whose text and base agree", async () => {
  // This text Git keeps elsewhere.
  await start(
    { id: "org/m", files: { ...gguf, LICENSE: text("mit") }, card: { license: "mit", base_model: "org/b" } },
    base("org/b", { license: "mit" }, "mit"),
  );
  expect(await pulled()).toMatchObject({ id: "mit", state: "agree", floor: "org/b" });
});

it("takes a base that fails over there for one that nobody can look at", async () => {
  await start(
    { id: "org/m", files: gguf, card: { license: "mit", base_model: "org/b" } },
    base("org/b", { license: "mit" }),
  );
  hub.faults.set("org/b:info", { json: { id: "org/b", sha: "nothing" } });
  const { code, stderr } = await runHere(home, ["pull", "org/m"]);
  expect([code, weights()]).toEqual([5, []]);
  expect(stderr).toContain("the base model org/b could not be read");
});

it("says where the license was seen and who sets the floor, when it asks and afterwards", async () => {
  const header = {
    "general.license": "apache-2.0",
    "general.base_model.0.repo_url": "https://huggingface.co/org/b",
  };
  await start(
    { id: "org/m", files: { "m-Q8_0.gguf": tinyGguf(header) }, card: { license: "mit", base_model: "org/b" } },
    base("org/b", { license: "mit" }, "mit"),
  );
  const { code, stderr } = await runHere(home, ["pull", "org/m"]);
  expect(code).toBe(0);
  expect(stderr).toContain(
    "Seen in the card (mit), org/b: the card (mit), org/b: LICENSE (mit). The repository holds no license text. No freer than its base model org/b.",
  );
  const shown = await runHere(home, ["show", "org/m"]);
  expect(shown.stdout).toContain("seen in\trecord: mit, gguf.general.license: apache-2.0 (differs)\n");
  expect(shown.stdout).toContain("base models\thttps://huggingface.co/org/b\n");
  expect(JSON.parse((await runHere(home, ["show", "org/m", "--json"])).stdout).licenseEvidence).toEqual([
    { source: "record", value: "mit", agrees: true },
    { source: "gguf.general.license", value: "apache-2.0", agrees: false },
  ]);
});
