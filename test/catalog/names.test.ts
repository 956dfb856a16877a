// Names as people write them: what they give, or what is suggested.
import { describe, expect, it } from "vitest";
import { lookup } from "../../src/catalog/catalog.js";
import { isOslmError } from "../../src/errors.js";
import { parseRef } from "../../src/model/ref.js";

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
    ["falcon 4", /^falcon/],
    ["qwn2", /^qwen2$/],
    ["mitsral", /^mistral$/],
  ])("%s", (text, first) => {
    const names = given(text);
    expect(typeof names === "string" ? names : names[0]).toMatch(first);
    expect(Array.isArray(names) && names.length <= 3).toBe(true);
  });

  it("and a size that there is not leads to one that there is", () => {
    const error = (() => {
      try {
        lookup("codellama", "7b-code");
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(isOslmError(error, "unknown-size") && error.facts).toMatchObject({ name: "codellama", size: "7b-code" });
  });
});
