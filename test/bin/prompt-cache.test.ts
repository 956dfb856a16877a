// Evaluated prompts outlive the process: the next one with the same beginning need not read it, and says the same.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { writeGguf } from "../support/gguf-writer.js";
import { Home } from "../support/oslm.js";
import { runnable } from "../support/runnable.js";

const home = new Home();
afterAll(() => home.remove());

const LONG = "Once upon a time there was a little dog named Spot who liked to run. ".repeat(20);

interface Reply {
  readonly text: string;
  readonly usage: { readonly promptTokens: number; readonly cachedTokens: number };
}

async function ask(where: Home, model: string, prompt: string, ...flags: string[]): Promise<Reply> {
  const { code, stdout, stderr } = await where.run([
    "run",
    model,
    prompt,
    "--json",
    "-n",
    "12",
    "-c",
    "1024",
    ...flags,
  ]);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Reply;
}

/** The states of all models. */
function states(where: Home): string[] {
  return where.files().flatMap((file) => (/prompts\/.*\.state$/.test(file) ? [join(where.path, file)] : []));
}

it("reads only the rest of a prompt whose beginning another process has read, and answers the same", async () => {
  const cold = await ask(home, "demo", `${LONG}How do I pull a model?`, "--temp", "0.9", "--seed", "3", "--no-cache");
  expect(states(home)).toEqual([]);
  await ask(home, "demo", `${LONG}Who are you?`);
  const warm = await ask(home, "demo", `${LONG}How do I pull a model?`, "--temp", "0.9", "--seed", "3");
  expect([cold.usage.cachedTokens, warm.text]).toEqual([0, cold.text]);
  expect(warm.usage.cachedTokens).toBeGreaterThanOrEqual(384);
  // Whole batches only, since a seed was given.
  expect(warm.usage.cachedTokens % 128).toBe(0);
  // And where the last event has a receipt.
  const asked = ["run", "demo", `${LONG}How do I pull a model?`, "--temp", "0.9", "-n", "1"];
  const { stdout } = await home.run([...asked, "--stream=jsonl"]);
  const { usage } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Reply;
  expect([usage.cachedTokens > 0, usage.cachedTokens % 128]).toEqual([true, 0]);
});

it("keeps texts from others, and one state where another begins with it", async () => {
  const room = new Home();
  await ask(room, "demo", LONG);
  await ask(room, "demo", `${LONG}And then ${LONG.slice(0, 600)}`);
  const kept = states(room);
  expect(kept).toHaveLength(1);
  // The record beside it has the tokens of the text.
  const records = kept.map((file) => file.replace(/state$/, "json"));
  for (const file of [...kept, ...records]) expect(statSync(file).mode & 0o777).toBe(0o600);
  for (const file of kept) expect(statSync(join(file, "..")).mode & 0o077).toBe(0);
  room.remove();
});

it("keeps nothing, and looks for nothing, where the variable is 0", async () => {
  const room = new Home({ OSLM_PROMPT_CACHE: "0" });
  await ask(room, "demo", LONG);
  expect((await ask(room, "demo", LONG)).usage.cachedTokens).toBe(0);
  expect(states(room)).toEqual([]);
  expect(await room.run(["run", "demo", "hi"], { env: { OSLM_PROMPT_CACHE: "lots" } })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("OSLM_PROMPT_CACHE"),
  });
  room.remove();
});

it.each([
  ["cut off", (path: string) => truncateSync(path, statSync(path).size - 1)],
  ["emptied", (path: string) => truncateSync(path, 0)],
  ["made longer", (path: string) => appendFileSync(path, "x")],
  [
    "changed in one place",
    (path: string) => {
      const bytes = readFileSync(path);
      bytes.writeUInt32LE(0x7fffffff, 12);
      writeFileSync(path, bytes);
    },
  ],
])("reads the prompt anew where a state was %s", async (_, spoil) => {
  const room = new Home();
  const first = await ask(room, "demo", LONG);
  const [path] = states(room);
  if (path === undefined) throw new Error("no state was kept");
  spoil(path);
  const second = await ask(room, "demo", LONG);
  expect([second.usage.cachedTokens, second.text]).toEqual([0, first.text]);
  // And a good one is there again.
  expect((await ask(room, "demo", LONG)).usage.cachedTokens).toBeGreaterThan(0);
  room.remove();
});

it("stays below its limit by leaving out what was not used for longest", async () => {
  const room = new Home({ OSLM_PROMPT_CACHE: "2MB" });
  for (const word of ["One. ", "Two. ", "Three. "]) await ask(room, "demo", word + LONG);
  const total = states(room).reduce((sum, file) => sum + statSync(file).size, 0);
  expect(states(room).length).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(2e6);
  expect((await ask(room, "demo", `Three. ${LONG}`)).usage.cachedTokens).toBeGreaterThan(0);
  expect((await ask(room, "demo", `One. ${LONG}`)).usage.cachedTokens).toBe(0);
  room.remove();
});

it.each(["mamba", "gemma3"] as const)(
  "learns where prompts part for a model whose states cannot be cut: %s",
  async (family) => {
    const room = new Home();
    const model = join(room.path, "models", `${family}-f32.gguf`);
    mkdirSync(join(room.path, "models"));
    writeFileSync(model, writeGguf(runnable(family)));
    const text = "abcdefgh".repeat(50);
    const reply = (end: string) => ask(room, model, text + end);
    expect((await reply("1".repeat(300))).usage.cachedTokens).toBe(0);
    // The same prompt goes on from its last whole batch; another one has to read it, and stops where the two part.
    expect((await reply("1".repeat(300))).usage.cachedTokens).toBeGreaterThanOrEqual(512);
    await reply("2".repeat(300));
    expect((await reply("3".repeat(300))).usage.cachedTokens).toBeGreaterThanOrEqual(256);
    room.remove();
  },
);

it("does not take a state for that of another file", async () => {
  const room = new Home();
  mkdirSync(join(room.path, "models"));
  const [one, other] = ["one", "other"].map((name) => join(room.path, "models", `${name}-f32.gguf`));
  for (const path of [one, other]) writeFileSync(path ?? "", writeGguf(runnable("llama")));
  const text = "abcdefgh".repeat(50);
  await ask(room, one ?? "", text);
  expect((await ask(room, other ?? "", text)).usage.cachedTokens).toBe(0);
  expect((await ask(room, one ?? "", text)).usage.cachedTokens).toBeGreaterThan(0);
  expect(readdirSync(join(room.path, ".cache", "oslm", "prompts"))).toHaveLength(2);
  room.remove();
});
