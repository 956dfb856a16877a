// Names as people write them: what they give, or what is suggested.
import { describe, expect, it } from "vitest";
import { lookup } from "../../src/catalog/catalog.js";
import { isOslmError } from "../../src/errors.js";
import { parseRef } from "../../src/model/ref.js";
import { failureOf } from "../support/failure-of.js";

function given(text: string): string | readonly string[] {
  const ref = parseRef(text);
  if (ref.kind !== "catalog") return ref.kind;
  try {
    const { family, size } = lookup(ref.name, ref.size);
    return `${family.name}:${size.size}`;
  } catch (error) {
    if (isOslmError(error, "unknown-model")) return error.facts.suggestions;
    throw error;
  }
}

describe("a name that means one model gives it", () => {
  it.each([
    ["llama 2", "llama2:7b"],
    ["LLaMA 3", "llama3:8b"],
    ["Llama 2 7B Chat", "llama2:7b"],
    ["DeepSeek Coder", "deepseek-coder:1.3b"],
    ["qwen 2", "qwen2:7b"],
    ["Qwen 2:0.5b", "qwen2:0.5b"],
    ["Star Coder 2", "starcoder2:3b"],
    ["mistral7b", "mistral:7b"],
    ["qwen2.57b", "qwen2.5:7b"],
    ["Mistral-7B-Instruct-v0.3", "mistral:7b"],
    ["Mistral-7B-Instruct-v0.1", "mistral:7b-v0.1"],
    ["vicuna-13b-v1.5", "vicuna:13b"],
    ["Llama-2-7B-Chat-GGUF", "llama2:7b"],
    ["Llama-2-13b-chat-hf", "llama2:13b"],
    ["llama2:chat", "llama2:7b"],
    ["qwen2:instruct", "qwen2:7b"],
    ["starcoderbase:15b", "starcoderbase:15b"],
    ["starcoderbase-1b", "starcoderbase:1b"],
    ["starcoder:15b", "starcoder:15b"],
    ["starcoder-base", "starcoderbase:3b"],
    ["starcoder-base:15b", "starcoderbase:15b"],
    ["starcoder-base-7b", "starcoderbase:7b"],
    ["command-r-08-2024", "command-r:35b"],
    ["command-r:35b-08-2024-q4_K_M", "command-r:35b"],
    ["command-r-plus:08-2024", "command-r-plus:104b"],
    ["gemma:2b-instruct", "gemma:2b"],
    ["gemma:instruct", "gemma:7b"],
    ["mistral:7b-instruct-v0.2-q4_K_M", "mistral:7b-v0.2"],
    ["mixtral:8x7b-instruct-v0.1", "mixtral:8x7b"],
    ["mistral-nemo:12b-instruct-2407-q4_K_M", "mistral-nemo:12b"],
    ["phi3:3.8b-mini-128k-instruct-q4_0", "phi3:3.8b"],
    ["phi4:mini", "phi4-mini:3.8b"],
    ["deepseek-r1:7b-qwen-distill-q4_K_M", "deepseek-r1:7b"],
    ["deepseek-r1:8b-llama-distill", "deepseek-r1:8b-llama-distill"],
    ["deepseek-v2:lite", "deepseek-v2:16b"],
    ["tinyllama:1.1b-chat-v1", "tinyllama:1.1b"],
    ["vicuna:7b-v1.5", "vicuna:7b"],
    ["qwen3:30b", "qwen3:30b-a3b"],
    ["starcoder2:3b-base", "starcoder2:3b"],
    ["bloom:7b1-text", "bloom:7b1"],
  ])("%s", (text, model) => {
    expect(given(text)).toBe(model);
  });

  it("and it is the one that is so called", () => {
    expect(lookup("starcoderbase", "15b").size.original).toBe("bigcode/starcoderbase");
    expect(lookup("starcoder", "15b").size.original).toBe("bigcode/starcoder");
    expect(() => lookup("bloom", "chat")).toThrow();
    expect(() => lookup("llama2", "instruct")).toThrow();
  });
});

describe("of a name that means none the likeliest comes first", () => {
  it.each([
    ["llama", /^llama3\./],
    ["deepseek", /^deepseek-r1$/],
    ["r1", /^deepseek-r1$/],
    ["bloomz", /^bloom$/],
    ["meta-llama-3-8b", /^llama3:8b$/],
    ["falcon 4", /^falcon3$/],
    ["qwen9", /^qwen3\.5$/],
    ["llama5", /^llama4$/],
    ["llama31", /^llama3\.1$/],
    ["llama:7b", /^llama2:7b$/],
    ["smollm:135m", /^smollm2:135m$/],
    ["gemma5", /^gemma4$/],
    ["phi5", /^phi4$/],
    ["deepseek-r1-0528", /^deepseek-r1:8b$/],
    ["deepseek-r2", /^deepseek-r1$/],
    ["deepseek-v4", /^deepseek-v3\.1$/],
    ["deepseek-llm", /^deepseek-r1$/],
    ["qwen2.5vl", /^qwen3-vl$/],
    ["gpt-4", /^gpt-oss$/],
    ["llava-llama3", /^llava$/],
    ["bloomz-7b1", /^bloom:7b1$/],
    ["qwn2", /^qwen2$/],
    ["mitsral", /^mistral$/],
  ])("%s", (text, first) => {
    const names = given(text);
    expect(typeof names === "string" ? names : names[0]).toMatch(first);
    expect(Array.isArray(names) && names.length <= 3).toBe(true);
  });

  it("and what does not run is no advice while others do", () => {
    expect(given("llama")).toEqual(["llama3.2", "llama3.1", "llama3"]);
    expect(given("llama vision")).not.toContain("llama3.2-vision");
    expect(given("falcon-rw-2")).not.toContain("falcon-rw");
    // There is no other.
    expect(given("blip3")).toEqual(["blip2"]);
  });
});

describe("a size that there is not leads to one that there is", () => {
  it.each([
    ["codellama:7b-code", { usual: "7b", elsewhere: [] }],
    ["codellama:13b-python", { usual: "7b", elsewhere: [] }],
    ["llama3:8b-text", { usual: "8b" }],
    ["phi3:14b-medium-4k-instruct", { usual: "3.8b" }],
    ["gemma:7b-instruct-v1.1", { usual: "7b" }],
    ["mistral:13b", { sizes: ["7b-v0.1", "7b-v0.2", "7b"], usual: "7b", elsewhere: [] }],
    ["llama3.3:8b", { sizes: ["70b"], elsewhere: ["llama3.1:8b", "llama3:8b"] }],
    ["ministral:3b", { elsewhere: ["ministral-3:3b"] }],
  ])("%s", async (text, facts) => {
    const error = await failureOf(() => given(text));
    expect(isOslmError(error, "unknown-size") && error.facts).toMatchObject(facts);
  });
});
