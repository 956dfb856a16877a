// Packs weights as the tools do that publish such checkpoints: AutoGPTQ (qlinear_cuda_old.py, pack), AutoAWQ (linear/gemm.py,
// from_linear), compressed-tensors (pack_quantized.py), transformers (integrations/mxfp4.py). Matrices are [outputs][inputs].
import { toF16 } from "../../src/convert/floats.js";
import type { MemoryTensor } from "./memory-checkpoint.js";

export interface Quantized {
  readonly outputs: number;
  readonly inputs: number;
  readonly groups: number;
  /** [outputs][inputs], 0 up to 2^bits - 1. */
  readonly codes: readonly (readonly number[])[];
  /** [outputs][groups]. */
  readonly scales: readonly (readonly number[])[];
  readonly zeros: readonly (readonly number[])[];
  readonly groupOf: readonly number[];
  readonly bits: number;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const at = <T>(list: readonly T[] | undefined, index: number): T => {
  const value = list?.[index];
  if (value === undefined) throw new RangeError(String(index));
  return value;
};

/** The nearest half, so that a scale is the same before and after it is stored. */
const halved = (value: number): number => {
  const [bits = 0] = toF16(Float32Array.of(value));
  const exponent = bits >>> 10;
  return exponent === 0 ? (bits & 1023) * 2 ** -24 : (1 + (bits & 1023) / 1024) * 2 ** (exponent - 15);
};

/** Rounds weights to codes by groups of inputs: from the least to the greatest of each, or evenly around 0. */
export function quantize(
  weights: readonly (readonly number[])[],
  { bits, groupOf, symmetric = false }: { bits: number; groupOf: readonly number[]; symmetric?: boolean },
): Quantized {
  const top = 2 ** bits - 1;
  const groups = Math.max(...groupOf) + 1;
  const members = range(groups).map((group) => range(groupOf.length).filter((input) => groupOf[input] === group));
  const scales: number[][] = weights.map(() => []);
  const zeros: number[][] = weights.map(() => []);
  const codes = weights.map((row, output) => {
    for (const group of members) {
      const values = [0, ...group.map((input) => at(row, input))];
      const most = Math.max(...values.map(Math.abs));
      const [low, high] = symmetric ? [-most, most] : [Math.min(...values), Math.max(...values)];
      const scale = halved((high - low) / (symmetric ? top - 1 : top - 0.01) || 1);
      // At least 1: the first format of GPTQ cannot store 0.
      const zero = symmetric ? 2 ** (bits - 1) : Math.max(1, Math.min(top, Math.round(-low / scale)));
      at(scales, output).push(scale);
      at(zeros, output).push(zero);
    }
    return row.map((weight, input) => {
      const group = at(groupOf, input);
      const code = Math.round(weight / at(scales[output], group)) + at(zeros[output], group);
      return Math.max(0, Math.min(top, code));
    });
  });
  return { outputs: weights.length, inputs: groupOf.length, groups, codes, scales, zeros, groupOf, bits };
}

/** The published formula: scale x (code - zero point). */
export const dequantized = ({ codes, scales, zeros, groupOf }: Quantized): number[][] =>
  codes.map((row, output) =>
    row.map((code, input) => {
      const group = at(groupOf, input);
      return Math.fround(at(scales[output], group) * (code - at(zeros[output], group)));
    }),
  );

const words = (shape: readonly number[], data: Uint32Array): MemoryTensor => ({ type: "I32", shape, data });

const halves = (rows: number, columns: number, value: (row: number, column: number) => number): MemoryTensor => ({
  type: "F16",
  shape: [rows, columns],
  data: toF16(
    Float32Array.from({ length: rows * columns }, (_, index) => value(Math.floor(index / columns), index % columns)),
  ),
});

/** A column of numbers in words as AutoGPTQ's pack() fills them; 3 bits have code of their own there. */
function packColumn(values: readonly number[], bits: number): number[] {
  const packed: number[] = [];
  if (bits !== 3) {
    for (let i = 0; i < values.length; i += 32 / bits) {
      let word = 0;
      for (let j = i; j < i + 32 / bits; j++) word |= at(values, j) << (bits * (j - i));
      packed.push(word >>> 0);
    }
    return packed;
  }
  for (let i = 0; i < values.length; ) {
    let word = 0;
    for (let j = i; j < i + 10; j++) word |= at(values, j) << (3 * (j - i));
    i += 10;
    packed.push((word | (at(values, i) << 30)) >>> 0);
    word = (at(values, i) >> 2) & 1;
    i += 1;
    for (let j = i; j < i + 10; j++) word |= at(values, j) << (3 * (j - i) + 1);
    i += 10;
    packed.push((word | (at(values, i) << 31)) >>> 0);
    word = (at(values, i) >> 1) & 3;
    i += 1;
    for (let j = i; j < i + 10; j++) word |= at(values, j) << (3 * (j - i) + 2);
    i += 10;
    packed.push(word >>> 0);
  }
  return packed;
}

/** @param zeroOffset what the format takes from zero points before it stores them: 1, or 0 in version 2 */
export function packGptq(
  base: string,
  q: Quantized,
  zeroOffset: 0 | 1,
  withOrder = true,
): Record<string, MemoryTensor> {
  const columns = q.codes.map((row) => packColumn(row, q.bits));
  const height = at(columns, 0).length;
  const qweight = Uint32Array.from({ length: height * q.outputs }, (_, i) =>
    at(at(columns, i % q.outputs), Math.floor(i / q.outputs)),
  );
  const qzeros = range(q.groups).map((group) =>
    packColumn(
      q.zeros.map((row) => at(row, group) - zeroOffset),
      q.bits,
    ),
  );
  return {
    [`${base}.qweight`]: words([height, q.outputs], qweight),
    [`${base}.qzeros`]: words([q.groups, at(qzeros, 0).length], Uint32Array.from(qzeros.flat())),
    [`${base}.scales`]: halves(q.groups, q.outputs, (group, output) => at(at(q.scales, output), group)),
    ...(withOrder ? { [`${base}.g_idx`]: words([q.inputs], Uint32Array.from(q.groupOf)) } : {}),
  };
}

const AWQ_ORDER = [0, 2, 4, 6, 1, 3, 5, 7];

export function packAwq(base: string, q: Quantized): Record<string, MemoryTensor> {
  const pack = (rows: number, value: (row: number, output: number) => number): Uint32Array => {
    const packed = new Uint32Array((rows * q.outputs) / 8);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < q.outputs / 8; column++) {
        let word = 0;
        for (let i = 0; i < 8; i++) word |= value(row, column * 8 + at(AWQ_ORDER, i)) << (i * 4);
        packed[(row * q.outputs) / 8 + column] = word >>> 0;
      }
    }
    return packed;
  };
  return {
    [`${base}.qweight`]: words(
      [q.inputs, q.outputs / 8],
      pack(q.inputs, (input, output) => at(at(q.codes, output), input)),
    ),
    [`${base}.qzeros`]: words(
      [q.groups, q.outputs / 8],
      pack(q.groups, (group, output) => at(at(q.zeros, output), group)),
    ),
    [`${base}.scales`]: halves(q.groups, q.outputs, (group, output) => at(at(q.scales, output), group)),
  };
}

/** compressed-tensors, pack-quantized; zero points packed along the outputs where they are wanted. */
export function packCompressed(name: string, q: Quantized, withZeros: boolean): Record<string, MemoryTensor> {
  const each = 32 / q.bits;
  const pack = (values: readonly number[]): number[] =>
    range(Math.ceil(values.length / each)).map(
      (word) => range(each).reduce((sum, i) => sum | ((values[word * each + i] ?? 0) << (i * q.bits)), 0) >>> 0,
    );
  const rows = q.codes.map(pack);
  const zeros = range(q.groups).map((group) => pack(q.zeros.map((row) => at(row, group))));
  const height = at(zeros, 0).length;
  return {
    [`${name}_packed`]: words([q.outputs, at(rows, 0).length], Uint32Array.from(rows.flat())),
    [`${name}_scale`]: halves(q.outputs, q.groups, (output, group) => at(at(q.scales, output), group)),
    [`${name}_shape`]: { type: "I64", shape: [2], data: BigInt64Array.of(BigInt(q.outputs), BigInt(q.inputs)) },
    ...(withZeros
      ? {
          [`${name}_zero_point`]: words(
            [height, q.groups],
            Uint32Array.from({ length: height * q.groups }, (_, i) =>
              at(at(zeros, i % q.groups), Math.floor(i / q.groups)),
            ),
          ),
        }
      : {}),
  };
}

/** Experts [experts, inputs, outputs] to the nearest numbers of MXFP4, as gpt-oss stores them: turned, 32 inputs to a block. */
export function packMxfp4(
  name: string,
  { shape, data }: { readonly shape: readonly number[]; readonly data: Float32Array },
) {
  const [experts = 0, inputs = 0, outputs = 0] = shape;
  const numbers = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];
  const blocks = new Uint8Array((experts * outputs * inputs) / 2);
  const scales = new Uint8Array((experts * outputs * inputs) / 32);
  const kept = new Float32Array(data.length);
  for (let row = 0; row < experts * outputs; row++) {
    const place = (input: number) => (Math.floor(row / outputs) * inputs + input) * outputs + (row % outputs);
    for (let block = 0; block < inputs / 32; block++) {
      const values = range(32).map((i) => data[place(block * 32 + i)] ?? 0);
      const power = Math.floor(Math.log2(Math.max(...values.map(Math.abs)))) - 2;
      const at = (row * inputs) / 32 + block;
      scales[at] = power + 127;
      for (const [i, value] of values.entries()) {
        const code = numbers.reduce(
          (best, number, one) =>
            Math.abs(number * 2 ** power - value) < Math.abs((numbers[best] ?? 0) * 2 ** power - value) ? one : best,
          0,
        );
        kept[place(block * 32 + i)] = (numbers[code] ?? 0) * 2 ** power;
        const byte = at * 16 + (i >> 1);
        blocks[byte] = (blocks[byte] ?? 0) | (code << (4 * (i % 2)));
      }
    }
  }
  const parts = {
    [`${name}_blocks`]: { dtype: "U8", shape: [experts, outputs, inputs / 32, 16], data: blocks },
    [`${name}_scales`]: { dtype: "U8", shape: [experts, outputs, inputs / 32], data: scales },
  };
  return { kept: { shape, data: kept }, parts };
}
