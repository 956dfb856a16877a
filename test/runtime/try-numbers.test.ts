// Whether a model computes numbers is tried before answers whose tokens do not tell: once it is known, and not before.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { isComputing } from "../../src/runtime/computing.js";
import type { GenerateEvent, GenerateOptions, LoadedModel } from "../../src/runtime/engine.js";
import { createLlamaEngine } from "../../src/runtime/llama/engine.js";
import { writeGguf } from "../support/gguf-writer.js";
import { nanModel } from "../support/nan-model.js";
import { runnable } from "../support/runnable.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-numbers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const LOAD = { ctx: 256, threads: 1, batch: 16, gpuLayers: 0, useMmap: true, kvType: "f16" } as const;
const LIKELIEST = { temp: 0, topK: 1, topP: 1, minP: 0, seed: 1, repeatPenalty: 1, presencePenalty: 0 } as const;
const SAMPLING = { ...LIKELIEST, frequencyPenalty: 0, repeatLastN: 0 };
const GRAMMAR = { gbnf: 'root ::= "a"', root: "root" };
const PROMPT = new Array<number>(64).fill(5);

function load(bytes: Uint8Array): Promise<LoadedModel> {
  const path = join(folder, "model.gguf");
  writeFileSync(path, bytes);
  return createLlamaEngine().load({ ...LOAD, path });
}

async function ask(model: LoadedModel, asked: Partial<GenerateOptions>, prompt = PROMPT) {
  let last: GenerateEvent | undefined;
  for await (const event of model.generate(prompt, { sampling: SAMPLING, stop: [], maxTokens: 1, ...asked }))
    last = event;
  if (last?.type !== "done") throw new Error("not done");
  return last;
}

it("keeps what is read of a prompt where an answer has told", async () => {
  const model = await load(writeGguf(runnable("llama")));
  expect((await ask(model, {})).usage.cachedTokens).toBe(0);
  expect((await ask(model, { grammar: GRAMMAR })).usage.cachedTokens).toBe(PROMPT.length - 1);
  await model.dispose();
});

it("tries again what was broken off, without waiting for it", async () => {
  const model = await load(nanModel("broken"));
  const { finishReason } = await ask(model, { grammar: GRAMMAR, signal: AbortSignal.abort() });
  expect([finishReason, isComputing()]).toEqual(["cancelled", true]);
  await expect(ask(model, { grammar: GRAMMAR })).rejects.toMatchObject({ code: "no-numbers" });
  await expect(ask(model, { grammar: GRAMMAR })).rejects.toMatchObject({ code: "no-numbers" });
  await model.dispose();
});

it("tries in a sequence that holds a prompt of which nothing was answered", async () => {
  const model = await load(nanModel("broken"));
  const stop = new AbortController();
  const read = ask(model, { signal: stop.signal }, new Array<number>(250).fill(5));
  while (!isComputing()) await new Promise(setImmediate);
  stop.abort();
  expect((await read).finishReason).toBe("cancelled");
  // Another prompt would have to wait for the sequence.
  const { finishReason } = await ask(model, { grammar: GRAMMAR, signal: AbortSignal.abort() }, [7, 7]);
  expect([finishReason, isComputing()]).toEqual(["cancelled", true]);
  await expect(ask(model, { grammar: GRAMMAR })).rejects.toMatchObject({ code: "no-numbers" });
  await model.dispose();
});
