import { describe, expect, it } from "vitest";
import { readHeader } from "../../src/gguf/header.js";
import { checkShards, shardOf } from "../../src/gguf/shards.js";
import { memorySource } from "../../src/gguf/source.js";
import { typed, writeGguf } from "../support/gguf-writer.js";

const shard = (no: number, count: number, names: readonly string[], total?: number) => {
  const split = { "split.no": typed("uint16", no), "split.count": typed("uint16", count) };
  const metadata = total === undefined ? split : { ...split, "split.tensors.count": typed("int32", total) };
  const bytes = writeGguf({ metadata, tensors: names.map((name) => ({ name, dims: [8] })) });
  return readHeader(memorySource(bytes), { name: `part ${no + 1}` });
};

describe("shards", () => {
  it("say which they are", async () => {
    expect(shardOf(await shard(1, 3, ["a"], 9))).toEqual({ index: 1, count: 3, tensors: 9 });
    expect(shardOf(await readHeader(memorySource(writeGguf({})), { name: "x" }))).toBeNull();
  });

  it("that are complete pass", async () => {
    checkShards([await shard(0, 2, ["a", "b"], 3), await shard(1, 2, ["c"], 3)]);
    checkShards([await readHeader(memorySource(writeGguf({})), { name: "x" })]);
  });

  it.each([
    [
      "one is missing",
      [
        [0, 3, ["a"], 2],
        [1, 3, ["b"], 2],
      ],
      /one of 3, but there are 2/,
    ],
    [
      "the order is wrong",
      [
        [1, 2, ["b"], 2],
        [0, 2, ["a"], 2],
      ],
      /calls itself number 2, not 1/,
    ],
    [
      "a tensor is there twice",
      [
        [0, 2, ["a"], 2],
        [1, 2, ["a"], 2],
      ],
      /"a" is in an earlier file/,
    ],
    [
      "a tensor is missing",
      [
        [0, 2, ["a"], 3],
        [1, 2, ["b"], 3],
      ],
      /hold 2 tensors, not 3/,
    ],
  ] as const)("are refused when %s", async (_, parts, reason) => {
    const headers = await Promise.all(parts.map(([no, count, names, total]) => shard(no, count, names, total)));
    expect(() => checkShards(headers)).toThrowError(
      expect.objectContaining({
        code: "malformed-gguf",
        facts: { file: expect.any(String), reason: expect.stringMatching(reason) },
      }),
    );
  });
});
