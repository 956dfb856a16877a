// Receipts, and whether an answer comes again.
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { type FullReceipt, readReceipt } from "../../src/app/run/receipt.js";
import { hashText } from "../../src/store/hash-text.js";
import { adapterFor } from "../support/adapter.js";
import { failureOf } from "../support/failure-of.js";
import { typed, writeGguf } from "../support/gguf-writer.js";
import { DEMO, Home, type Result } from "../support/oslm.js";
import { GO, scriptedModel } from "../support/scripted-model.js";

const home = new Home();
afterAll(() => home.remove());
const oslm = (...args: string[]): Promise<Result> => home.run(args, { cwd: home.path });
const read = (name: string): FullReceipt => JSON.parse(readFileSync(join(home.path, name), "utf8")) as FullReceipt;
function change(name: string, changes: object): string {
  const file = `changed-${Math.random()}.json`;
  writeFileSync(join(home.path, file), JSON.stringify({ ...read(name), ...changes }));
  return file;
}
const HOT = ["--temp", "1.5", "--top-k", "0", "--top-p", "1", "--min-p", "0", "-n", "24", "--repeat-penalty", "1.1"];

it("writes a receipt for its owner alone, and has the same answer again", async () => {
  const { code, stdout } = await oslm(
    "run",
    "demo",
    "Tell me a story",
    "-s",
    "Be brief.",
    ...HOT,
    "--receipt",
    "r.json",
  );
  expect(code).toBe(0);
  const receipt = read("r.json");
  expect(statSync(join(home.path, "r.json")).mode & 0o777).toBe(0o600);
  expect(receipt).toMatchObject({
    version: 1,
    oslm: expect.stringMatching(/^\d/),
    modelSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    sampling: {
      temp: 1.5,
      topK: 0,
      topP: 1,
      minP: 0,
      repeatPenalty: 1.1,
      presencePenalty: 0,
      frequencyPenalty: 0,
      repeatLastN: 64,
      seed: expect.any(Number),
    },
    stop: [],
    maxTokens: 24,
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Tell me a story" },
    ],
    output: { text: expect.stringContaining(stdout.trim()), thinking: "" },
  });
  expect(await oslm("replay", "r.json")).toEqual({ code: 0, stdout: "identical\n", stderr: "" });
});

it("adds the same adapter again, guesses again, and tells another adapter", async () => {
  const [adapter, receipt] = ["adapter.gguf", "lora.json"].map((name) => join(home.path, name)) as [string, string];
  const spec = await adapterFor(DEMO);
  writeFileSync(adapter, writeGguf(spec));
  const asked = ["run", "demo", "Tell me a story", ...HOT.slice(0, -2), "--lora", `${adapter}:0.5`, "--lookup"];
  expect((await oslm(...asked, "--receipt", receipt)).code).toBe(0);
  const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(read("lora.json")).toMatchObject({ lora: [{ path: adapter, scale: 0.5, sha256 }], guessed: true });
  expect(await oslm("replay", receipt)).toEqual({ code: 0, stdout: "identical\n", stderr: "" });
  const metadata = { ...spec.metadata, "adapter.lora.alpha": typed("float32", 1) };
  writeFileSync(adapter, writeGguf({ ...spec, metadata }));
  const { code, stderr } = await oslm("replay", receipt);
  expect([code, stderr]).toEqual([10, expect.stringContaining("adapters")]);
});

it("says with 10 where the answer differs, and what else does", async () => {
  await oslm("run", "demo", "How do I pull a model?", "--receipt", "r.json", "-n", "20");
  const { output, engine } = read("r.json");
  const text = `${output.text.slice(0, 9)}#${output.text.slice(10)}`;
  const outputSha256 = hashText(text.trim());
  const other = change("r.json", {
    output: { ...output, text },
    outputSha256,
    engine: { ...engine, release: "v0.4.0" },
  });
  const { code, stdout, stderr } = await oslm("replay", other);
  expect([code, stdout]).toEqual([10, ""]);
  expect(stderr).toMatch(
    /^oslm: the answer differs from character 10 of the text on\n {2}It was "#.*", it is ".*"\.\nTry: the same engine release again \(it was v0\.4\.0, it is /,
  );
  const json = await oslm("replay", other, "--json");
  expect(JSON.parse(json.stdout)).toMatchObject({
    identical: false,
    firstDifference: { in: "text", character: 10, was: expect.stringMatching(/^#/) },
    facts: [{ fact: "engine release", was: "v0.4.0" }],
  });
  expect([json.code, JSON.parse(json.stderr)]).toMatchObject([10, { error: { code: "replay-differs" } }]);
  // A fact that changed nothing is only a note.
  const same = await oslm("replay", change("r.json", { threads: 64 }));
  expect(same).toMatchObject({
    code: 0,
    stdout: "identical\n",
    stderr: expect.stringContaining("in spite of another threads: it was 64"),
  });
});

it("writes a receipt over no model and over nothing that it reads", async () => {
  const model = scriptedModel({ script: ["done"], template: GO });
  writeFileSync(join(home.path, "mine.gguf"), model);
  for (const [name, ...flags] of [["mine.gguf"], ["r.json", "-f", "r.json"]] as const) {
    const { code, stdout } = await oslm("run", "./mine.gguf", "hi", "--receipt", name, ...flags);
    expect([code, stdout]).toEqual([2, ""]);
  }
  expect(readFileSync(join(home.path, "mine.gguf")).equals(Buffer.from(model))).toBe(true);
});

it("has answers of a shape again, too", async () => {
  writeFileSync(
    join(home.path, "s.json"),
    JSON.stringify({ properties: { a: { enum: ["x", "y"] } }, required: ["a"] }),
  );
  const { code } = await oslm("run", "demo", "hi", "--schema", "s.json", "--receipt", "shape.json", "--temp", "2");
  expect(code).toBe(0);
  // The receipt has all that is needed.
  writeFileSync(join(home.path, "s.json"), "");
  expect((await oslm("replay", "shape.json")).stdout).toBe("identical\n");
});

it("tells templates the time of the receipt", async () => {
  const template = `{{ strftime_now('%Y') }}{{ '${GO}' }}`;
  writeFileSync(join(home.path, "dated.gguf"), scriptedModel({ script: ["done"], template }));
  await oslm("run", "./dated.gguf", "hi", "--receipt", "dated.json");
  const [same, other] = await Promise.all([
    oslm("replay", "dated.json"),
    oslm("replay", change("dated.json", { at: "1999-06-01T00:00:00.000Z" })),
  ]);
  expect(same).toEqual({ code: 0, stdout: "identical\n", stderr: "" });
  expect(other).toMatchObject({
    code: 0,
    stderr: expect.stringMatching(/^The same in spite of another promptSha256: /),
  });
});

it("refuses what is no receipt, and what has no prompt", async () => {
  writeFileSync(join(home.path, "result.json"), (await oslm("run", "demo", "hi", "--json", "-n", "1")).stdout);
  const cases: readonly (readonly [file: string, reason: RegExp])[] = [
    ["result.json", /hash of the prompt, not the prompt/],
    [change("r.json", { sampling: { temp: 99 } }), /Its field sampling/],
    [change("r.json", { threads: -1 }), /Its field threads/],
    [change("r.json", { stop: [""] }), /Its field stop/],
    [change("r.json", { messages: [{ role: "root", content: "" }] }), /Its field messages/],
  ];
  for (const [file, reason] of cases) {
    expect(await oslm("replay", file)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(reason) });
  }
  for (const changes of [{ outputSha256: "" }, { output: { text: "what I wish it said", thinking: "" } }]) {
    const edited = change("r.json", changes);
    expect((await failureOf(() => readReceipt(readFileSync(join(home.path, edited), "utf8"), edited))).code).toBe(
      "receipt-edited",
    );
  }
  expect(await oslm("replay", change("r.json", { outputSha256: "" }))).toMatchObject({
    code: 8,
    stdout: "",
    stderr: expect.stringContaining("was changed after it was written"),
  });
  const gone = change("r.json", { modelSha256: "0", model: { ref: "qwen2:0.5b", path: "/", commit: null } });
  expect(await oslm("replay", gone)).toMatchObject({ code: 3 });
});
