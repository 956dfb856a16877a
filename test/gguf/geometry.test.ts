import { describe, expect, it } from "vitest";
import { isOslmError } from "../../src/errors.js";
import { geometryOf } from "../../src/gguf/geometry.js";
import { readHeader } from "../../src/gguf/header.js";
import { readGeometry } from "../../src/gguf/read-geometry.js";
import { type ByteSource, memorySource } from "../../src/gguf/source.js";
import { fileSource } from "../../src/store/file-source.js";
import { geometryFrom, knownGeometry } from "../support/geometries.js";
import { typed, type WritableValue, writeGguf } from "../support/gguf-writer.js";
import { shape } from "../support/model-shape.js";
import { sharedGgufs } from "../support/shared.js";

const LLAMA = { layers: 4, width: 64, heads: 8, kvHeads: 4, head: 8, ffn: 128, vocab: 512 } as const;
const base = (more: Record<string, WritableValue> = {}, arch = "llama") => shape({ arch, ...LLAMA, more });

const EXPERTS = { expert_count: 4, expert_used_count: 2, expert_shared_count: 1, expert_feed_forward_length: 96 };

describe("geometryOf", () => {
  it("reads a plain transformer", async () => {
    const geometry = await knownGeometry("llama3.1-8b");
    expect(geometry).toMatchObject({
      architecture: "llama",
      layers: 32,
      width: 4096,
      heads: 32,
      headDimK: 128,
      headDimV: 128,
      ffn: 14336,
      vocab: 128256,
      ctxTrain: 131072,
      experts: null,
      slidingWindow: null,
      mla: null,
      chatTemplate: null,
    });
    expect(geometry.perLayer).toHaveLength(32);
    expect(geometry.perLayer[0]).toEqual({
      kvHeads: 8,
      keyValues: 1024,
      valueValues: 1024,
      sliding: false,
      stateBytes: 0,
    });
  });

  it("takes head sizes from the width and KV heads from the heads when the file is silent", async () => {
    const geometry = await geometryFrom({
      "general.architecture": "gpt2",
      "gpt2.block_count": 12,
      "gpt2.context_length": 1024,
      "gpt2.embedding_length": 768,
      "gpt2.attention.head_count": 12,
      "gpt2.feed_forward_length": 3072,
      "tokenizer.ggml.tokens": ["a", "b"],
      "tokenizer.chat_template": "T",
      "general.license": "mit",
      "general.base_model.0.repo_url": "https://example.org/base",
    });
    expect(geometry).toMatchObject({ headDimK: 64, headDimV: 64, vocab: 2, chatTemplate: "T" });
    expect(geometry.perLayer[11]).toMatchObject({ keyValues: 768, valueValues: 768 });
    expect(geometry.general).toMatchObject({ license: "mit", baseModels: ["https://example.org/base"] });
  });

  it("counts experts", async () => {
    expect((await knownGeometry("qwen3-30b-a3b")).experts).toEqual({ count: 128, used: 8, ffn: 768 });
    expect((await knownGeometry("mixtral-8x7b")).experts).toEqual({ count: 8, used: 2, ffn: 14336 });
  });

  it.each([
    ["gemma3-4b", 1024, 29, [true, true, true, true, true, false]],
    ["gemma2-2b", 4096, 13, [true, false]],
    ["gpt-oss-20b", 128, 12, [true, false]],
  ] as const)("%s slides over %d tokens in %d layers", async (id, tokens, count, start) => {
    const { slidingWindow, perLayer } = await knownGeometry(id);
    expect(slidingWindow?.tokens).toBe(tokens);
    expect(slidingWindow?.layers.filter(Boolean)).toHaveLength(count);
    expect(perLayer.slice(0, start.length).map(({ sliding }) => sliding)).toEqual(start);
  });

  it("takes a pattern from the file: flags, or a period", async () => {
    const flags = { "attention.sliding_window": 16, "attention.sliding_window_pattern": [false, true, true, false] };
    expect((await geometryFrom(base(flags, "gemma3"))).slidingWindow?.layers).toEqual([false, true, true, false]);
    const period = { "attention.sliding_window": 16, "attention.sliding_window_pattern": 2 };
    expect((await geometryFrom(base(period, "gemma3"))).slidingWindow?.layers).toEqual([true, false, true, false]);
  });

  it.each(["llama", "phi3", "qwen2"])("%s: the engine ignores a sliding window, so do we", async (arch) => {
    expect((await geometryFrom(base({ "attention.sliding_window": 4 }, arch))).slidingWindow).toBeNull();
  });

  it("a window of 0 tokens is none", async () => {
    const { slidingWindow, perLayer } = await geometryFrom(base({ "attention.sliding_window": 0 }, "gemma3"));
    expect(slidingWindow).toBeNull();
    expect(perLayer.some(({ sliding }) => sliding)).toBe(false);
  });

  it("keeps one compressed vector per token with latent attention", async () => {
    const { perLayer, mla } = await knownGeometry("deepseek2-lite");
    expect(mla).toEqual({ rank: 512, rope: 64 });
    expect(perLayer[0]).toMatchObject({ keyValues: 576, valueValues: 0 });
  });

  it("knows hybrids: a state and a cache, or one of them by layer", async () => {
    const falcon = (await knownGeometry("falcon-h1-1.5b")).perLayer[0];
    // 3 x (3072 + 2 x 256) for the convolution, 256 x 3072 for the state, four bytes each.
    expect(falcon).toMatchObject({ keyValues: 256, stateBytes: (3 * 3584 + 256 * 3072) * 4 });
    const ssm = { "ssm.conv_kernel": 4, "ssm.inner_size": 128, "ssm.state_size": 16, "ssm.group_count": 1 };
    const qwen = await geometryFrom(base({ ...ssm, full_attention_interval: 2 }, "qwen35"));
    expect(qwen.perLayer.map(({ keyValues }) => keyValues > 0)).toEqual([false, true, false, true]);
    expect(qwen.perLayer.map(({ stateBytes }) => stateBytes > 0)).toEqual([true, false, true, false]);
    const granite = await geometryFrom(
      base({ ...ssm, "attention.head_count_kv": typed("int32", [0, 0, 4, 0]) }, "granitehybrid"),
    );
    expect(granite.perLayer.map(({ keyValues }) => keyValues)).toEqual([0, 0, 32, 0]);
    expect(granite.perLayer.map(({ stateBytes }) => stateBytes > 0)).toEqual([true, true, false, true]);
  });

  it("gives Mamba a state and no cache, without asking for heads", async () => {
    const ssm = {
      "ssm.conv_kernel": 4,
      "ssm.inner_size": 128,
      "ssm.state_size": 16,
      "attention.head_count": 0,
      "attention.head_count_kv": 0,
    };
    const { perLayer } = await geometryFrom(base(ssm, "mamba"));
    expect(perLayer[0]).toEqual({
      kvHeads: 0,
      keyValues: 0,
      valueValues: 0,
      sliding: false,
      stateBytes: (3 * 128 + 16 * 128) * 4,
    });
  });

  it("lets later layers of Gemma 4 reuse the cache of earlier ones", async () => {
    const more = {
      "attention.sliding_window": 16,
      "attention.sliding_window_pattern": [true, true, false, true],
      "attention.shared_kv_layers": 2,
      "attention.key_length_swa": 4,
      "attention.value_length_swa": 4,
    };
    const { perLayer } = await geometryFrom(base(more, "gemma4"));
    expect(perLayer.map(({ keyValues }) => keyValues)).toEqual([16, 16, 0, 0]);
  });

  it("lets Deci leave out attention and feed-forward where it says so", async () => {
    const more = {
      "attention.head_count_kv": typed("int32", [4, 0, 4, 4]),
      feed_forward_length: typed("int32", [9, 9, 0, 9]),
    };
    const { perLayer } = await geometryFrom(base(more, "deci"));
    expect(perLayer.map(({ keyValues }) => keyValues)).toEqual([32, 0, 32, 32]);
  });

  it("leaves out layers that only predict further tokens", async () => {
    const geometry = await geometryFrom(base({ nextn_predict_layers: 1 }));
    expect(geometry).toMatchObject({ layers: 3, blocks: 4 });
    expect(geometry.perLayer).toHaveLength(3);
  });

  // All but the texts and negative numbers were seen to end the process in native code.
  it.each<[string, Record<string, WritableValue>, string?]>([
    ["no layers", { block_count: 0 }],
    ["4 billion layers", { block_count: 4_000_000_000 }],
    ["no width", { embedding_length: 0 }],
    ["no heads", { "attention.head_count": 0 }],
    ["no head count", { "attention.head_count": [] }],
    ["no KV heads", { "attention.head_count_kv": 0 }],
    ["no KV heads in one layer", { "attention.head_count_kv": typed("int32", [4, 0, 4, 4]) }],
    ["no heads in one layer", { "attention.head_count": typed("int32", [8, 8, 0, 8]) }],
    ["keys without width", { "attention.key_length": 0 }],
    ["values without width", { "attention.value_length": 0 }],
    ["no feed-forward width", { feed_forward_length: 0 }],
    ["513 layers", { block_count: 513 }],
    ["an absurd width", { embedding_length: 4_294_967_295 }],
    ["a negative width", { embedding_length: typed("int32", -1) }],
    ["a width as text", { embedding_length: "64" }],
    ["more predicting layers than layers", { nextn_predict_layers: 5 }],
    ["more experts used than there are", { expert_count: 4, expert_used_count: 5 }],
    ["experts of which none is used", { expert_count: 4 }],
    ["2,000 experts", { expert_count: 2000, expert_used_count: 2 }],
    [
      "expert groups that do not divide",
      { expert_count: 8, expert_used_count: 2, expert_group_count: 3, expert_group_used_count: 1 },
    ],
    ["shared experts that are none", { ...EXPERTS, expert_shared_count: 0 }, "deepseek2"],
    ["experts without width", { ...EXPERTS, expert_feed_forward_length: 0 }, "deepseek2"],
    ["heads of two widths in one tensor", { "attention.key_length": 1024 }, "bloom"],
    ["an unknown rope scaling", { "rope.scaling.type": "x" }],
    ["an array of the wrong length", { "attention.head_count_kv": typed("int32", [4, 4, 4, 4, 4]) }],
    [
      "a window that no layer uses",
      { "attention.sliding_window": 16, "attention.sliding_window_pattern": 1 },
      "gemma3",
    ],
    ["an interval of 0", { full_attention_interval: 0 }, "qwen35"],
    [
      "a cache shared by all layers",
      {
        "attention.sliding_window": 16,
        "attention.sliding_window_pattern": [true, true, true, true],
        "attention.shared_kv_layers": 3,
      },
      "gemma4",
    ],
  ])("refuses %s", async (_, more, arch) => {
    await expect(geometryFrom(base(more, arch))).rejects.toMatchObject({ code: "malformed-gguf" });
    // What is refused is the altered value, not the rest.
    const sound = arch === "deepseek2" ? EXPERTS : {};
    if (arch === undefined || arch === "deepseek2" || arch === "bloom") {
      await expect(geometryFrom(base(sound, arch))).resolves.toBeDefined();
    }
  });

  const heads = (...counts: number[]) => ({ "attention.head_count_kv": typed("int32", counts) });
  const window = (pattern: number) => ({ "attention.sliding_window": 16, "attention.sliding_window_pattern": pattern });
  const allAttend = heads(4, 4, 4, 4);
  const allRecur = heads(0, 0, 0, 0);
  const noFeedForward = { feed_forward_length: typed("int32", [0, 0, 0, 0]) };

  // Each was seen to end the process at the first token, where the engine has the architecture; the sound one was seen to answer.
  it.each<[string, Record<string, WritableValue>, Record<string, WritableValue>, RegExp]>([
    ...["qwen35", "qwen35moe", "qwen3next"].flatMap((arch): [string, object, object, RegExp][] => [
      [arch, { full_attention_interval: 8 }, { full_attention_interval: 4 }, /no layer attends/],
      [arch, { full_attention_interval: 1 }, { full_attention_interval: 2 }, /no layer is recurrent/],
    ]),
    ...["granitehybrid", "jamba", "lfm2", "lfm2moe"].flatMap((arch): [string, object, object, RegExp][] => [
      [arch, allRecur, heads(0, 4, 0, 0), /no layer attends/],
      [arch, allAttend, heads(0, 4, 4, 4), /no layer is recurrent/],
    ]),
    ...["nemotron_h", "nemotron_h_moe"].flatMap((arch): [string, object, object, RegExp][] => [
      [arch, { ...allRecur, ...noFeedForward }, { ...heads(0, 4, 0, 0), ...noFeedForward }, /no layer attends/],
      [arch, { ...allAttend, ...noFeedForward }, { ...heads(0, 4, 4, 4), ...noFeedForward }, /no layer is recurrent/],
      [arch, allRecur, { ...heads(0, 4, 0, 0), ...noFeedForward }, /no layer attends/],
    ]),
    ["llama4", window(5), window(4), /no layer sees more/],
    ["gemma-embedding", window(6), window(4), /no layer sees more/],
    ["modern-bert", window(0), window(3), /no layer sees more/],
  ] as [string, Record<string, WritableValue>, Record<string, WritableValue>, RegExp][])(
    "refuses a %s that lacks a kind of layer: %o",
    async (arch, bad, sound, reason) => {
      await expect(geometryFrom(base(bad, arch))).rejects.toMatchObject({
        code: "malformed-gguf",
        facts: { reason: expect.stringMatching(reason) },
      });
      await expect(geometryFrom(base(sound, arch))).resolves.toBeDefined();
    },
  );

  it.each(["gemma2", "gemma3", "cohere2"])("takes a %s whose layers all slide, as the engine does", async (arch) => {
    const { slidingWindow } = await geometryFrom(base(window(0), arch));
    expect(slidingWindow?.layers).toEqual([true, true, true, true]);
  });

  it.each([
    ["a projector", { "general.architecture": "clip", "clip.block_count": 3 }],
    ["an adapter", { ...base(), "general.type": "adapter" }],
    ["no architecture", { "llama.block_count": 3 }],
    ["an empty vocabulary", { ...base(), "tokenizer.ggml.tokens": typed("string", []) }],
    ["no tokenizer", { ...base(), "tokenizer.ggml.model": "no_vocab" }],
  ])("refuses %s", async (_, metadata) => {
    await expect(geometryFrom(metadata)).rejects.toMatchObject({ code: "malformed-gguf" });
  });
});

describe("readGeometry", () => {
  const counted = (bytes: Uint8Array) => {
    const memory = memorySource(bytes);
    const reads: number[] = [];
    const source: ByteSource = {
      size: bytes.length,
      read: (offset, length) => {
        reads.push(length);
        return memory.read(offset, length);
      },
    };
    return { source, reads };
  };
  const tokens = Array.from({ length: 50_000 }, (_, i) => `token ${i}`);

  it("decides with the first 64 KiB", async () => {
    const { source, reads } = counted(
      writeGguf({ metadata: { ...base(), "tokenizer.ggml.tokens": tokens, "tokenizer.chat_template": "T" } }),
    );
    const geometry = await readGeometry(source, { name: "x.gguf" });
    expect(reads).toEqual([65_536]);
    expect(geometry).toMatchObject({ layers: 4, vocab: 50_000, chatTemplate: undefined });
  });

  it("reads on when the shape comes after the tokenizer", async () => {
    const { source } = counted(
      writeGguf({ metadata: { "tokenizer.ggml.tokens": tokens, ...base(), "tokenizer.chat_template": "T" } }),
    );
    expect(await readGeometry(source, { name: "x.gguf" })).toMatchObject({
      layers: 4,
      vocab: 50_000,
      chatTemplate: "T",
    });
  });

  it("needs no byte beyond the vocabulary's length: a prefix of a remote file will do", async () => {
    const whole = writeGguf({ metadata: { ...base(), "tokenizer.ggml.tokens": tokens } });
    const source: ByteSource = {
      size: whole.length,
      read: async (offset, length) => whole.subarray(0, 65_536).subarray(offset, offset + length),
    };
    expect((await readGeometry(source, { name: "x.gguf" })).vocab).toBe(50_000);
    await expect(readHeader(source, { name: "x.gguf" })).rejects.toMatchObject({ code: "malformed-gguf" });
  });

  const real = [...sharedGgufs("models"), ...sharedGgufs("vocab")];
  it.skipIf(real.length === 0)("agrees with the full header on real files", async () => {
    for (const path of real) {
      const source = await fileSource(path);
      const short = await readGeometry(source, { name: path });
      const { chatTemplate: _, ...full } = geometryOf(await readHeader(source, { name: path }));
      expect(short).toMatchObject(full);
      expect(full.vocab).toBeGreaterThan(0);
    }
  });

  it.skipIf(real.length === 0)("any byte of a real file's keys set to anything: a shape or a refusal", async () => {
    const source = await fileSource(real[0] ?? "");
    const whole = Buffer.from(await source.read(0, source.size));
    for (let at = 0; at < 1500; at++) {
      const bytes = Uint8Array.from(whole.subarray(0, 16_384));
      bytes[at] = (bytes[at] ?? 0) ^ (at % 2 === 0 ? 0xff : 0x01);
      const altered: ByteSource = {
        size: source.size,
        read: async (offset, length) => bytes.subarray(offset, offset + length),
      };
      await readGeometry(altered, { name: "x.gguf" }).catch((error: unknown) => {
        if (!isOslmError(error, "malformed-gguf") && !isOslmError(error, "unknown-architecture")) throw error;
      });
    }
  });
});
