// What quantizing loses: predictions against what the engine says when it answers, and sums against ones made by hand.
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DivergenceSum } from "../../src/quantize/divergence.js";
import { createLlamaEngine } from "../../src/runtime/llama/engine.js";
import { DEMO, Home } from "../support/oslm.js";

const home = new Home();
afterAll(() => home.remove());
const at = (name: string): string => join(home.path, name);
const text = at("text.txt");
writeFileSync(
  text,
  "A model is a file. oslm pull fetches it, oslm run runs it, and oslm list shows what is here. ".repeat(20),
);
const compare = async (...args: string[]) => {
  const { code, stdout, stderr } = await home.run(["quantize", "--compare", ...args, "--text", text, "--json"]);
  return code === 0 ? JSON.parse(stdout) : { code, stderr };
};

describe("the sums", () => {
  it("are those of the definitions", () => {
    const sum = new DivergenceSum();
    const logs = (...shares: number[]) => Float64Array.from(shares, Math.log);
    sum.add(0, logs(0.5, 0.25, 0.25), logs(0.25, 0.5, 0.25));
    sum.add(2, logs(0.5, 0.25, 0.25), logs(0.5, 0.25, 0.25));
    const { tokens, kld, perplexity, sameTop } = sum.result();
    const first = 0.5 * Math.log(2) + 0.25 * Math.log(0.5);
    expect(tokens).toBe(2);
    expect(kld.mean).toBeCloseTo(first / 2, 5);
    expect(kld.max).toBeCloseTo(first, 5);
    expect(perplexity.source).toBeCloseTo(1 / Math.sqrt(0.5 * 0.25), 4);
    expect(perplexity.quantized).toBeCloseTo(1 / Math.sqrt(0.25 * 0.25), 4);
    expect(perplexity.ratio).toBeCloseTo(Math.sqrt(2), 4);
    expect(sameTop).toBe(0.5);
  });

  it("have no infinities where one finds impossible what the other does not", () => {
    const sum = new DivergenceSum();
    sum.add(0, Float64Array.of(0, Number.NEGATIVE_INFINITY), Float64Array.of(Number.NEGATIVE_INFINITY, 0));
    expect(sum.result().kld.mean).toBe(100);
  });
});

describe.skipIf(process.platform !== "linux")("predictions", () => {
  it("are what the engine draws its answers from, at each position", async () => {
    const load = { path: DEMO, ctx: 128, threads: 1, batch: 32, gpuLayers: 0, useMmap: true, kvType: "f16" } as const;
    const model = await createLlamaEngine().load(load);
    const tokens = model.tokenize("A model is a file that", false);
    const seen: Float64Array[] = [];
    for await (const one of model.predict(tokens, 2)) seen.push(one.slice());
    expect(seen.length).toBe(tokens.length - 2);
    for (const one of seen) expect(one.reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(1, 9);
    for (const [place, one] of [...seen.entries()].filter(([index]) => index % 2 === 0)) {
      const sampling = {
        ...{ temp: 1, topP: 1, topK: 0, minP: 0, seed: 1 },
        ...{ repeatPenalty: 1, presencePenalty: 0, frequencyPenalty: 0, repeatLastN: 0 },
      };
      const prompt = tokens.slice(0, 2 + place + 1);
      for await (const event of model.generate(prompt, { sampling, maxTokens: 1, stop: [], probabilities: 3 })) {
        if (event.type !== "token") continue;
        for (const { id, logprob } of event.top) expect(one[id]).toBeCloseTo(logprob, 1);
        expect(one.indexOf(Math.max(...one))).toBe(event.top[0]?.id);
      }
    }
    await model.dispose();
  });

  it("tell no difference of a copy, and one that grows with what is left out", async () => {
    copyFileSync(DEMO, at("copy.gguf"));
    const same = await compare(DEMO, at("copy.gguf"));
    expect(same).toMatchObject({ kld: { mean: 0, max: 0 }, perplexity: { ratio: 1 }, sameTop: 1 });
    expect(same.perplexity.source).toBe(same.perplexity.quantized);
    const losses: number[] = [];
    for (const type of ["Q6_K", "Q4_K_M", "Q2_K"]) {
      const made = at(`${type}.gguf`);
      await home.run(["quantize", DEMO, type, "-o", made, "--allow-requantize"]);
      losses.push((await compare(DEMO, made)).kld.mean);
    }
    expect(losses[0]).toBeGreaterThan(0);
    expect(losses).toEqual([...losses].sort((a, b) => a - b));
  }, 60_000);

  it("are refused of other models, and of texts that say nothing", async () => {
    writeFileSync(text, "short");
    copyFileSync(DEMO, at("copy.gguf"));
    expect(await compare(DEMO, at("copy.gguf"))).toMatchObject({ code: 2 });
    expect(await compare(DEMO, DEMO)).toMatchObject({ code: 2 });
    expect(await compare(DEMO, at("copy.gguf"), "--dry-run")).toMatchObject({ code: 2 });
  });
});
