import { describe, expect, it } from "vitest";
import { listCatalog, lookup, resolveCatalog } from "../../src/catalog/catalog.js";
import { isOslmError } from "../../src/errors.js";
import { isLoadable } from "../../src/gguf/architectures.js";
import { findLicenses } from "../../src/license/catalogue.js";
import { parseRef } from "../../src/model/ref.js";
import { isRepoId } from "../../src/model/types.js";

const found = (name: string, size?: string) => {
  const hit = lookup(name, size);
  return `${hit.family.name}:${hit.size.size}`;
};

function facts(name: string, size?: string): unknown {
  try {
    return found(name, size);
  } catch (error) {
    if (isOslmError(error, "unknown-model") || isOslmError(error, "unknown-size")) return error.facts;
    throw error;
  }
}

describe("catalog.json", () => {
  it("gives every name and alias to one model", () => {
    const names = listCatalog().flatMap((family) => [
      family.name,
      ...family.aliases,
      ...family.sizes.flatMap((size) => size.names ?? []),
    ]);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toStrictEqual([]);
  });

  it.each(listCatalog().map((family) => [family.name, family] as const))("%s is complete and sound", (name, family) => {
    expect(family.title).toMatch(/\w/);
    expect(family.vendor).toMatch(/\w/);
    expect(["text", "code", "vision", "embedding"]).toContain(family.modality);
    expect(found(name)).toBe(`${name}:${family.defaultSize}`);
    for (const alias of family.aliases) expect(found(alias)).toBe(`${name}:${family.defaultSize}`);
    const words = family.sizes.flatMap(({ size, aliases }) => [size, ...(aliases ?? [])]);
    expect(new Set(words).size).toBe(words.length);
    for (const size of family.sizes) {
      for (const repo of [...size.gguf, size.original]) expect(isRepoId(repo) && !repo.includes("--"), repo).toBe(true);
      expect(new Set(size.gguf).size).toBe(size.gguf.length);
      expect(
        findLicenses(size.license.id).map(({ id }) => id),
        size.size,
      ).toContain(size.license.id);
      expect(["high", "medium"]).toContain(size.license.confidence);
      expect(["high", "medium"]).toContain(size.confidence);
      expect(size.source.length).toBeGreaterThan(0);
      expect(Number.isInteger(size.params) && size.params > 1e6).toBe(true);
      expect(size.activeParams ?? 0).toBeLessThan(size.params);
      expect(Number.isInteger(size.context) && size.context >= 512).toBe(true);
      if (size.unsupported === undefined) expect(isLoadable(size.architecture ?? ""), size.architecture).toBe(true);
      else {
        expect(size.gguf).toStrictEqual([]);
        expect(size.unsupported.why).toMatch(/^\S.*[^.]$/);
        // What is named instead runs, and is for the same.
        const ref = parseRef(size.unsupported.instead);
        const nearest = ref.kind === "catalog" ? lookup(ref.name, ref.size) : undefined;
        expect([nearest?.size.unsupported, nearest?.family.modality]).toStrictEqual([undefined, family.modality]);
        expect(nearest?.size.gguf.length).toBeGreaterThan(0);
      }
      expect(size.released ?? "2024-01").toMatch(/^20[12]\d-(0[1-9]|1[0-2])$/);
      expect(size.attention).toBeDefined();
      const { layers = 0, kvHeads = 0, headDim = 0, cacheLayers = 1 } = size.attention ?? {};
      for (const count of [layers, kvHeads, headDim, cacheLayers])
        expect(Number.isInteger(count) && count > 0).toBe(true);
      expect(layers < 200 && kvHeads <= 256 && headDim <= 1024 && cacheLayers <= layers).toBe(true);
      // Every way to write it leads back to it, through the grammar.
      for (const text of [
        `${name}:${size.size}`,
        `${name}-${size.size}`,
        `${name}:${size.size}-q4_k_m`,
        ...(size.names ?? []),
      ]) {
        const ref = parseRef(text);
        expect(ref.kind === "catalog" && resolveCatalog(ref), text).toMatchObject({ family: name, size: size.size });
      }
    }
  });
});

describe("lookup", () => {
  it.each([
    ["qwen2", undefined, "qwen2:7b"],
    ["qwen2", "0.5b", "qwen2:0.5b"],
    ["QWEN2", "0.5B", "qwen2:0.5b"],
    ["mistral", undefined, "mistral:7b"],
    ["mistral-7b", undefined, "mistral:7b"],
    ["mistral-7b", "7b", "mistral:7b"],
    ["mistral-7b-instruct", undefined, "mistral:7b"],
    ["mistral-small-22b", undefined, "mistral-small:22b"],
    ["llama3", undefined, "llama3:8b"],
    ["llama3.2", undefined, "llama3.2:3b"],
    ["llama3.2-3b", undefined, "llama3.2:3b"],
    ["llama-3.2-1b-instruct", undefined, "llama3.2:1b"],
    ["llama3", "8b-instruct", "llama3:8b"],
    ["gemma2", undefined, "gemma2:9b"],
    ["gemma-2", undefined, "gemma2:9b"],
    ["gemma-2-2b-it", undefined, "gemma2:2b"],
    ["gemma-2b", undefined, "gemma:2b"],
    ["phi3.5", undefined, "phi3.5:3.8b"],
    ["phi-3.5", undefined, "phi3.5:3.8b"],
    ["phi-2", undefined, "phi:2.7b"],
    ["deepseek-r1", undefined, "deepseek-r1:8b"],
    ["tinyllama", undefined, "tinyllama:1.1b"],
    ["smollm2", undefined, "smollm2:1.7b"],
    ["qwen2.5-coder", undefined, "qwen2.5-coder:7b"],
    ["mixtral-8x7b", undefined, "mixtral:8x7b"],
    ["Qwen2.5-7B-Instruct", undefined, "qwen2.5:7b"],
  ])("%s %s -> %s", (name, size, expected) => {
    expect(found(name, size)).toBe(expected);
  });

  it.each([
    ["qwn2", "qwen2"],
    ["lama3.2", "llama3.2"],
    ["mistrl", "mistral"],
    ["gema3", "gemma3"],
    ["qwn2-7b", "qwen2:7b"],
    ["deepsek-r1", "deepseek-r1"],
    ["tinylama", "tinyllama"],
  ])("%s: did you mean %s?", (name, expected) => {
    expect(facts(name)).toMatchObject({ name, suggestions: expect.arrayContaining([expected]) });
    expect((facts(name) as { suggestions: string[] }).suggestions[0]).toBe(expected);
    expect((facts(name) as { suggestions: string[] }).suggestions.length).toBeLessThanOrEqual(3);
  });

  it("suggests nothing for what is like nothing", () => {
    expect(facts("zzzzzzzzzz")).toStrictEqual({ name: "zzzzzzzzzz", suggestions: [] });
    expect(facts("constructor")).toMatchObject({ name: "constructor" });
  });

  it("names the sizes there are", () => {
    expect(facts("llama3.2", "7b")).toMatchObject({ name: "llama3.2", size: "7b", sizes: ["1b", "3b"], usual: "3b" });
    expect(facts("mixtral-13b")).toMatchObject({ name: "mixtral", size: "13b", sizes: ["8x7b", "8x22b"] });
    expect(facts("mistral-7b", "13b")).toMatchObject({ name: "mistral-7b", size: "13b", sizes: ["7b"], usual: "7b" });
  });

  it("does not call a base model an instruct model", () => {
    expect(facts("starcoder2", "3b-instruct")).toMatchObject({ size: "3b-instruct" });
  });
});

describe("resolveCatalog", () => {
  it("keeps the quantization and gives repositories and the license to expect", () => {
    expect(resolveCatalog({ kind: "catalog", name: "qwen2.5", size: "3b", quant: "Q4_K_M" })).toStrictEqual({
      family: "qwen2.5",
      size: "3b",
      params: 3_090_000_000,
      context: 32768,
      repos: [
        "bartowski/Qwen2.5-3B-Instruct-GGUF",
        "Qwen/Qwen2.5-3B-Instruct-GGUF",
        "lmstudio-community/Qwen2.5-3B-Instruct-GGUF",
      ],
      original: "Qwen/Qwen2.5-3B-Instruct",
      quant: "Q4_K_M",
      expectedLicense: "qwen-research",
    });
  });

  it("falls back to the vendor's weights where nobody publishes GGUF files", () => {
    expect(resolveCatalog({ kind: "catalog", name: "bloom" }).repos).toStrictEqual(["bigscience/bloom-7b1"]);
  });

  it("expects Llama's license of a model distilled into Llama, though its vendor's card says MIT", () => {
    expect(resolveCatalog({ kind: "catalog", name: "deepseek-r1", size: "70b" }).expectedLicense).toBe("llama3.3");
    expect(resolveCatalog({ kind: "catalog", name: "deepseek-r1", size: "7b" }).expectedLicense).toBe("mit");
  });
});
