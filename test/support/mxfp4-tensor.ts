// The numbers of a tensor of MXFP4 in a GGUF file, as the shipped library itself reads them.
import koffi from "koffi";
import { quantizerLibrary } from "../../src/app/quantize/quantizer-library.js";
import { readHeader } from "../../src/gguf/header.js";
import { memorySource } from "../../src/gguf/source.js";

export async function mxfp4Tensor(file: Uint8Array, name: string) {
  const { tensors, dataOffset } = await readHeader(memorySource(file), { name: "test" });
  const tensor = tensors.find((one) => one.name === name);
  if (tensor === undefined) throw new Error(`no tensor ${name}`);
  const { type, dims, offset } = tensor;
  const floats = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  const bytes = file.slice(dataOffset + offset, dataOffset + offset + (floats.length * 17) / 32);
  const library = koffi.load(quantizerLibrary().ggml);
  library.func("void dequantize_row_mxfp4(const uint8_t *x, _Out_ float *y, int64_t k)")(bytes, floats, floats.length);
  return { type, dims, floats };
}
