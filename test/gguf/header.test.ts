import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isOslmError } from "../../src/errors.js";
import { readHeader } from "../../src/gguf/header.js";
import { memorySource } from "../../src/gguf/source.js";
import { fileSource } from "../../src/store/file-source.js";
import { type GgufSpec, typed, writeGguf } from "../support/gguf-writer.js";
import { sharedGgufs } from "../support/shared.js";

const read = (bytes: Uint8Array) => readHeader(memorySource(bytes), { name: "x.gguf" });
const write = (spec: GgufSpec) => read(writeGguf(spec));

async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isOslmError(error, "malformed-gguf")) throw error ?? new Error("nothing was thrown");
  expect(error.facts).toMatchObject({ file: "x.gguf" });
  return (error.facts as { reason: string }).reason;
}

describe("readHeader", () => {
  it("reads every type of value, and tensors with their places", async () => {
    const header = await write({
      metadata: {
        u8: typed("uint8", 200),
        i8: typed("int8", -3),
        u16: typed("uint16", 65_000),
        i16: typed("int16", -300),
        u32: 4_000_000_000,
        i32: typed("int32", -5),
        f32: typed("float32", 0.5),
        yes: true,
        text: "Grüße",
        u64: typed("uint64", 7n),
        huge: typed("uint64", 2n ** 63n),
        i64: typed("int64", -9n),
        f64: typed("float64", 1e300),
        perLayer: typed("int32", [1, 0, 2]),
        names: ["a", "b"],
        "general.alignment": 64,
        "tokenizer.ggml.tokens": ["<s>", "a", "b"],
        "tokenizer.ggml.scores": typed("float32", [0, 1, 2]),
        "tokenizer.chat_template": "{{ x }}",
      },
      alignment: 64,
      tensors: [
        { name: "a", dims: [4, 3] },
        { name: "b", dims: [256], type: 12, bytes: 144 },
      ],
    });
    expect(Object.fromEntries(header.metadata)).toEqual({
      u8: 200,
      i8: -3,
      u16: 65_000,
      i16: -300,
      u32: 4_000_000_000,
      i32: -5,
      f32: 0.5,
      yes: true,
      text: "Grüße",
      u64: 7,
      huge: 2n ** 63n,
      i64: -9,
      f64: 1e300,
      perLayer: [1, 0, 2],
      names: ["a", "b"],
      "general.alignment": 64,
      "tokenizer.ggml.tokens": { skipped: true, type: "string", length: 3 },
      "tokenizer.ggml.scores": { skipped: true, type: "float32", length: 3 },
      "tokenizer.chat_template": "{{ x }}",
    });
    expect(header.tensors).toEqual([
      { name: "a", type: "F32", dims: [4, 3], offset: 0, bytes: 48 },
      { name: "b", type: "Q4_K", dims: [256], offset: 64, bytes: 144 },
    ]);
    expect(header.dataOffset % 64).toBe(0);
    expect(header.version).toBe(3);
  });

  it("walks over a tokenizer larger than any chunk, and over strings of megabytes", async () => {
    const tokens = Array.from({ length: 60_000 }, (_, i) => `token number ${i}`);
    const header = await write({
      metadata: { "tokenizer.ggml.tokens": tokens, long: "x".repeat(3_000_000), after: "here" },
      tensors: [{ name: "t", dims: [8] }],
    });
    expect(header.metadata.get("tokenizer.ggml.tokens")).toEqual({ skipped: true, type: "string", length: 60_000 });
    expect(header.metadata.get("long")).toEqual({ skipped: true, type: "string", length: 3_000_000 });
    expect(header.metadata.get("after")).toBe("here");
    expect(header.tensors[0]?.name).toBe("t");
  });

  it("keeps a key named __proto__ a key", async () => {
    const header = await write({ metadata: [["__proto__", "x"]] });
    expect(header.metadata.get("__proto__")).toBe("x");
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["nothing", Buffer.alloc(0), /empty/],
    ["three bytes", Buffer.from("GGU"), /does not start with GGUF/],
    ["only the magic", Buffer.from("GGUF"), /ends inside the header/],
    ["a web page", Buffer.from("<!DOCTYPE html><html>".repeat(9)), /web page/],
    ["a Git LFS pointer", Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:0"), /Git LFS pointer/],
    ["an old ggml file", Buffer.from("tjgg".padEnd(99)), /older than GGUF/],
    ["a checkpoint", Buffer.from("PK\u0003\u0004".padEnd(99)), /ZIP/],
    ["noise", Buffer.alloc(99, 7), /does not start with GGUF/],
    ["version 1", writeGguf({ version: 1 }), /version 1 is not supported/],
    ["version 99", writeGguf({ version: 99 }), /version 99/],
    ["the other byte order", writeGguf({ version: 0x03000000 }), /big-endian/],
    ["2^63 tensors", writeGguf({ tensorCount: 2n ** 63n }), /claims .* tensors/],
    ["more tensors than bytes", writeGguf({ tensorCount: 1000 }), /claims 1000 tensors/],
    ["2^63 keys", writeGguf({ keyCount: 2n ** 63n }), /claims .* metadata keys/],
    [
      "one key more than there is",
      writeGguf({ metadata: { a: "some text to fill" }, keyCount: 2 }),
      /ends inside the header, in metadata key 2 of 2/,
    ],
    [
      "a key twice",
      writeGguf({
        metadata: [
          ["a", 1],
          ["a", 2],
        ],
      }),
      /"a" stands there twice/,
    ],
    ["an empty key", writeGguf({ metadata: [["", 1]] }), /is empty/],
    ["alignment 0", writeGguf({ metadata: { "general.alignment": 0 } }), /power of two/],
    ["alignment 48", writeGguf({ metadata: { "general.alignment": 48 } }), /power of two/],
    ["alignment as text", writeGguf({ metadata: { "general.alignment": "32" } }), /power of two/],
    ["five dimensions", writeGguf({ tensors: [{ name: "t", dims: [1, 1, 1, 1, 1] }] }), /5 dimensions/],
    ["an unknown type", writeGguf({ tensors: [{ name: "t", dims: [32], type: 200 }] }), /type 200/],
    ["a type taken out", writeGguf({ tensors: [{ name: "t", dims: [32], type: 31 }] }), /type 31/],
    [
      "half a block",
      writeGguf({ tensors: [{ name: "t", dims: [100], type: 12, bytes: 64 }] }),
      /not a multiple of Q4_K/,
    ],
    [
      "a tensor twice",
      writeGguf({
        tensors: [
          { name: "t", dims: [8] },
          { name: "t", dims: [8] },
        ],
      }),
      /two tensors/,
    ],
    ["a name too long", writeGguf({ tensors: [{ name: "t".repeat(64), dims: [8] }] }), /length of 64, more than 63/],
    ["an absurd dimension", writeGguf({ tensors: [{ name: "t", dims: [2n ** 63n], bytes: 32 }] }), /absurd/],
    [
      "sizes that overflow",
      writeGguf({ tensors: [{ name: "t", dims: [2n ** 40n, 2n ** 40n], bytes: 32 }] }),
      /needs \d+ bytes but the file has/,
    ],
    ["an odd offset", writeGguf({ tensors: [{ name: "t", dims: [8], offset: 8 }] }), /not aligned/],
    [
      "an offset past the end",
      writeGguf({ tensors: [{ name: "t", dims: [8], offset: 3200 }] }),
      /needs bytes \d+\.\.\d+ but the file has \d+/,
    ],
    [
      "an offset of 2^63",
      writeGguf({ tensors: [{ name: "t", dims: [8], offset: 2n ** 63n }] }),
      /needs bytes|not aligned/,
    ],
    [
      "tensors that overlap",
      writeGguf({
        tensors: [
          { name: "a", dims: [16] },
          { name: "b", dims: [16], offset: 32 },
        ],
      }),
      /"a" and "b" overlap/,
    ],
    ["no data", writeGguf({ tensors: [{ name: "t", dims: [8] }], withData: false }), /needs bytes/],
  ])("refuses %s", async (_, bytes, reason) => {
    expect(await reasonOf(read(bytes))).toMatch(reason);
  });

  it("says by how much the file is too short", async () => {
    const whole = writeGguf({ tensors: [{ name: "t", dims: [8] }] });
    const reason = await reasonOf(read(whole.subarray(0, whole.length - 1)));
    expect(reason).toBe(
      `tensor "t" needs bytes ${whole.length - 32}..${whole.length} but the file has ${whole.length - 1}`,
    );
  });

  it.each([
    ["a string", Buffer.from("08000000" + "ffffffffffffff7f", "hex")],
    ["an array of numbers", Buffer.from("09000000" + "04000000" + "ffffffffffffffff", "hex")],
    ["an array of strings", Buffer.from("09000000" + "08000000" + "ffffff0000000000", "hex")],
    ["an array of arrays", Buffer.from("09000000" + "09000000" + "0100000000000000", "hex")],
    ["a type that does not exist", Buffer.from("63000000" + "00000000", "hex")],
  ])("refuses a value that lies about itself at once: %s", async (_, lie) => {
    const start = writeGguf({ keyCount: 1 });
    const key = Buffer.from("0100000000000000" + "61", "hex");
    const started = performance.now();
    await reasonOf(read(Buffer.concat([start, key, lie, Buffer.alloc(100_000)])));
    expect(performance.now() - started).toBeLessThan(500);
  });

  it("keeps no more text than a bounded amount", async () => {
    const text = "x".repeat(1024 * 1024);
    const metadata = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`key${i}`, text]));
    expect(await reasonOf(write({ metadata }))).toMatch(/more than 16777216 bytes of text/);
  });

  it("follows no header beyond a bounded length, however large the file", async () => {
    const start = Buffer.concat([
      writeGguf({ keyCount: 1 }),
      Buffer.from("010000000000000061" + "08000000" + "0000000c00000000", "hex"),
    ]);
    const source = {
      size: 2 ** 40,
      read: async (offset: number, length: number) => {
        const bytes = new Uint8Array(length);
        bytes.set(start.subarray(offset, offset + length));
        return bytes;
      },
    };
    expect(await reasonOf(readHeader(source, { name: "x.gguf" }))).toMatch(/header is longer than/);
  });

  it("does not read far more of a source than the header takes", async () => {
    const bytes = writeGguf({ metadata: { a: 1 }, tensors: [{ name: "t", dims: [2_000_000] }] });
    let fetched = 0;
    const memory = memorySource(bytes);
    const source = {
      size: bytes.length,
      read: (offset: number, length: number) => {
        fetched += length;
        return memory.read(offset, length);
      },
    };
    await readHeader(source, { name: "x.gguf" });
    expect(fetched).toBeLessThanOrEqual(65_536);
  });
});

describe("fileSource", () => {
  it("reads ranges, and less at the end", async () => {
    const path = join(mkdtempSync(join(tmpdir(), "oslm-")), "f");
    writeFileSync(path, "0123456789");
    const source = await fileSource(path);
    expect(source.size).toBe(10);
    expect(Buffer.from(await source.read(2, 3)).toString()).toBe("234");
    expect(Buffer.from(await source.read(8, 5)).toString()).toBe("89");
    expect(await source.read(20, 5)).toHaveLength(0);
  });

  it.each(["/nowhere/at/all.gguf", tmpdir()])("says file-not-found for %s", async (path) => {
    await expect(fileSource(path)).rejects.toMatchObject({ code: "file-not-found", facts: { path } });
  });
});

const models = sharedGgufs("models");
const vocabularies = sharedGgufs("vocab");

describe("real files", () => {
  it.skipIf(models.length === 0)("stories260K: all tensors, to the last byte of the file", async () => {
    const path = models.find((one) => one.endsWith("stories260K-f32.gguf")) ?? "";
    const source = await fileSource(path);
    const header = await readHeader(source, { name: "stories260K-f32.gguf" });
    expect(header.tensors).toHaveLength(48);
    const end = Math.max(...header.tensors.map(({ offset, bytes }) => header.dataOffset + offset + bytes));
    expect(source.size - end).toBeLessThan(header.alignment);
    expect(header.metadata.get("llama.embedding_length")).toBe(64);
  });

  it.skipIf(vocabularies.length === 0)("vocabularies: every one is read to its end", async () => {
    for (const path of vocabularies) {
      const header = await readHeader(await fileSource(path), { name: path });
      expect(header.tensorCount).toBe(0);
      expect(header.dataOffset).toBe(header.fileSize);
    }
  });
});

describe("altered bytes", () => {
  const sound = writeGguf({
    metadata: {
      "general.architecture": "llama",
      "llama.block_count": 2,
      "llama.attention.head_count_kv": typed("int32", [4, 4]),
      "tokenizer.ggml.tokens": ["<unk>", "<s>", "hello"],
      "tokenizer.chat_template": "{% for m in messages %}{{ m }}{% endfor %}",
    },
    tensors: [
      { name: "token_embd.weight", dims: [32, 3] },
      { name: "blk.0.attn_q.weight", dims: [32, 32], type: 8, bytes: 1088 },
    ],
  });
  const onlyKnownErrors = async (bytes: Uint8Array) => {
    await read(bytes).catch((error: unknown) => {
      if (!isOslmError(error, "malformed-gguf")) throw error;
    });
  };

  it("cut anywhere, the file is refused", async () => {
    for (let length = 0; length < sound.length - 32; length++) {
      await reasonOf(read(sound.subarray(0, length)));
    }
  });

  it("any byte set to anything: refused or read, never another error", async () => {
    const started = performance.now();
    const header = await read(sound);
    for (let at = 0; at < header.dataOffset; at++) {
      for (const value of [0x00, 0x01, 0x7f, 0x80, 0xff]) {
        const bytes = Uint8Array.from(sound);
        bytes[at] = value;
        await onlyKnownErrors(bytes);
      }
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it.skipIf(vocabularies.length === 0)("a real vocabulary cut at many places is refused", async () => {
    const path = vocabularies.find((one) => one.includes("llama-spm")) ?? vocabularies[0] ?? "";
    const source = await fileSource(path);
    const whole = await source.read(0, source.size);
    for (let i = 0; i < 200; i++) {
      await reasonOf(read(whole.subarray(0, Math.floor((whole.length * i) / 200))));
    }
  });
});
