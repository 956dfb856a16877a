// Writes a synthetic model to disk: a true header, and blocks of weights that are valid but random.
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { writeGguf } from "../../test/support/gguf-writer.js";
import { seeded } from "./measure.js";
import type { SyntheticModel, SyntheticTensor, WeightType } from "./synthetic-models.js";

/** Number in the file, weights per block, bytes per block, and where in a block its F16 scales stand. */
const FORMATS: Readonly<Record<WeightType, { id: number; weights: number; bytes: number; scales: readonly number[] }>> =
  {
    F32: { id: 0, weights: 1, bytes: 4, scales: [] },
    F16: { id: 1, weights: 1, bytes: 2, scales: [] },
    Q8_0: { id: 8, weights: 32, bytes: 34, scales: [0] },
    Q4_K: { id: 12, weights: 256, bytes: 144, scales: [0, 2] },
    Q6_K: { id: 14, weights: 256, bytes: 210, scales: [208] },
  };
const ALIGNMENT = 32;

/** With `hollow` there is a hole in place of the weights: enough to read the header. */
export function writeModel(path: string, { metadata, tensors }: SyntheticModel, { hollow = false } = {}): void {
  const header = writeGguf({
    metadata,
    tensors: tensors.map((tensor) => ({ ...tensor, type: FORMATS[tensor.type].id, bytes: sizeOf(tensor) })),
    withData: false,
  });
  const patterns = new Map<string, Buffer>();
  const file = openSync(path, "w");
  try {
    writeSync(file, header);
    if (hollow) {
      const padded = tensors.map((tensor) => Math.ceil(sizeOf(tensor) / ALIGNMENT) * ALIGNMENT);
      ftruncateSync(
        file,
        padded.reduce((sum, size) => sum + size, header.length),
      );
      return;
    }
    for (const tensor of tensors) {
      // A state that decays: with a positive rate it grows beyond all numbers.
      const decays = tensor.name.endsWith("ssm_a");
      const kind = `${tensor.type} ${decays}`;
      const pattern = patterns.get(kind) ?? patternOf(tensor.type, decays ? -1 : 1);
      patterns.set(kind, pattern);
      const size = sizeOf(tensor);
      for (let left = size; left > 0; left -= pattern.length) {
        writeSync(file, pattern.subarray(0, Math.min(left, pattern.length)));
      }
      writeSync(file, Buffer.alloc((ALIGNMENT - (size % ALIGNMENT)) % ALIGNMENT));
    }
  } finally {
    closeSync(file);
  }
}

function sizeOf({ dims, type }: SyntheticTensor): number {
  const { weights, bytes } = FORMATS[type];
  return (dims.reduce((product, dim) => product * dim, 1) / weights) * bytes;
}

/** About 4 MiB of blocks: random bytes, with scales that keep the weights small. */
function patternOf(type: WeightType, sign: 1 | -1): Buffer {
  const { bytes, scales } = FORMATS[type];
  const count = Math.floor(2 ** 22 / bytes);
  const pattern = Buffer.alloc(count * bytes);
  const random = seeded(bytes);
  for (let block = 0; block < count; block++) {
    const start = block * bytes;
    if (type === "F32") pattern.writeFloatLE(sign * (0.5 + random()), start);
    else if (type === "F16")
      pattern.writeUInt16LE((random() < 0.5 ? 0x8000 : 0) | (0x2000 + Math.floor(random() * 0x400)), start);
    else for (let byte = 0; byte < bytes; byte++) pattern[start + byte] = Math.floor(random() * 256);
    // 2^-10 or so.
    for (const scale of scales) pattern.writeUInt16LE(0x1400, start + scale);
  }
  return pattern;
}
