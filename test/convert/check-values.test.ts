// Values that are no numbers, or too large for what they become, end a conversion with their place.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { StoredType } from "../../src/convert/checkpoint.js";
import { type Encode, isOwnType, plainEncoder } from "../../src/convert/encode.js";
import { toBf16, toF16, toFloats } from "../../src/convert/floats.js";
import { writeFile } from "../../src/convert/write-file.js";
import { writeHeader } from "../../src/gguf/write-header.js";
import { openChunkQuantizer } from "../../src/quantize/chunk.js";
import type { RowType } from "../../src/quantize/row-type.js";
import { LIBRARY } from "../quantize/room.js";
import { failureOf } from "../support/failure-of.js";
import { memoryCheckpoint } from "../support/memory-checkpoint.js";

const folder = mkdtempSync(join(tmpdir(), "oslm-values-"));
const THREAD = new URL("../../dist/parts/chunk-process.js", import.meta.url);
const chunks = openChunkQuantizer(join(LIBRARY, "..", "libggml-base.so"), 1, THREAD);
afterAll(async () => {
  await chunks.close();
  rmSync(folder, { recursive: true });
});

const plain = plainEncoder();
const encode: Encode = (type, piece) => {
  if (isOwnType(type)) return plain(type, piece);
  const floats = piece.type === "F64" ? toFloats("F64", piece.bytes) : undefined;
  const rows = floats
    ? { from: "F32" as const, bytes: new Uint8Array(floats.buffer) }
    : { ...piece, from: piece.type as RowType };
  return chunks.quantize({ name: piece.tensor, type, perRow: piece.perRow, from: rows.from, bytes: rows.bytes });
};

const LARGEST = 3.4028234663852886e38;
const E4M3_NAN = 0x7f;
const E5M2_INFINITY = 0xfc;

function stored(type: StoredType, floats: Float32Array): ArrayBufferView {
  if (type === "F16") return toF16(floats);
  if (type === "BF16") return toBf16(floats);
  if (type === "F32") return floats;
  if (type === "F64") return Float64Array.from(floats);
  const odd = type === "F8_E4M3" ? E4M3_NAN : E5M2_INFINITY;
  return Uint8Array.from(floats, (value) => (Number.isFinite(value) ? 0x38 : odd));
}

/** A tensor of ones with one other value, written as that type. */
async function write(
  from: StoredType,
  to: string,
  value: number,
  at: number,
  [columns, rows]: readonly [number, number],
) {
  const floats = new Float32Array(columns * rows).fill(1);
  floats[at] = value;
  const { tensors } = memoryCheckpoint({
    "model.x": { type: from, shape: [rows, columns], data: stored(from, floats) },
  });
  const weights = tensors.get("model.x");
  if (weights === undefined) throw new Error("no tensor");
  const planned = [{ name: "x.weight", type: to, dims: [columns, rows], weights }];
  const target = join(folder, "model.gguf");
  const signal = new AbortController().signal;
  for await (const _ of writeFile(writeHeader([], planned), planned, { target, signal, encode })) void _;
  rmSync(target);
}

const WORDS: readonly StoredType[] = ["F64", "F32", "F16", "BF16"];

describe("what is no number", () => {
  const cases = (["F32", "F16", "BF16", "Q8_0", "Q4_K"] as const).flatMap((to) => [
    ...WORDS.flatMap((from) => [NaN, Infinity, -Infinity].map((value) => [from, to, value] as const)),
    ["F8_E4M3", to, NaN] as const,
    ["F8_E5M2", to, -Infinity] as const,
  ]);
  it.each(cases)("%s to %s: %d", async (from, to, value) => {
    const failure = await failureOf(write(from, to, value, 256 + 5, [256, 3]));
    expect(failure).toMatchObject({
      code: "malformed-checkpoint",
      facts: { reason: `"model.x" holds ${value} (row 2, column 6 of x.weight)` },
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it("at the end of a row of no whole words, and in a later piece", async () => {
    for (const [at, size] of [
      [2, [3, 1]],
      [6, [7, 1]],
      [256 * 2050 + 255, [256, 2051]],
    ] as const) {
      const failure = await failureOf(write("F16", "F16", NaN, at, size));
      const [row, column] = [Math.floor(at / size[0]) + 1, (at % size[0]) + 1];
      expect(failure.facts).toMatchObject({ reason: expect.stringContaining(`(row ${row}, column ${column} of`) });
    }
  });
});

describe("what is too large", () => {
  it.each([
    ["F32", "F16", 65520],
    ["F32", "Q8_0", 65520],
    ["F32", "Q4_K", -1e9],
    ["BF16", "F16", -65536],
    ["BF16", "IQ3_S", 1e15],
    ["F64", "Q6_K", 1e9],
  ] as const)("%s to %s: %d", async (from, to, value) => {
    const failure = await failureOf(write(from, to, value, 0, [256, 1]));
    expect(failure).toMatchObject({
      code: "cannot-do",
      facts: {
        reason: expect.stringContaining("(row 1, column 1 of x.weight)"),
        instead: expect.stringMatching("BF16"),
      },
    });
    await write(from, "BF16", value, 0, [256, 1]);
  });

  it("is malformed where BF16 is no cure", async () => {
    for (const to of ["F16", "BF16", "Q8_0"]) {
      expect((await failureOf(write("F32", to, LARGEST, 0, [256, 1]))).code).toBe("malformed-checkpoint");
    }
    await write("F32", "F32", LARGEST, 0, [256, 1]);
  });
});

describe("the largest that F16 has", () => {
  const TYPES =
    "F16 BF16 F32 TQ1_0 TQ2_0 Q4_0 Q4_1 Q5_0 Q5_1 Q8_0 Q2_K Q3_K Q4_K Q5_K Q6_K IQ3_S IQ4_NL IQ4_XS MXFP4".split(" ");
  it.skipIf(process.platform !== "linux").each(TYPES)("goes into %s", async (to) => {
    for (const from of WORDS) {
      for (const value of [from === "BF16" ? 65280 : 65504, -65280]) await write(from, to, value, 255, [256, 2]);
    }
    expect(existsSync(join(folder, "model.gguf"))).toBe(false);
  });
});
