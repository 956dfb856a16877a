// The demo model, changed into drafts for itself.
import { readFileSync } from "node:fs";
import { readHeader } from "../../src/gguf/header.js";
import { memorySource } from "../../src/gguf/source.js";
import { DEMO } from "./oslm.js";

/** With a part of its words mixed up: it is sure of them, and wrong. */
export async function worseDemo(): Promise<Buffer> {
  const bytes = readFileSync(DEMO);
  const { tensors, dataOffset } = await readHeader(memorySource(bytes), { name: "demo" });
  for (const { name, dims, offset, bytes: size } of tensors) {
    if (name !== "token_embd.weight" && name !== "output.weight") continue;
    const row = size / (dims[1] ?? 1);
    const [start, end] = [300, 600].map((token) => dataOffset + offset + token * row) as [number, number];
    const first = Buffer.from(bytes.subarray(start, start + row));
    bytes.copyWithin(start, start + row, end);
    first.copy(bytes, end - row);
  }
  return bytes;
}

/** Made for so many tokens. */
export function shortDemo(tokens: number): Buffer {
  const bytes = readFileSync(DEMO);
  const key = Buffer.from("llama.context_length");
  bytes.writeUInt32LE(tokens, bytes.indexOf(key) + key.length + 4);
  return bytes;
}
