// Writes safetensors files for tests, correct ones and, on request, lying ones.

export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** @param change of the header, as text */
export function writeSafetensors(
  tensors: Readonly<Record<string, StoredTensor>>,
  change: (header: string) => string = (header) => header,
): Buffer {
  let at = 0;
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [at, at + data.length] };
    at += data.length;
  }
  const text = Buffer.from(change(JSON.stringify(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...Object.values(tensors).map(({ data }) => data)]);
}

export function float32(values: Float32Array, shape: readonly number[] = [values.length]): StoredTensor {
  return { dtype: "F32", shape, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

/** Numbers that 16 bits hold, and those 16 bits: what is too much for them is cut off, by no code that the converter has. */
export function halved(type: "F16" | "BF16", values: Float32Array, shape: readonly number[] = [values.length]) {
  const kept = values.slice();
  const bits = new Uint32Array(kept.buffer);
  const half = new Uint16Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    // A half has 10 bits of fraction and exponents from -14: smaller numbers are left out.
    const cut = (bits[i] as number) & (type === "F16" ? 0xffffe000 : 0xffff0000);
    bits[i] = type === "F16" && Math.abs(values[i] as number) < 2 ** -14 ? 0 : cut;
    const one = bits[i] as number;
    half[i] =
      type === "BF16"
        ? one >>> 16
        : one === 0
          ? 0
          : ((one >>> 16) & 0x8000) | (((one & 0x7fffffff) >>> 13) - (112 << 10));
  }
  const stored: StoredTensor = { dtype: type, shape, data: new Uint8Array(half.buffer) };
  return { kept, stored };
}
