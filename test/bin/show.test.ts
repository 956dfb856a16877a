// oslm show of what is not stored: the card's facts, with few requests, and what becomes of hostile and broken answers.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type FakeHub, type FakeRepo, startFakeHub } from "../support/fake-hub.js";
import { Home } from "../support/oslm.js";
import { inTerminal } from "../support/pty.js";
import { runHere } from "../support/run-here.js";
import { tinyGguf } from "../support/tiny-gguf.js";

const EVIL = "\u001b[2J\u202eevil";
const CARD = `---
license: apache-2.0
---
# Model
Trained on 2 trillion tokens of web text.
The knowledge cutoff is June 2024.
`;
const figure = (name: string, value: unknown) => ({
  dataset: { name },
  metrics: [{ type: "acc", value }],
});
const REPOS: readonly FakeRepo[] = [
  {
    id: "acme/Model-8B-GGUF",
    files: {
      "README.md": Buffer.from(CARD),
      "Model-8B-Q4_K_M.gguf": { head: Buffer.from("GGUF"), size: 4_900_000_000 },
      "Model-8B-F16.gguf": { head: Buffer.from("GGUF"), size: 16_000_000_000 },
    },
    card: { license: "apache-2.0", base_model: "acme/Model-8B", language: ["en", "de"], datasets: "acme/corpus" },
    gguf: {
      ...{ architecture: "llama", total: 8e9, context_length: 131_072 },
      chat_template: "{% if tools %}{{ tools }}{% endif %}<think>",
    },
    modelIndex: [{ name: "Model", results: [figure("MMLU", 68.123456), figure("bad", {}), { metrics: 7 }] }],
  },
  {
    id: "acme/Checkpoint-1B",
    files: { "config.json": Buffer.from("{}"), "model.safetensors": Buffer.from("x") },
    safetensors: { total: 1_000_000_000 },
    gated: "manual",
  },
  {
    id: "acme/quiet-GGUF",
    files: { "quiet-Q8_0.gguf": { head: Buffer.from("GGUF"), size: 850_000_000 } },
  },
  {
    id: "acme/evil-GGUF",
    files: { "evil-Q8_0.gguf": Buffer.from("GGUF"), "README.md": Buffer.from(`trained on data ${EVIL}\u0007`) },
    card: { license: EVIL, base_model: EVIL, language: [EVIL, 7 as never], datasets: { a: 1 } as never },
    modelIndex: { results: EVIL },
    gguf: { architecture: EVIL, total: -1, chat_template: EVIL },
    pipeline_tag: EVIL,
  },
  {
    id: "acme/strange-GGUF",
    files: { "strange-Q8_0.gguf": { head: Buffer.from("GGUF"), size: 850_000_000 } },
    gguf: { architecture: "strange9", total: 8e8, context_length: 4096 },
  },
  { id: "acme/pictures", files: { "model.onnx": Buffer.from("x") }, card: { license: "mit" } },
  // The catalog's second repository of this name: the first is gone.
  {
    id: "bartowski/Llama-3.2-1B-Instruct-GGUF",
    files: { "Llama-3.2-1B-Instruct-Q8_0.gguf": { head: Buffer.from("GGUF"), size: 1_320_000_000 } },
    card: { license: "mit" },
  },
];
const MACHINE = ["--ram", "16GB", "--vram", "0", "--bandwidth", "50"];

let hub: FakeHub;
let home: Home;
beforeAll(async () => {
  hub = await startFakeHub({ repos: REPOS });
  home = new Home({ HF_ENDPOINT: hub.endpoint });
});
afterAll(async () => {
  await hub.close();
  home.remove();
});
beforeEach(() => {
  hub.requests.length = 0;
  hub.faults.clear();
});

const show = (...args: string[]) => runHere(home, ["show", ...args, ...MACHINE]);
const json = async (...args: string[]) => {
  const { code, stdout, stderr } = await show(...args, "--json");
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Record<string, unknown>;
};

it("tells a repository's facts in two requests, none of them for weights", async () => {
  const model = await json("acme/Model-8B-GGUF");
  expect(hub.requests.map(({ path }) => path.replace(/[0-9a-f]{40}/, "SHA"))).toEqual([
    "/api/models/acme/Model-8B-GGUF/revision/main",
    "/acme/Model-8B-GGUF/raw/SHA/README.md",
  ]);
  expect(model).toMatchObject({
    ...{ name: "acme/Model-8B-GGUF", stored: false, repo: "acme/Model-8B-GGUF", pipeline: "text-generation" },
    ...{ architecture: "llama", parameters: 8e9, parametersFrom: "hub", ctxTrain: 131_072, geometry: "guessed" },
    ...{ languages: ["en", "de"], datasets: ["acme/corpus"], baseModels: ["acme/Model-8B"] },
    benchmarks: [{ dataset: "MMLU", metric: "acc", value: 68.123456, verified: false }],
    license: { id: "apache-2.0", class: "permissive" },
    ...{ licenseFrom: "card", chatTemplate: true, template: { tools: true, thinking: true } },
    quantizations: [
      { quant: "Q4_K_M", size: 4_900_000_000, files: ["Model-8B-Q4_K_M.gguf"], fits: true },
      { quant: "F16", size: 16_000_000_000, files: ["Model-8B-F16.gguf"], fits: false },
    ],
    ...{ quant: "Q4_K_M", size: 4_900_000_000, fits: true, sizesAreEstimates: false, cardMissing: null },
    stated: [
      { about: "training-data", line: 5, text: "Trained on 2 trillion tokens of web text." },
      { about: "knowledge-cutoff", line: 6, text: "The knowledge cutoff is June 2024." },
    ],
  });
  expect((await json("acme/Model-8B-GGUF:F16")).quantizations).toMatchObject([{ quant: "F16" }]);
  const wrong = await show("acme/Model-8B-GGUF:Q2_K");
  expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining("Try: oslm show acme/Model-8B-GGUF:Q4_K_M")]);
});

it("gives people lines, with estimates marked and claims called so", async () => {
  const { stdout } = await show("acme/Model-8B-GGUF");
  const lines = stdout.split("\n");
  for (const line of [
    "parameters\t8 billion",
    "context\t131072 tokens",
    "languages\ten, de",
    "training data\tacme/corpus",
    'knowledge cutoff\tREADME.md line 6: "The knowledge cutoff is June 2024."',
    "benchmark\tMMLU, acc: 68.12 (claimed)",
    "license\tapache-2.0 (permissive), as declared: no text was looked at",
    "base models\tacme/Model-8B (quantized)",
    "chat template\tyes; tools: yes; thinking: yes",
  ]) {
    expect(lines).toContain(line);
  }
  expect(stdout).toMatch(/^quantization\tQ4_K_M {2}4\.9 GB {2}~fits, needs ~\S+ GB; a pull takes this one$/m);
  expect(stdout).toMatch(/^memory\t~/m);
  const { text } = await inTerminal(home, ["show", "acme/Model-8B-GGUF", ...MACHINE]);
  expect(text).toContain("Get it: oslm pull acme/Model-8B-GGUF");
  expect((await show("acme/Model-8B-GGUF", "-q")).stdout).toBe("acme/Model-8B-GGUF\n");
});

it("describes a checkpoint, and what nothing can be said of", async () => {
  expect(await json("acme/Checkpoint-1B")).toMatchObject({
    ...{ isCheckpoint: true, sizesAreEstimates: true, parameters: 1e9, gated: "manual", stated: [] },
    ...{ fits: true, quant: "Q8_0", size: 1_062_500_000, license: { id: "unknown" }, openness: "unknown" },
  });
  // From the size of its one file.
  expect(await json("acme/quiet-GGUF")).toMatchObject({ parameters: 8e8, parametersFrom: "file-size", template: null });
  expect(await json("acme/pictures")).toMatchObject({ quantizations: [], fits: null, quant: null, parameters: null });
});

it("takes what the catalog knows, and its next repository where one is gone, in three requests", async () => {
  const { stdout, code } = await show("llama3.2:1b", "--json");
  expect([code, hub.requests.length <= 3]).toEqual([0, true]);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ name: "llama3.2:1b", repo: "bartowski/Llama-3.2-1B-Instruct-GGUF", parametersFrom: "catalog" },
    ...{ geometry: "catalog", licenseExpected: "llama3.2" },
  });
});

it("says which names lead nowhere, with a way on", async () => {
  const typo = await show("lama3.2");
  expect([typo.code, typo.stderr]).toEqual([3, expect.stringMatching(/Try: oslm show \S+/)]);
  expect((await show("llama3.2:99b")).stderr).toContain("Try: oslm show llama3.2:");
  expect((await show("acme/none")).code).toBe(3);
  expect((await show("acme/Model-8B-GGUF/none.gguf")).code).toBe(3);
  hub.requests.length = 0;
  const offline = await show("acme/Model-8B-GGUF", "--offline");
  expect([offline.code, hub.requests.length]).toEqual([3, 0]);
});

it("says what the engine cannot load, of a file and of a repository, as fit does", async () => {
  const file = join(home.path, "strange.gguf");
  const shape = { block_count: 1, context_length: 256, embedding_length: 32, feed_forward_length: 64 };
  const keys = Object.entries({ ...shape, "attention.head_count": 2 }).map(([key, value]) => [
    `strange9.${key}`,
    value,
  ]);
  writeFileSync(file, tinyGguf({ "general.architecture": "strange9", ...Object.fromEntries(keys) }));
  const obstacle = expect.stringContaining('does not know the architecture "strange9"');
  const remote = await json("acme/strange-GGUF");
  expect(remote).toMatchObject({
    obstacle,
    fits: false,
    quant: null,
    estimate: null,
    quantizations: [{ fits: false }],
  });
  expect(await json(file)).toMatchObject({ obstacle, fits: false });
  for (const name of ["acme/strange-GGUF", file]) {
    const { stdout } = await show(name);
    expect(stdout).toMatch(/^fits\tno: llama\.cpp \S+ .*does not know the architecture "strange9"$/m);
    expect(stdout).not.toContain("pull");
  }
  expect((await json("acme/Model-8B-GGUF")).obstacle).toBe(null);
  expect((await json("demo")).obstacle).toBe(null);
});

it("prints nothing that steers a terminal", async () => {
  const faces = [
    (await show("acme/evil-GGUF")).stdout,
    (await show("acme/evil-GGUF", "--json")).stdout,
    (await inTerminal(home, ["show", "acme/evil-GGUF", ...MACHINE])).text,
  ];
  for (const face of faces) {
    expect(face).toContain("acme/evil-GGUF");
    for (const bad of ["\u001b[2J", "\u0007", "\u202e"]) expect(face).not.toContain(bad);
  }
});

it("survives what passes, shows the rest without the card, and fails where there is nothing", async () => {
  hub.faults.set("acme/Model-8B-GGUF:info", { times: 1, status: 500 });
  expect((await json("acme/Model-8B-GGUF")).cardMissing).toBe(null);
  hub.faults.set("acme/Model-8B-GGUF:info", { times: 1, status: 429, headers: { "retry-after": "1" } });
  expect((await json("acme/Model-8B-GGUF")).cardMissing).toBe(null);
  hub.faults.clear();
  hub.faults.set("acme/Model-8B-GGUF/README.md", { status: 404 });
  const bare = await show("acme/Model-8B-GGUF");
  expect([bare.code, bare.stderr]).toEqual([0, expect.stringMatching(/^warning: the model card could not be read/)]);
  hub.faults.set("acme/Model-8B-GGUF:info", { json: ["no", "object"] });
  expect((await show("acme/Model-8B-GGUF")).code).toBe(8);
});
