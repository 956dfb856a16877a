// What forward passes are made of, in doubles over float32 weights. Rows are positions.

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}
export type Rows = readonly Float64Array[];

export const map = (rows: Rows, change: (value: number, at: number) => number): Rows =>
  rows.map((row) => row.map(change));
export const add = (a: Rows, b: Rows): Rows => a.map((row, t) => row.map((value, i) => value + (b[t]?.[i] ?? 0)));
export const times = (a: Rows, b: Rows): Rows => a.map((row, t) => row.map((value, i) => value * (b[t]?.[i] ?? 0)));

export function embed({ shape, data }: Tensor, tokens: readonly number[]): Rows {
  const width = shape[1] as number;
  return tokens.map((token) => Float64Array.from(data.subarray(token * width, (token + 1) * width)));
}

/** y = x W^T + b, as torch's Linear. */
export function linear(rows: Rows, { shape, data }: Tensor, bias?: Tensor): Rows {
  const [out = 0, width = 0] = shape;
  return rows.map((row) => {
    if (row.length !== width) throw new Error(`a row of ${row.length} for a matrix of [${shape}]`);
    const result = new Float64Array(out);
    for (let o = 0; o < out; o++) {
      let sum = bias?.data[o] ?? 0;
      for (let i = 0; i < width; i++) sum += (row[i] as number) * (data[o * width + i] as number);
      result[o] = sum;
    }
    return result;
  });
}

/** @param offset 1 for Gemma, whose weights are kept less one */
export function rmsNorm(rows: Rows, { data }: Tensor, eps: number, offset = 0): Rows {
  return rows.map((row) => {
    const scale = 1 / Math.sqrt(row.reduce((sum, value) => sum + value * value, 0) / row.length + eps);
    return row.map((value, i) => value * scale * ((data[i] as number) + offset));
  });
}

/** The same for each head by itself. */
export function rmsNormHeads(rows: Rows, weights: Tensor, eps: number, offset = 0): Rows {
  const width = weights.data.length;
  return rows.map((row) =>
    joinRow(splitRow(row, width).map((head) => rmsNorm([head], weights, eps, offset)[0] as Float64Array)),
  );
}

export function layerNorm(rows: Rows, weight: Tensor, bias: Tensor, eps: number): Rows {
  return rows.map((row) => {
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    const variance = row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / row.length;
    const scale = 1 / Math.sqrt(variance + eps);
    return row.map((value, i) => (value - mean) * scale * (weight.data[i] as number) + (bias.data[i] as number));
  });
}

export const silu = (x: number): number => x / (1 + Math.exp(-x));
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** gelu_new, gelu_pytorch_tanh, BloomGelu. */
export const geluTanh = (x: number): number =>
  0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
/** torch's GELU; erf by its series or its continued fraction, to 1e-12. */
export const gelu = (x: number): number => 0.5 * x * (1 + erf(x / Math.SQRT2));

function erf(x: number): number {
  const z = Math.abs(x);
  if (z > 6) return Math.sign(x);
  let term = z;
  let sum = z;
  for (let n = 1; n < 200; n++) {
    term *= (-z * z) / n;
    sum += term / (2 * n + 1);
  }
  return Math.sign(x) * Math.min(1, (2 / Math.sqrt(Math.PI)) * sum);
}

export function softmax(values: Float64Array): Float64Array {
  const largest = values.reduce((a, b) => Math.max(a, b));
  const exps = values.map((value) => Math.exp(value - largest));
  const sum = exps.reduce((a, b) => a + b, 0);
  return exps.map((value) => value / sum);
}

export const splitRow = (row: Float64Array, width: number): Float64Array[] =>
  Array.from({ length: row.length / width }, (_, i) => row.slice(i * width, (i + 1) * width));

export function joinRow(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => [...part]));
}

export const columns = (rows: Rows, from: number, to: number): Rows => rows.map((row) => row.slice(from, to));

export interface Rotation {
  /** One for each pair. */
  readonly frequencies: readonly number[];
  /** Of cosine and sine; 1 but for yarn and longrope. */
  readonly magnitude?: number;
  /** `halves`: i with i + n/2, as rotate_half does; `neighbors`: 2i with 2i + 1. */
  readonly pairs?: "halves" | "neighbors";
}

export const frequencies = (theta: number, width: number): number[] =>
  Array.from({ length: width / 2 }, (_, i) => theta ** ((-2 * i) / width));

/** Rotates the first elements of each head by their position. */
export function rotate(
  rows: Rows,
  width: number,
  { frequencies: turns, magnitude = 1, pairs = "halves" }: Rotation,
): Rows {
  const half = turns.length;
  return rows.map((row, position) =>
    joinRow(
      splitRow(row, width).map((head) => {
        const out = head.slice();
        for (let i = 0; i < half; i++) {
          const [a, b] = pairs === "halves" ? [i, i + half] : [2 * i, 2 * i + 1];
          const angle = position * (turns[i] as number);
          const [x, y] = [head[a] as number, head[b] as number];
          out[a] = magnitude * (x * Math.cos(angle) - y * Math.sin(angle));
          out[b] = magnitude * (y * Math.cos(angle) + x * Math.sin(angle));
        }
        return out;
      }),
    ),
  );
}

export interface Attention {
  /** Elements of a head of queries and keys. */
  readonly width: number;
  readonly scale?: number;
  /** Positions that a query sees, itself among them. */
  readonly window?: number;
  readonly softcap?: number;
  /** Added to the scores of a head. */
  readonly slope?: (head: number) => number;
  /** A score of no position, which takes its share and says nothing. */
  readonly sink?: (head: number) => number;
}

/** Causal attention; several heads of queries may share one of keys and values. */
export function attend(q: Rows, k: Rows, v: Rows, { width, scale, window, softcap, slope, sink }: Attention): Rows {
  const heads = (q[0]?.length ?? 0) / width;
  const groups = (k[0]?.length ?? 0) / width;
  const valueWidth = (v[0]?.length ?? 0) / groups;
  return q.map((row, t) => {
    const parts = splitRow(row, width).map((query, head) => {
      const group = Math.floor(head / (heads / groups));
      const first = window === undefined ? 0 : Math.max(0, t - window + 1);
      const scores = new Float64Array(t - first + 1 + (sink === undefined ? 0 : 1));
      if (sink !== undefined) scores[t - first + 1] = sink(head);
      for (let s = first; s <= t; s++) {
        let sum = 0;
        for (let i = 0; i < width; i++) sum += (query[i] as number) * (k[s]?.[group * width + i] as number);
        sum *= scale ?? 1 / Math.sqrt(width);
        if (softcap !== undefined) sum = softcap * Math.tanh(sum / softcap);
        scores[s - first] = sum + (slope === undefined ? 0 : slope(head) * (s - t));
      }
      const share = softmax(scores);
      const out = new Float64Array(valueWidth);
      for (let s = first; s <= t; s++) {
        for (let i = 0; i < valueWidth; i++) {
          out[i] = (out[i] as number) + (share[s - first] as number) * (v[s]?.[group * valueWidth + i] as number);
        }
      }
      return out;
    });
    return joinRow(parts);
  });
}

/** The largest few of a row, with their places. */
export function topOf(row: Float64Array, count: number): { readonly at: number; readonly value: number }[] {
  return [...row]
    .map((value, at) => ({ at, value }))
    .sort((a, b) => b.value - a.value)
    .slice(0, count);
}
