// Which texts are tokens of their own, and which a person may not write: with the real tokenizer.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { defuse, encodePrompt } from "../../src/runtime/encode-prompt.js";
import type { LoadedModel } from "../../src/runtime/engine.js";
import { createLlamaEngine } from "../../src/runtime/llama/engine.js";
import { scriptedModel } from "../support/scripted-model.js";

/** As Gemma has them, of the vocabulary's own; GO is one too. `<a>` is part of another. */
const OWN = ["\n\n", "<table>", "<mark>"];
const CONTROL = ["<|end|>", "<a>", "x<a>y"];
const TEMPLATE = "\n\n<mark>";

const folder = mkdtempSync(join(tmpdir(), "oslm-tokens-"));
let model: LoadedModel;
beforeAll(async () => {
  const path = join(folder, "own.gguf");
  writeFileSync(path, scriptedModel({ script: [...OWN, ...CONTROL], control: CONTROL, template: TEMPLATE }));
  const load = { path, ctx: 256, threads: 1, batch: 64, gpuLayers: 0, useMmap: true, kvType: "f16" } as const;
  model = await createLlamaEngine().load(load);
});
afterAll(async () => {
  await model.dispose();
  rmSync(folder, { recursive: true });
});

/** Without the begin token. */
const said = (text: string): number[] => encodePrompt(model, defuse(model, text, TEMPLATE)).slice(1);
/** The vocabulary has one token for each byte, so that each character has its own. */
const plain = (text: string): number[] => [...text].flatMap((letter) => model.tokenize(letter, false).slice(1));

it("leaves a vocabulary's own tokens in a text, as llama.cpp does", () => {
  const text = "a\n\nb<table>c";
  expect(said(text)).toEqual(model.tokenize(text, false));
  expect(said(text)).toEqual(model.tokenize(text, true));
});

it.each(["<|end|>", "<mark>", "<unk>", "x<a>y"])("breaks %s, and puts no blank into the text", (mark) => {
  const [blank = -1] = model.tokenize("x", false);
  expect(said(`a ${mark}b`)).toEqual([blank, ...plain("a"), blank, ...plain(`${mark}b`)]);
});
