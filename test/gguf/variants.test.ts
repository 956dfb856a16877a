import { describe, expect, it } from "vitest";
import { fileKind, parseFileName } from "../../src/gguf/file-name.js";
import { groupVariants } from "../../src/gguf/variants.js";
import { bitsPerWeight, parseQuant } from "../../src/model/quant.js";
import type { RepoFile } from "../../src/model/types.js";

const file = (path: string, size = 1000): RepoFile => ({ path, size, gitOid: "0".repeat(40) });
const group = (repo: string, ...paths: string[]) =>
  groupVariants(
    paths.map((path, i) => file(path, 1000 + i)),
    repo,
  );
const quants = (groups: ReturnType<typeof group>) => groups.variants.map(({ quant }) => quant);

// Real names of real repositories.
it.each([
  // bartowski, lmstudio-community, ggml-org
  ["Codestral-22B-v0.1-Q4_K_M.gguf", "Q4_K_M", "codestral22bv01"],
  ["google_gemma-3-4b-it-Q6_K_L.gguf", "Q6_K_L", "googlegemma34bit"],
  ["Llama-3.3-70B-Instruct-Q6_K/Llama-3.3-70B-Instruct-Q6_K-00001-of-00002.gguf", "Q6_K", "llama3370binstruct"],
  ["Phi-3.5-mini-instruct-Q3_K_XL.gguf", "Q3_K_XL", "phi35miniinstruct"],
  ["gpt-oss-20b-mxfp4.gguf", "MXFP4", "gptoss20b"],
  ["gpt-oss-120b-mxfp4-00001-of-00003.gguf", "MXFP4", "gptoss120b"],
  ["DeepSeek-V4-Flash-0731-MXFP4.gguf", "MXFP4", "deepseekv4flash0731"],
  // unsloth
  ["Qwen3.6-35B-A3B-UD-Q4_K_M.gguf", "UD-Q4_K_M", "qwen3635ba3b"],
  ["Qwen3-8B-UD-Q2_K_XL.gguf", "UD-Q2_K_XL", "qwen38b"],
  ["Qwen3-8B-UD-IQ1_S.gguf", "UD-IQ1_S", "qwen38b"],
  ["Qwen3-30B-A3B-UD-TQ1_0.gguf", "UD-TQ1_0", "qwen330ba3b"],
  ["UD-Q8_K_XL/Kimi-K2.6-UD-Q8_K_XL-00001-of-00014.gguf", "UD-Q8_K_XL", "kimik26"],
  ["BF16/Qwen3-32B-BF16-00001-of-00002.gguf", "BF16", "qwen332b"],
  // TheBloke, QuantFactory, mradermacher, MaziyarPanahi
  ["mistral-7b-instruct-v0.2.Q4_K_M.gguf", "Q4_K_M", "mistral7binstructv02"],
  ["llama-2-7b-chat.q5_k_s.gguf", "Q5_K_S", "llama27bchat"],
  ["Yi-Coder-9B.Q4_0.gguf", "Q4_0", "yicoder9b"],
  ["Yi-1.5-9B-Chat.i1-IQ3_XXS.gguf", "IQ3_XXS", "yi159bchat"],
  // Qwen, HuggingFaceTB, LiquidAI, google, microsoft
  ["qwen2-0_5b-instruct-q4_k_m.gguf", "Q4_K_M", "qwen205binstruct"],
  ["qwen2.5-7b-instruct-q8_0-00001-of-00003.gguf", "Q8_0", "qwen257binstruct"],
  ["qwen2.5-7b-instruct-fp16-00001-of-00004.gguf", "F16", "qwen257binstruct"],
  ["LFM2-1.2B-F16.gguf", "F16", "lfm212b"],
  ["gemma-3-4b-it-q4_0.gguf", "Q4_0", "gemma34bit"],
  ["gemma-4-26B_q4_0-it.gguf", "Q4_0", "gemma426bit"],
  ["Phi-3-mini-4k-instruct-q4.gguf", "Q4_K_M", "phi3mini4kinstruct"],
  ["Phi-3-mini-4k-instruct-fp16.gguf", "F16", "phi3mini4kinstruct"],
  ["embeddinggemma-300m-qat-Q8_0.gguf", "Q8_0", "embeddinggemma300mqat"],
  ["Q4_K_M/model.gguf", "Q4_K_M", "model"],
  // A name that tells nothing, or something else.
  ["model.gguf", "unknown", "model"],
  ["Qwen3-0.6B-f32.gguf", "F32", "qwen306b"],
  ["llama-q4u-Q5_0.gguf", "Q5_0", "llamaq4u"],
] as const)("%s is %s of %s", (path, quant, model) => {
  expect(parseFileName(path)).toMatchObject({ quant, model });
});

it.each([
  ["mmproj-F32.gguf", "projector"],
  ["mmproj-Qwen_Qwen3.5-4B-f16.gguf", "projector"],
  ["gemma-4-E2B-it-mmproj.gguf", "projector"],
  ["Qwen3-8B-imatrix.gguf", "other"],
  ["imatrix.dat", "other"],
  ["mtp-gemma-4-E4B-it-Q8_0.gguf", "other"],
  ["gemma-4-E4B-it-assistant-Q8_0.gguf", "other"],
  ["MTP/Qwen3-8B-Q4_0.gguf", "other"],
  ["Qwen3-8B-eagle3-Q8_0.gguf", "other"],
  ["my-lora-F16.gguf", "other"],
  ["Qwen3-8B-Q4_0_4_4.gguf", "other"],
  ["README.md", "other"],
  ["model.safetensors", "other"],
  ["X.Q8_0.gguf.part1of2", "other"],
  ["Qwen3-8B-Q4_0.gguf", "model"],
  ["lorax-7b-Q4_0.gguf", "model"],
] as const)("%s: %s", (path, kind) => {
  expect(fileKind(path, "Qwen3-8B-GGUF")).toBe(kind);
});

it("an accessory's own repository holds models", () => {
  expect(fileKind("Qwen3.6-27B-MTP-Q4_K_M.gguf", "Qwen3.6-27B-MTP-GGUF")).toBe("model");
  expect(fileKind("Qwen2.5-Coder-0.5B-DRAFT-Q8_0.gguf", "Qwen2.5-Coder-0.5B-DRAFT-GGUF")).toBe("model");
});

describe("groupVariants", () => {
  it("sorts by size and keeps projectors and the rest apart", () => {
    const files = [
      file("README.md", 5),
      file("gemma-3-4b-it-Q8_0.gguf", 400),
      file("mmproj-model-f16.gguf", 80),
      file("gemma-3-4b-it-Q4_K_M.gguf", 200),
    ];
    const { variants, projectors, others } = groupVariants(files, "ggml-org/gemma-3-4b-it-GGUF");
    expect(variants.map(({ quant, size }) => [quant, size])).toEqual([
      ["Q4_K_M", 200],
      ["Q8_0", 400],
    ]);
    expect(projectors.map(({ path }) => path)).toEqual(["mmproj-model-f16.gguf"]);
    expect(others.map(({ path }) => path)).toEqual(["README.md"]);
  });

  it("tells of every GGUF file that is no variant why", () => {
    const names = {
      "big-Q8_0-00001-of-00003.gguf": "one of several parts, which are not all here",
      "big-Q8_0-00003-of-00003.gguf": "one of several parts, which are not all here",
      "big-lora-Q4_0.gguf": "by its name an adapter, a draft model or the like",
      "big-Q4_0_4_8.gguf": "of a type that llama.cpp no longer reads",
      "other-Q4_K_M.gguf": "another model",
      "copy/big-Q4_K_M.gguf": "a second file of the same quantization",
    };
    const { variants, leftOut } = group(
      "org/big-GGUF",
      "README.md",
      "big.gguf",
      "big-Q4_K_M.gguf",
      "mmproj-f16.gguf",
      ...Object.keys(names),
    );
    expect(variants.map(({ files: [{ path }] }) => path).sort()).toEqual(["big-Q4_K_M.gguf", "big.gguf"]);
    expect(Object.fromEntries(leftOut.map(({ file, why }) => [file, why]))).toEqual(names);
  });

  it("puts shards together in order, whatever the listing's", () => {
    const { variants } = group(
      "org/big-GGUF",
      "big-q8_0-00003-of-00003.gguf",
      "big-q8_0-00001-of-00003.gguf",
      "big-q8_0-00002-of-00003.gguf",
    );
    expect(variants).toHaveLength(1);
    expect(variants[0]?.size).toBe(3003);
    expect(variants[0]?.files.map(({ path }) => path.slice(9, 14))).toEqual(["00001", "00002", "00003"]);
  });

  it.each([
    ["a missing shard", ["big-q8_0-00001-of-00003.gguf", "big-q8_0-00003-of-00003.gguf"]],
    ["the first missing", ["big-q8_0-00002-of-00002.gguf"]],
    ["a number beyond the count", ["big-q8_0-00001-of-00002.gguf", "big-q8_0-00003-of-00002.gguf"]],
  ])("%s: not a variant", (_, paths) => {
    const { variants, others } = group("org/big-GGUF", "big-Q4_0.gguf", ...paths);
    expect(variants.map(({ quant }) => quant)).toEqual(["Q4_0"]);
    expect(others.map(({ path }) => path)).toEqual(paths);
  });

  it("does not mix two sets of shards of one quantization", () => {
    const paths = ["a/big-q8_0-00001-of-00002.gguf", "b/big-q8_0-00002-of-00002.gguf"];
    expect(group("org/big-GGUF", ...paths).variants).toEqual([]);
  });

  it("a second model in the repository is not merged with the first", () => {
    const groups = group(
      "Qwen/Qwen3-8B-GGUF",
      "Qwen3-0.6B-Q4_K_M.gguf",
      "Qwen3-8B-Q4_K_M.gguf",
      "Qwen3-8B-Q8_0.gguf",
      "Qwen3-0.6B-Q8_0.gguf",
    );
    expect(groups.variants.map(({ files }) => files[0].path)).toEqual(["Qwen3-8B-Q4_K_M.gguf", "Qwen3-8B-Q8_0.gguf"]);
    expect(groups.others).toHaveLength(2);
  });

  it("takes the model with most files when none is named like the repository", () => {
    expect(group("me/things", "beta-Q4_0.gguf", "gammas-Q4_0.gguf", "gammas-Q8_0.gguf").variants).toHaveLength(2);
  });

  it("finds a model whose file names differ from the repository's in case, separators and place of the label", () => {
    expect(
      quants(
        group("Qwen/Qwen2-0.5B-Instruct-GGUF", "qwen2-0_5b-instruct-q4_k_m.gguf", "qwen2-0_5b-instruct-fp16.gguf"),
      ),
    ).toEqual(["Q4_K_M", "F16"]);
    expect(
      quants(group("google/gemma-4-E2B-it-qat-q4_0-gguf", "gemma-4-E2B-it-mmproj.gguf", "gemma-4-E2B_q4_0-it.gguf")),
    ).toEqual(["Q4_0"]);
  });

  it("has each quantization once: whole files before shards", () => {
    const { variants, others } = group(
      "org/m-GGUF",
      "m-Q4_0/m-Q4_0-00001-of-00002.gguf",
      "m-Q4_0/m-Q4_0-00002-of-00002.gguf",
      "m-Q4_0.gguf",
    );
    expect(variants.map(({ files }) => files.length)).toEqual([1]);
    expect(others).toHaveLength(2);
  });

  it("keeps every file that has no label", () => {
    expect(group("org/m-GGUF", "m.gguf").variants[0]).toMatchObject({ quant: "unknown", size: 1000 });
  });

  it("gives nothing for a repository without GGUF files", () => {
    expect(group("org/m", "model.safetensors", "config.json")).toMatchObject({ variants: [], projectors: [] });
  });
});

it.each([
  ["UD-Q2_K_XL", 3.16],
  ["UD-Q4_K_XL", 4.89],
  ["UD-Q6_K_XL", 6.56],
  ["Q6_K_L", 6.56],
  ["Q3_K_XL", 4],
  ["NVFP4", 4.5],
])("%s is a quantization of %d bits", (quant, bits) => {
  expect(parseQuant(quant.toLowerCase())).toBe(quant);
  expect(bitsPerWeight(quant)).toBe(bits);
});

it.each(["Q4_K_X", "Q9_0", "UD-", "Q8_L", "instruct", ""])("%j is no quantization", (text) => {
  expect(parseQuant(text)).toBeUndefined();
});
