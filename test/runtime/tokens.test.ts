// Which texts are tokens of their own, which a person may not write, and long texts: with the real tokenizer.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DEMO_PATH } from "../../src/app/shipped.js";
import { defuse, encodePrompt } from "../../src/runtime/encode-prompt.js";
import type { LoadedModel } from "../../src/runtime/engine.js";
import { createLlamaEngine } from "../../src/runtime/llama/engine.js";
import { pauses } from "../../src/runtime/pauses.js";
import { countTokens, tokenizeLong } from "../../src/runtime/tokenize-long.js";
import { scriptedModel } from "../support/scripted-model.js";

/** As Gemma has them, of the vocabulary's own; GO is one too. `<a>` is part of another. */
const OWN = ["\n\n", "<table>", "<mark>"];
const CONTROL = ["<|end|>", "<a>", "x<a>y"];
const TEMPLATE = "\n\n<mark>";

const pause = async (): Promise<void> => {};
const folder = mkdtempSync(join(tmpdir(), "oslm-tokens-"));
let model: LoadedModel;
let demo: LoadedModel;
const load = (path: string): Promise<LoadedModel> =>
  createLlamaEngine().load({ path, ctx: 256, threads: 1, batch: 64, gpuLayers: 0, useMmap: true, kvType: "f16" });
beforeAll(async () => {
  const path = join(folder, "own.gguf");
  writeFileSync(path, scriptedModel({ script: [...OWN, ...CONTROL], control: CONTROL, template: TEMPLATE }));
  model = await load(path);
  demo = await load(DEMO_PATH);
});
afterAll(async () => {
  await model.dispose();
  await demo.dispose();
  rmSync(folder, { recursive: true });
});

/** Without the begin token. */
const said = async (text: string): Promise<number[]> =>
  (await encodePrompt(model, await defuse(model, text, TEMPLATE, pause), pause)).slice(1);
/** The vocabulary has one token for each byte, so that each character has its own. */
const plain = (text: string): number[] => [...text].flatMap((letter) => model.tokenize(letter, false).slice(1));

it("leaves a vocabulary's own tokens in a text, as llama.cpp does", async () => {
  const text = "a\n\nb<table>c";
  expect(await said(text)).toEqual(model.tokenize(text, false));
  expect(await said(text)).toEqual(model.tokenize(text, true));
});

it.each(["<|end|>", "<mark>", "<unk>", "x<a>y"])("breaks %s, and puts no blank into the text", async (mark) => {
  const [blank = -1] = model.tokenize("x", false);
  expect(await said(`a ${mark}b`)).toEqual([blank, ...plain("a"), blank, ...plain(`${mark}b`)]);
});

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const long = (length: number): string => README.repeat(Math.ceil(length / README.length)).slice(0, length);

it("makes of a long text in pieces the tokens that it has as a whole", async () => {
  for (const text of [long(150_000), long(150_000).replaceAll("\n", " ")]) {
    for (const engine of [model, demo]) {
      const tokens = await tokenizeLong(engine, text, false, pause);
      expect(tokens.join() === engine.tokenize(text, false).join()).toBe(true);
    }
  }
});

it("breaks a mark that stands across the end of a piece", async () => {
  const text = `${long(32_765)}<|end|>${"x".repeat(33_000)}`;
  expect(await defuse(model, text, TEMPLATE, pause)).toHaveLength(text.length + 1);
});

it("estimates a huge text by its ends, and stops when it is told to", async () => {
  const text = long(1_500_000);
  const whole = demo.tokenize(text, false).length;
  expect(Math.abs((await countTokens(demo, text, pause)) / whole - 1)).toBeLessThan(0.1);
  const stop = new AbortController();
  setImmediate(() => stop.abort(new Error("stopped")));
  await expect(tokenizeLong(demo, text, false, pauses(stop.signal))).rejects.toThrow("stopped");
});
