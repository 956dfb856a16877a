// oslm embed with the real engine and small models.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Home } from "../support/oslm.js";
import { DIMENSIONS, POOLING, reader, writer } from "../support/small-embedders.js";

const home = new Home();
afterAll(() => home.remove());

let count = 0;
function model(bytes: Buffer): string {
  const path = join(home.path, `model-${count++}.gguf`);
  writeFileSync(path, bytes);
  return path;
}
const READER = model(reader());

interface Document {
  readonly dimensions: number;
  readonly pooling: string;
  readonly embeddings: readonly (readonly number[])[];
  readonly truncated?: readonly object[];
}
const embed = (path: string, args: readonly string[], stdin?: string) =>
  home.run(["embed", path, ...args], stdin === undefined ? {} : { stdin });
const vectors = async (path: string, lines: readonly string[], ...args: string[]): Promise<Document> => {
  const { code, stdout, stderr } = await embed(path, args, lines.map((line) => `${line}\n`).join(""));
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("oslm:")]);
  return JSON.parse(stdout) as Document;
};
const length = (vector: readonly number[] = []) => Math.hypot(...vector);

it("makes a vector of each line, of length 1", async () => {
  const { dimensions, pooling, embeddings } = await vectors(READER, ["a b c", "d e", "a b c"]);
  expect([dimensions, pooling, embeddings.length]).toEqual([DIMENSIONS, "mean", 3]);
  for (const vector of embeddings) expect(length(vector)).toBeCloseTo(1, 5);
  expect(embeddings[0]).toEqual(embeddings[2]);
  expect(embeddings[0]).not.toEqual(embeddings[1]);
  const { stdout } = await embed(READER, ["a b c", "--no-normalize", "--json=embeddings"]);
  const [plain = []] = (JSON.parse(stdout) as Document).embeddings;
  const long = length(plain);
  expect(long).not.toBeCloseTo(1, 2);
  expect(plain.map((value) => value / long)).toEqual(embeddings[0]?.map((value) => expect.closeTo(value, 5)));
});

it("pools as the header says", async () => {
  // What is causal has in each token's state the last state of the text up to it: those give the mean and the first.
  const texts = ["", "x", "xy", "xyz"].map((text) => `q${text}`);
  const last = await vectors(model(writer({ "llama.pooling_type": POOLING.last })), texts, "--no-normalize");
  const none = await vectors(model(writer()), texts, "--no-normalize");
  const mean = await vectors(model(writer({ "llama.pooling_type": POOLING.mean })), texts, "--no-normalize");
  const cls = await vectors(model(writer({ "llama.pooling_type": POOLING.cls })), texts, "--no-normalize");
  expect([last, none, mean, cls].map(({ pooling }) => pooling)).toEqual(["last", "last", "mean", "cls"]);
  const close = (vector: readonly number[] = []) => vector.map((value) => expect.closeTo(value, 3));
  expect(none.embeddings).toEqual(last.embeddings.map(close));
  for (const vector of cls.embeddings) expect(vector).toEqual(close(cls.embeddings[0]));
  // The sum grows by each token's own state.
  const tokens = (index: number) => index + 3;
  for (let index = 1; index < texts.length; index++) {
    const [before = [], now = []] = [mean.embeddings[index - 1], mean.embeddings[index]];
    const added = now.map((value, at) => value * tokens(index) - (before[at] ?? 0) * tokens(index - 1));
    expect(added).toEqual(close(last.embeddings[index]));
  }
});

it("computes a long text at once", async () => {
  // More than a batch of an answer holds: an encoder that read in parts would know the last one alone, and these end alike.
  const tail = "d ".repeat(200).trim();
  const { embeddings } = await vectors(READER, [`${"a ".repeat(300)}${tail}`, `${"b ".repeat(300)}${tail}`]);
  expect(embeddings[0]).not.toEqual(embeddings[1]);
});

it("writes lines, or bare floats", async () => {
  const stdin = "a b\nc\n";
  const { embeddings } = await vectors(READER, ["a b", "c"]);
  const { stdout } = await embed(READER, ["--format", "jsonl"], stdin);
  const lines = stdout.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual(
    embeddings.map((embedding, index) => ({ index, embedding })),
  );
  const { execFileSync } = await import("node:child_process");
  const bin = new URL("../../bin/oslm.js", import.meta.url).pathname;
  const raw = execFileSync(process.execPath, [bin, "embed", READER, "--format", "raw"], {
    input: stdin,
    env: home.env,
  });
  expect(raw.length).toBe(2 * DIMENSIONS * 4);
  const floats = Array.from({ length: raw.length / 4 }, (_, at) => raw.readFloatLE(4 * at));
  expect(floats).toEqual(embeddings.flat().map((value) => Math.fround(value)));
});

it("refuses a text that is too long, with its number and lengths, unless told to cut it", async () => {
  const stdin = `a\n${"a ".repeat(600).trim()}\n`;
  const { code, stdout, stderr } = await embed(READER, ["--format", "jsonl"], stdin);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("text 2 has 602 tokens, 90 more than the 512 that can be embedded");
  const cut = await embed(READER, ["--truncate", "--json"], stdin);
  expect([cut.code, cut.stderr]).toEqual([0, ""]);
  const { truncated, embeddings } = JSON.parse(cut.stdout) as Document;
  expect(truncated).toEqual([{ line: 2, tokens: 602, kept: 512 }]);
  const whole = await vectors(READER, ["a ".repeat(510).trim()]);
  expect(embeddings[1]).toEqual(whole.embeddings[0]);
});

it("takes special tokens in a text for text", async () => {
  const [marked, plain] = (await vectors(READER, ["a [SEP] b", "a b"])).embeddings;
  expect(marked).not.toEqual(plain);
  const { stdout } = await embed(READER, ["a [SEP] b", "--json=usage"]);
  // The marks around it, two letters, and unknown signs.
  expect((JSON.parse(stdout) as { usage: { promptTokens: number } }).usage.promptTokens).toBeGreaterThan(5);
});

it("warns once of a model that was made to write", async () => {
  const { code, stderr } = await embed("demo", [], "a\nb\n");
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^warning: demo was made to write[^\n]*\n$/)]);
});

it.each([
  ["a ranking model", reader({ "bert.pooling_type": POOLING.rank }), [], 9, /pooling type rank/],
  ["a reader without pooling", reader({}), [], 9, /how to make one vector/],
  ["an unknown pooling", reader({ "bert.pooling_type": 7 }), [], 8, /pooling_type is 7/],
  ["more than it was made for", reader(), ["--ctx", "2048"], 9, /made for 512 tokens/],
  ["an empty line", reader(), ["\n"], 2, /line 2 is empty/],
  ["JSON in lines", reader(), ["--json", "--format", "raw"], 2, /--json asks for one document/],
] as const)("refuses %s", async (_, bytes, args, exit, message) => {
  const empty = args[0] === "\n";
  const { code, stdout, stderr } = await embed(model(bytes), empty ? [] : args, empty ? "a\n\nb\n" : "a\n");
  expect([code, stdout]).toEqual([exit, ""]);
  expect(stderr).toMatch(message);
});

it("says that it takes one text of two", async () => {
  const [piped, alone] = await Promise.all([embed(READER, ["a"], "b\n"), embed(READER, ["a"])]);
  expect([piped.stdout, piped.code]).toEqual([alone.stdout, 0]);
  expect(piped.stderr).toBe(`${alone.stderr}Standard input is not read, since the text is given.\n`);
});

it("needs a text", async () => {
  expect((await embed(READER, [])).code).toBe(2);
  expect((await embed(READER, [" "])).code).toBe(2);
});

it("ends at once at Ctrl-C, whatever the engine computes", async () => {
  let asked = 0;
  const args = ["embed", "demo", "-c", "8192", "--truncate", "--verbose", "--format", "jsonl"];
  const { code, stdout, stderr } = await home.run(args, {
    stdin: `${"word ".repeat(6000)}\n`,
    onStart: (child) =>
      child.stderr?.on("data", (text: string) => {
        if (asked > 0 || !text.includes("is cut")) return;
        asked = performance.now();
        setTimeout(() => child.kill("SIGINT"), 200);
      }),
  });
  // Of the signal, or of the exit code for it; the vector takes some 9 s of one core.
  expect([[130, null].includes(code), stdout]).toEqual([true, ""]);
  expect(stderr).toMatch(
    /trained for 2,048[\s\S]*text 1 is cut: 8192 of its \d+ tokens are left\n[\s\S]*oslm: stopped/,
  );
  expect(performance.now() - asked).toBeLessThan(4000);
});
