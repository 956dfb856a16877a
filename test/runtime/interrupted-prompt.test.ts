// The engine looks at the signal only when the whole prompt is read: prompts are read in pieces, so that whoever stopped one need not
// wait for it with the next question.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import type { FinishReason } from "../../src/runtime/engine.js";
import { createLlamaEngine } from "../../src/runtime/llama/engine.js";
import { hollowLlama, writeHollow } from "../support/hollow-llama.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-interrupted-"));
afterAll(() => rmSync(folder, { recursive: true }));

const SAMPLING = { temp: 0, topK: 1, topP: 1, minP: 0, seed: 1, repeatPenalty: 1, presencePenalty: 0 } as const;
const TOKENS = 4000;

it("a long prompt that is stopped holds up the next one for a piece of it", async () => {
  const path = join(folder, "hollow.gguf");
  writeHollow(path, hollowLlama(8));
  const load = { path, ctx: TOKENS + 96, threads: 1, batch: 64, gpuLayers: 0, useMmap: true, kvType: "f16" } as const;
  const model = await createLlamaEngine().load(load);
  const ask = async (tokens: number, signal?: AbortSignal): Promise<[FinishReason | undefined, number]> => {
    const started = performance.now();
    const sampling = { ...SAMPLING, frequencyPenalty: 0, repeatLastN: 0 };
    // Another beginning each time: nothing of the prompt is known.
    const prompt = new Array<number>(tokens).fill(3 + (tokens % 200));
    let reason: FinishReason | undefined;
    for await (const event of model.generate(prompt, { sampling, stop: [], maxTokens: 1, ...(signal && { signal }) }))
      if (event.type === "done") reason = event.finishReason;
    return [reason, performance.now() - started];
  };
  const [, piece] = await ask(64);
  const [stopped, until] = await ask(TOKENS, AbortSignal.timeout(100));
  const [, next] = await ask(65);
  // All of the prompt would take 62 pieces, and more as it grows longer.
  expect([stopped, until < 3000, next < 500 + 20 * piece]).toEqual(["cancelled", true, true]);
  await model.dispose();
});
