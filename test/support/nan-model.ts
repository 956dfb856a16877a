// A model that loads and computes no numbers: one of its weights is none.
import { writeGguf } from "./gguf-writer.js";
import { runnable } from "./runnable.js";

export function nanModel(name: string): Buffer {
  const { metadata, tensors } = runnable("llama");
  return writeGguf({
    metadata: { ...metadata, "general.name": name },
    tensors: tensors.map((tensor) => {
      if (tensor.name !== "output_norm.weight") return tensor;
      const size = tensor.dims.reduce<number>((product, dim) => product * Number(dim), 1);
      return { ...tensor, data: new Uint8Array(new Float32Array(size).fill(Number.NaN).buffer) };
    }),
  });
}
