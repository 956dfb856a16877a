// Which models have a prompt format that we know, and none else.
import { expect, it } from "vitest";
import { listCatalog } from "../../src/catalog/catalog.js";
import { knownTemplate, listKnown } from "../../src/runtime/template/known.js";

const formatOf = (name: string) => knownTemplate([name])?.name;

it.each([
  ["vicuna-7B-v1.5-GGUF", "vicuna"],
  ["ggml_llava-v1.5-13b", "vicuna"],
  ["llava-v1.6-vicuna-7b-gguf", "vicuna"],
  ["llava-1.6-mistral-7b-gguf", "mistral"],
  ["alpaca-7b-nativeEnhanced", "alpaca"],
  ["WizardCoder-Python-13B-V1.0-GGUF", "alpaca"],
  ["Llama-2-7B-Chat-GGUF", "llama-2"],
  ["CodeLlama-13B-Instruct-GGUF", "llama-2"],
  ["Mistral-7B-Instruct-v0.1-GGUF", "mistral"],
  ["Mixtral-8x7B-Instruct-v0.1-GGUF", "mistral"],
  ["OpenHermes-2.5-Mistral-7B-GGUF", "chatml"],
  ["Qwen1.5-0.5B-Chat-GGUF", "chatml"],
  ["TinyLlama 1.1B Chat v1.0", "zephyr"],
  ["zephyr-7B-beta-GGUF", "zephyr"],
  ["deepseek-coder-6.7B-instruct-GGUF", "deepseek-coder"],
  ["falcon-7b-instruct-GGUF", "falcon"],
  ["Falcon-180B-Chat-GGUF", "falcon-180b"],
  ["phi-2-GGUF", "phi-2"],
  ["starcoder2-15b-instruct-v0.1-GGUF", "starcoder2-instruct"],
])("knows the format of %s", (name, format) => {
  expect(formatOf(name)).toBe(format);
});

it.each([
  "Llama-2-7B-GGUF",
  "CodeLlama-7B-GGUF",
  "CodeLlama-70B-Instruct-GGUF",
  "CodeLlama-7B-Python-GGUF",
  "Mistral-7B-v0.1-GGUF",
  "Mistral-7B-Instruct-v0.3-GGUF",
  "falcon-7b",
  "falcon-180B-GGUF",
  "gpt2-GGUF",
  "bloom-560m",
  "starcoder-GGUF",
  "starcoder2-15b",
  "deepseek-coder-6.7B-base-GGUF",
  "Qwen1.5-7B-GGUF",
  "stable-vicuna-13B-GGUF",
  "phi-21",
])("leaves %s a base model, or to its own template", (name) => {
  expect(formatOf(name)).toBeUndefined();
});

it("goes by the repository before the header", () => {
  expect(knownTemplate(["Llama-2-7B-Chat-GGUF", "vicuna"])?.name).toBe("llama-2");
  expect(knownTemplate(["a", "vicuna"])?.name).toBe("vicuna");
});

it("has patterns that no name can keep busy", () => {
  const started = performance.now();
  for (const part of ["-", "1", "qwen", "smollm-", "starcoder2-", "b-instruct"]) {
    knownTemplate([part.repeat(100_000)]);
  }
  expect(performance.now() - started).toBeLessThan(500);
  expect(listKnown().length).toBeGreaterThan(10);
});

it("mistakes no base model of the catalog for one that chats", () => {
  const bases = listCatalog().filter(({ name }) => ["bloom", "gpt2", "starcoder", "starcoder2"].includes(name));
  const names = bases.flatMap(({ sizes }) => sizes.flatMap(({ gguf, original }) => [...gguf, original]));
  expect(names.length).toBeGreaterThan(10);
  expect(names.filter((name) => formatOf(name.split("/")[1] ?? "") !== undefined)).toEqual([]);
});
