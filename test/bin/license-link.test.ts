// Where the license_link of a card leads: what is read there, and what is a doubt.
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

const HF = "https://huggingface.co";
const gguf = { "m-Q8_0.gguf": tinyGguf() };
const text = (id: string) => Buffer.from(TEXTS[id] ?? "");
const card = (license_link: string) => ({ license: "mit", license_link });
const contents = () => hub.requests.filter(({ path }) => /\/(?:raw|resolve)\//.test(path)).map(({ path }) => path);

it.each<[string, string]>([
  ["weights of another repository", `${HF}/acme/terms/blob/main/w-Q8_0.gguf`],
  ["a record like oslm's own", `${HF}/acme/terms/blob/main/evidence.json`],
  ["a name that oslm keeps for itself", `${HF}/acme/terms/blob/main/Gate-prompt.txt`],
])("asks for no byte of %s", async (_, link) => {
  const files = { "w-Q8_0.gguf": tinyGguf(), "evidence.json": Buffer.from("{}"), "Gate-prompt.txt": text("mit") };
  await start({ id: "org/m", files: gguf, card: card(link) }, { id: "acme/terms", files });
  const { code, stderr } = await runHere(home, ["pull", "org/m"]);
  expect([code, stderr]).toEqual([5, expect.stringMatching(/the card refers to acme\/terms: .*, which was not read/)]);
  expect([contents(), home.files().filter((file) => file.includes("acme--terms"))]).toEqual([[], []]);
});

it.each<[string, string]>([
  ["another repository", `${HF}/acme/terms/blob/main/LICENSE.txt`],
  ["the model's own", "weights.q8"],
])("follows no pointer to a large file of %s", async (_, link) => {
  const isLarge = { lfs: () => true };
  await start(
    { id: "org/m", files: { ...gguf, "weights.q8": text("mit") }, card: card(link), ...isLarge },
    { id: "acme/terms", files: { "LICENSE.txt": text("mit") }, ...isLarge },
  );
  const { code, stderr } = await runHere(home, ["pull", "org/m"]);
  expect([code, stderr]).toEqual([5, expect.stringMatching(/(?:LICENSE\.txt|weights\.q8) could not be read/)]);
  expect(hub.requests.filter(({ host }) => host === "cdn")).toEqual([]);
});

it("follows the pointer of what is named like a license", async () => {
  await start({ id: "org/m", files: { ...gguf, LICENSE: text("gemma") }, card: { license: "mit" }, lfs: () => true });
  expect((await runHere(home, ["pull", "org/m"])).stderr).toContain("LICENSE in the same repository says gemma");
});

it.each([
  ["too many requests", { status: 429, headers: { "retry-after": "3600" } }, 7, "oslm: "],
  ["a web page", { html: true }, 5, "the card refers to acme/terms: LICENSE.txt, which was not read"],
])("answers %s of a linked repository, also while another is slow", async (_, fault, expected, message) => {
  await start(
    { id: "org/m", files: gguf, card: { ...card(`${HF}/acme/terms/blob/main/LICENSE.txt`), base_model: "org/b" } },
    { id: "org/b", files: {}, card: { license: "mit" } },
    { id: "acme/terms", files: { "LICENSE.txt": text("gemma") } },
  );
  hub.faults.set("acme/terms", fault);
  hub.faults.set("org/b", { delayMs: 1000 });
  const { code, stderr } = await runHere(home, ["license", "org/m"]);
  expect([code, stderr]).toEqual([expected, expect.stringContaining(message)]);
  expect(stderr).not.toContain("    at ");
});

it.each([
  ["code, by its name", "LICENSE.java"],
  ["a file that is not there", "docs/our-terms"],
  ["another branch", `${HF}/org/m/blob/terms/TERMS.md`],
  ["an old commit of another repository", `${HF}/acme/terms/blob/${"0".repeat(40)}/LICENSE.txt`],
  ["an address of 600 characters", `${HF}/acme/terms/blob/main/LICENSE.txt?${"x".repeat(600)}`],
  ["a whole repository", `${HF}/acme/terms`],
])("has a doubt about a link to %s", async (_, link) => {
  await start(
    { id: "org/m", files: { ...gguf, LICENSE: text("mit"), "LICENSE.java": text("gemma") }, card: card(link) },
    { id: "acme/terms", files: { "LICENSE.txt": text("mit") } },
  );
  const { code, stderr } = await runHere(home, ["pull", "org/m"]);
  expect([code, stderr]).toEqual([5, expect.stringContaining("not read")]);
});

it("reads where a link in Markdown leads", async () => {
  await start(
    { id: "org/m", files: gguf, card: card(`[our license](${HF}/acme/terms/blob/main/LICENSE.txt)`) },
    { id: "acme/terms", files: { "LICENSE.txt": text("gemma") } },
  );
  expect((await runHere(home, ["pull", "org/m"])).stderr).toContain("acme/terms: LICENSE.txt says gemma");
});

it("reads nothing of a linked repository that was renamed: that is another place", async () => {
  await start(
    { id: "org/m", files: gguf, card: card(`${HF}/old/terms/blob/main/LICENSE.txt`) },
    { id: "acme/terms", files: { "LICENSE.txt": text("mit") }, renamedFrom: "old/terms" },
  );
  const { code, stderr } = await runHere(home, ["pull", "org/m"]);
  expect([code, stderr]).toEqual([5, expect.stringContaining("the card refers to old/terms: LICENSE.txt, which was")]);
  expect(contents()).toEqual([]);
});
