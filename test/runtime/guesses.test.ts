// Texts with guesses and without, by the engine in this process.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { GenerateOptions, LoadOptions, Timings } from "../../src/runtime/engine.js";
import { createLlamaEngine } from "../../src/runtime/llama/engine.js";
import { shortDemo, worseDemo } from "../support/drafts.js";
import { DEMO, Home } from "../support/oslm.js";

const home = new Home();
afterAll(() => home.remove());
const file = (name: string, bytes: Uint8Array): string => {
  const path = join(home.path, name);
  writeFileSync(path, bytes);
  return path;
};
const WORSE = file("worse.gguf", await worseDemo());

const LIKELIEST = {
  temp: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  seed: 1,
  repeatPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repeatLastN: 64,
};
const LOAD = { path: DEMO, ctx: 256, threads: 1, batch: 32, gpuLayers: 0, useMmap: true, kvType: "f16" } as const;
const PULL = "<|user|>How do I pull a model?<|end|><|assistant|>";

interface Answer {
  readonly text: string;
  readonly guesses: Timings["speculation"];
}

interface Asked extends Partial<Omit<GenerateOptions, "sampling">> {
  readonly temp?: number;
  readonly seed?: number;
}

/** @param draft a file, with the longest text that it guesses at */
const by = (draft: string, ctx = 256): Partial<LoadOptions> => ({
  draft: { path: draft, ctx, threads: 1, layers: 99 },
});

/** Each of `prompts` by a model of its own, one after another. */
async function answer(prompt: string, load: Partial<LoadOptions>, asked: Asked = {}): Promise<Answer> {
  const model = await createLlamaEngine().load({ ...LOAD, ...load });
  try {
    const { temp = 0, seed = 1, ...options } = asked;
    const sampling = { ...LIKELIEST, temp, seed };
    let text = "";
    for await (const event of model.generate(model.tokenize(prompt, true), { stop: [], ...options, sampling })) {
      if (event.type === "text") text += event.text;
      else if (event.type === "done") return { text, guesses: event.timings.speculation };
    }
    throw new Error("no end");
  } finally {
    await model.dispose();
  }
}

const PLAIN = await answer(PULL, {});

it("are the same with guesses, right and wrong ones", async () => {
  expect(PLAIN.guesses).toBeUndefined();
  const own = await answer(PULL, by(DEMO));
  expect(own.text).toBe(PLAIN.text);
  expect(own.guesses?.checked).toBeGreaterThan(10);
  // A model guesses its own words.
  expect(own.guesses?.right).toBe(own.guesses?.checked);
  const other = await answer(PULL, by(WORSE));
  expect(other.text).toBe(PLAIN.text);
  expect(other.guesses?.right).toBeLessThan(other.guesses?.checked ?? 0);
});

it("are the same with what the prompt says, until the context is full", async () => {
  for (const prompt of ["a b c d e f a b c d e f a b c d", "word ".repeat(60)]) {
    const guessed = await answer(prompt, { lookup: true });
    expect(guessed.text).toBe((await answer(prompt, {})).text);
    expect(guessed.guesses?.checked).toBeGreaterThan(0);
  }
});

it("are the same for the same seed, whoever guesses", async () => {
  const story = (load: Partial<LoadOptions>, seed = 1) =>
    answer("<|user|>Tell me a story<|end|><|assistant|>", load, { temp: 2, maxTokens: 30, seed });
  const { text, guesses } = await story(by(DEMO));
  expect(guesses?.checked).toBeGreaterThan(0);
  expect((await story(by(WORSE))).text).toBe(text);
  expect((await story({ lookup: true })).text).toBe(text);
  expect((await story({ lookup: true }, 2)).text).not.toBe(text);
});

it("keep to the length and to stop texts", async () => {
  const { text } = await answer(PULL, by(DEMO), { maxTokens: 7 });
  expect(text).toBe((await answer(PULL, {}, { maxTokens: 7 })).text);
  const stopped = await answer(PULL, by(DEMO), { stop: ["pull"] });
  expect(stopped.text).toBe(PLAIN.text.slice(0, PLAIN.text.indexOf("pull")));
});

it("are not guessed at beyond what the draft was made for, nor where probabilities are asked for", async () => {
  const short = await answer(PULL, by(file("short.gguf", shortDemo(24)), 24));
  expect(short.text).toBe(PLAIN.text);
  expect(short.guesses?.checked).toBeGreaterThan(0);
  expect(short.guesses?.checked).toBeLessThan(24);
  const scored = await answer(PULL, { lookup: true }, { probabilities: 2, maxTokens: 8 });
  expect(scored.guesses).toBeUndefined();
});
