// What the catalog expects of the license of a repository that it lists, by whichever name that is asked for.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { type FakeHub, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { runHere } from "../support/run-here.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const FILE = Buffer.concat([tinyGguf(), Buffer.alloc(9_000)]);
const CODESTRAL = "bartowski/Codestral-22B-v0.1-GGUF";

/** Repositories whose card is milder than what their models are under: two sizes of one family among them. */
const LISTED = [
  [CODESTRAL, "mnpl"],
  ["cjpais/llava-v1.6-vicuna-13b-gguf", "llama2"],
  ["bartowski/c4ai-command-r-08-2024-GGUF", "cc-by-nc-4.0"],
  ["tiiuae/Falcon3-7B-Instruct-GGUF", "falcon-llm-license"],
  ["bartowski/Llama-3.2-1B-Instruct-GGUF", "llama3.2"],
  ["Qwen/Qwen2.5-3B-Instruct-GGUF", "qwen-research"],
  ["Qwen/Qwen2.5-0.5B-Instruct-GGUF", undefined],
] as const;

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  const files = { "model-Q4_K_M.gguf": FILE };
  const card = { license: "apache-2.0" };
  // Case is the Hub's to ignore: this stand-in knows the other spelling as a repository of its own.
  const ids = [...LISTED.map(([id]) => id), CODESTRAL.toLowerCase(), "mistralai/Codestral-22B-v0.1"];
  hub = await startFakeHub({ repos: ids.map((id) => ({ id, files, card })) });
});
afterAll(() => hub.close());
beforeEach(() => {
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterEach(() => home.remove());

it.each(LISTED)("asks for %s what its entry says: %s", async (repo, license) => {
  const { code, stderr } = await runHere(home, ["pull", repo, "--no-input"]);
  expect([code, stderr.includes("the catalog expects")]).toEqual(license === undefined ? [0, false] : [5, true]);
  if (license !== undefined) expect(stderr).toContain(`--accept-license ${license}`);
});

it("is the same for every spelling of a repository, and for its original", async () => {
  for (const name of [
    ...["codestral", CODESTRAL.toLowerCase(), `${CODESTRAL}@main`, "mistralai/Codestral-22B-v0.1"],
    ...[`${hub.endpoint}/${CODESTRAL}`, `${CODESTRAL}/model-Q4_K_M.gguf`, `${CODESTRAL}:q4_k_m`],
  ]) {
    const { code, stderr } = await runHere(home, ["pull", name, "--no-input"]);
    expect([name, code, stderr]).toEqual([name, 5, expect.stringContaining("--accept-license mnpl")]);
  }
});

it("is asked by whatever judges or shows it", async () => {
  expect((await runHere(home, ["run", CODESTRAL, "hi", "--no-input"])).code).toBe(5);
  const shown = JSON.parse((await runHere(home, ["show", CODESTRAL, "--json"])).stdout);
  expect(shown).toMatchObject({ licenseExpected: "mnpl", license: { id: "mnpl", class: "non-commercial" } });
  const judged = await runHere(home, ["license", CODESTRAL, "--json"]);
  expect(JSON.parse(judged.stdout)).toMatchObject({ id: "mnpl", declared: "apache-2.0" });
});

it("holds for what was pulled while nobody expected it", async () => {
  await home.run(["pull", CODESTRAL, "--accept-license", "mnpl"]);
  const at = (part: string) => home.files().flatMap((file) => (file.includes(part) ? [join(home.path, file)] : []));
  const edit = (file: string, from: RegExp, to: string) =>
    writeFileSync(file, readFileSync(file, "utf8").replace(from, to));
  for (const file of at("license-acceptances")) rmSync(file);
  for (const file of at("index"))
    edit(file, /"id":"mnpl","class":"non-commercial"/, '"id":"apache-2.0","class":"permissive"');
  for (const file of at("evidence/")) edit(file, /"expected":"mnpl",/, "");
  // First with the evidence that was kept, then with nothing but the record.
  for (const from of ["evidence", "record"]) {
    if (from === "record") for (const file of at("evidence/")) rmSync(file);
    const report = await home.run(["license", "report", "--offline"]);
    expect([from, report.stdout]).toEqual([from, expect.stringMatching(/\tmnpl\t.*\tcatalog-expects-other/)]);
    const run = await home.run(["run", CODESTRAL, "hi", "--no-input", "--offline"]);
    expect([from, run.code, run.stderr]).toEqual([from, 5, expect.stringContaining("--accept-license mnpl")]);
  }
});
