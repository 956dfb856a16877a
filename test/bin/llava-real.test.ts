// What the real part computes of an image, beside LLaVA's own definition. IMAGE_PART=FOLDER runs it: see run-images-real.test.ts.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { embed } from "../support/checkpoints/math.js";
import { writeGguf } from "../support/gguf-writer.js";
import { bmp } from "../support/images.js";
import { nextToken, tensorsOf, visionRows } from "../support/llava-forward.js";
import { random } from "../support/random.js";
import { projector, TINY, textModel } from "../support/vision-pair.js";

const part = process.env.IMAGE_PART;
const CHILD = fileURLToPath(new URL("../support/part-probabilities.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "oslm-llava-"));
const at = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

it.skipIf(part === undefined)("computes LLaVA, but for llama.cpp's place of the class", { timeout: 60_000 }, () => {
  const [text, eyes] = [textModel(), projector()];
  const { side } = TINY;
  const { next } = random(3);
  const rgb = Uint8Array.from({ length: side * side * 3 }, () => Math.floor(next() * 256));
  writeFileSync(at("text.gguf"), writeGguf(text));
  writeFileSync(at("mmproj.gguf"), writeGguf(eyes));
  writeFileSync(at("noise.bmp"), noise(rgb, side));
  const entry = createRequire(join(part ?? "", "package.json")).resolve("@fugood/llama.node");
  const files = ["text.gguf", "mmproj.gguf", "noise.bmp"].map(at);
  execFileSync(process.execPath, [CHILD, entry, ...files, "<__media__>\nWhat", at("result.json")], { stdio: "ignore" });
  const { tokens, probs } = JSON.parse(readFileSync(at("result.json"), "utf8")) as Result;

  const get = tensorsOf(text.tensors);
  const difference = (classLast: boolean): number => {
    const rows = [...visionRows(tensorsOf(eyes.tensors), TINY, rgb, classLast)];
    const prompt = tokens.map((token) => (token < 0 ? rows.shift() : embed(get("token_embd.weight"), [token])[0]));
    const expected = nextToken(get, prompt as Float64Array[], { layers: 2, head: 64 });
    const apart = probs.flatMap(([name, prob]) => {
      const id = idOf(name);
      return id === undefined ? [] : [Math.abs(Math.log(prob) - Math.log(expected[id] as number))];
    });
    expect(apart.length).toBeGreaterThan(200);
    return Math.max(...apart);
  };
  // Sums in F32, and tables of F16 for GELU.
  expect(difference(true)).toBeLessThan(0.001);
  // Where this fails llama.cpp has mended it, and docs/images.md says too little of LLaVA.
  expect(difference(false)).toBeGreaterThan(0.005);
});

interface Result {
  readonly tokens: readonly number[];
  readonly probs: readonly (readonly [text: string, prob: number])[];
}

/** Of a byte's token; undefined for others, and for the space, which two tokens have. */
function idOf(name: string): number | undefined {
  const [, hex] = /^byte: \\x(..)$/.exec(name) ?? [];
  if (hex !== undefined) return Number.parseInt(hex, 16) + 3;
  return name.length === 1 && name !== " " ? name.charCodeAt(0) + 3 : undefined;
}

/** Rows begin at the bottom, with blue. */
function noise(rgb: Uint8Array, side: number): Buffer {
  const file = bmp(side, side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = (y * side + x) * 3;
      file.set([...rgb.subarray(from, from + 3)].reverse(), 54 + (side - 1 - y) * side * 3 + 3 * x);
    }
  }
  return file;
}
