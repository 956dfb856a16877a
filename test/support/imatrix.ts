// Importance matrices for tests, in both of llama.cpp's formats.
import { typed, type WritableTensor, writeGguf } from "./gguf-writer.js";

type Matrix = { readonly name: string; readonly dims: readonly (number | bigint)[] };

const columns = ({ dims }: Matrix): number => Number(dims[0]);
/** Of a column: different for each, so that it shows where they are mixed up. */
const mean = (column: number): number => 1 + (column % 7);
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/** The older one: sums over so many calls. */
export function legacyImatrix(tensors: readonly Matrix[], calls = 2): Buffer {
  const entries = tensors.map((tensor) => {
    const values = Float32Array.from({ length: columns(tensor) }, (_, column) => mean(column) * calls);
    const name = Buffer.from(tensor.name);
    return Buffer.concat([int32(name.length), name, int32(calls), int32(values.length), Buffer.from(values.buffer)]);
  });
  const dataset = Buffer.from("a text");
  return Buffer.concat([int32(entries.length), ...entries, int32(9), int32(dataset.length), dataset]);
}

/** Sums of squares and counts. */
export function ggufImatrix(tensors: readonly Matrix[], count = 3, experts = 1): Buffer {
  const floats = (values: Float32Array) => new Uint8Array(values.buffer);
  return writeGguf({
    metadata: {
      "general.type": "imatrix",
      "imatrix.datasets": typed("string", ["a text"]),
      "imatrix.chunk_count": 9,
      "imatrix.chunk_size": 512,
    },
    tensors: tensors.flatMap((tensor): WritableTensor[] => [
      {
        name: `${tensor.name}.in_sum2`,
        dims: [columns(tensor), 1],
        data: floats(Float32Array.from({ length: columns(tensor) }, (_, column) => mean(column) * count)),
      },
      { name: `${tensor.name}.counts`, dims: [1, experts], data: floats(new Float32Array(experts).fill(count)) },
    ]),
  });
}
