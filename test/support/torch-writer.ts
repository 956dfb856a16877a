// Writes what torch.save does for a dictionary of tensors.
import { dict, pickle, storage, tensor } from "./pickle-writer.js";
import { writeZip } from "./zip-writer.js";

export interface TorchTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Tensors of 32 bits, in a storage each. */
export function writeTorch(tensors: Readonly<Record<string, TorchTensor>>): Buffer {
  const named = Object.entries(tensors);
  const list = dict(
    Object.fromEntries(
      named.map(([name, { shape, data }], key) => {
        const strides = shape.map((_, index) => shape.slice(index + 1).reduce((product, size) => product * size, 1));
        return [name, tensor(storage("torch.FloatStorage", String(key), data.length), shape, strides)];
      }),
    ),
  );
  return writeZip([
    { name: "pytorch_model/data.pkl", data: pickle(list) },
    ...named.map(([, { data }], key) => ({
      name: `pytorch_model/data/${key}`,
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })),
    { name: "pytorch_model/version", data: Buffer.from("3\n") },
  ]);
}
