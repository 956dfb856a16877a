// LLaVA 1.5 from its papers and transformers' modeling_clip.py and modeling_llava.py, over the tensors of GGUF files: an image that needs
// no scaling, then a text. It knows nothing of llama.cpp but the names of tensors.
import {
  add,
  attend,
  embed,
  frequencies,
  geluTanh,
  joinRow,
  layerNorm,
  linear,
  map,
  type Rows,
  rmsNorm,
  rotate,
  sigmoid,
  silu,
  softmax,
  splitRow,
  type Tensor,
  times,
} from "./checkpoints/math.js";
import type { WritableTensor } from "./gguf-writer.js";
import type { ProjectorShape } from "./vision-pair.js";

export type Tensors = (name: string) => Tensor;

/** Of a file with weights in F32. */
export function tensorsOf(written: readonly WritableTensor[]): Tensors {
  const all = new Map(
    written.map(({ name, dims, data }) => [name, { shape: dims.map(Number).reverse(), data: floats(data) }]),
  );
  return (name) => {
    const found = all.get(name);
    if (found === undefined) throw new Error(`there is no tensor ${name}`);
    return found;
  };
}

function floats(data: Uint8Array | undefined): Float32Array {
  if (data === undefined) throw new Error("a tensor without data");
  return new Float32Array(data.slice().buffer);
}

/**
 * The rows that the language model reads for an image.
 * @param rgb its pixels, three bytes each; as wide and high as the projector's
 * @param classLast as llama.cpp has it: the class comes after the patches, and positions and choice are as if it came before
 */
export function visionRows(get: Tensors, shape: ProjectorShape, rgb: Uint8Array, classLast = false): Rows {
  const { width, layers, heads, side, patch } = shape;
  const patches = patchRows(get("v.patch_embd.weight"), rgb, side, patch);
  const first = Float64Array.from(get("v.class_embd").data);
  const positions = embed(
    get("v.position_embd.weight"),
    Array.from({ length: patches.length + 1 }, (_, at) => at),
  );
  const norm = (rows: Rows, name: string) => layerNorm(rows, get(`${name}.weight`), get(`${name}.bias`), 1e-5);
  const via = (rows: Rows, name: string) => linear(rows, get(`${name}.weight`), get(`${name}.bias`));
  let x = norm(add(classLast ? [...patches, first] : [first, ...patches], positions), "v.pre_ln");
  // LLaVA's vision_feature_layer is -2: what goes into the last layer.
  for (let layer = 0; layer < layers - 1; layer++) {
    const at = `v.blk.${layer}.`;
    const normed = norm(x, `${at}ln1`);
    const [q, k, v] = ["attn_q", "attn_k", "attn_v"].map((name) => via(normed, at + name)) as [Rows, Rows, Rows];
    x = add(x, via(seeAll(q, k, v, width / heads), `${at}attn_out`));
    const inner = map(via(norm(x, `${at}ln2`), `${at}ffn_down`), (value) => value * sigmoid(1.702 * value));
    x = add(x, via(inner, `${at}ffn_up`));
  }
  // Without the class: vision_feature_select_strategy "default".
  return via(map(via(x.slice(1), "mm.0"), geluTanh), "mm.2");
}

function patchRows({ shape, data }: Tensor, rgb: Uint8Array, side: number, patch: number): Rows {
  const [width = 0] = shape;
  const [mean, deviation] = [
    [0.48, 0.46, 0.41],
    [0.27, 0.26, 0.28],
  ] as const;
  const across = side / patch;
  return Array.from({ length: across * across }, (_, at) => {
    const [top, left] = [Math.floor(at / across) * patch, (at % across) * patch];
    const row = new Float64Array(width);
    for (let out = 0; out < width; out++) {
      let sum = 0;
      for (let color = 0; color < 3; color++) {
        for (let y = 0; y < patch; y++) {
          for (let x = 0; x < patch; x++) {
            const byte = rgb[((top + y) * side + left + x) * 3 + color] as number;
            const value = (byte / 255 - (mean[color] as number)) / (deviation[color] as number);
            sum += value * (data[((out * 3 + color) * patch + y) * patch + x] as number);
          }
        }
      }
      row[out] = sum;
    }
    return row;
  });
}

/** Attention that looks at all of an image. */
function seeAll(q: Rows, k: Rows, v: Rows, width: number): Rows {
  return q.map((row) => {
    const heads = splitRow(row, width).map((query, head) => {
      const from = head * width;
      const scores = k.map((key) => query.reduce((sum, value, i) => sum + value * (key[from + i] as number), 0));
      const share = softmax(Float64Array.from(scores.map((score) => score / Math.sqrt(width))));
      return query.map((_, i) =>
        v.reduce((sum, value, s) => sum + (share[s] as number) * (value[from + i] as number), 0),
      );
    });
    return joinRow(heads);
  });
}

/** Probabilities of what follows these rows, by a model of Llama's shape. */
export function nextToken(get: Tensors, rows: Rows, { layers, head }: { layers: number; head: number }): Float64Array {
  let x = rows;
  const rotation = { frequencies: frequencies(10000, head), pairs: "neighbors" as const };
  for (let layer = 0; layer < layers; layer++) {
    const via = (some: Rows, name: string) => linear(some, get(`blk.${layer}.${name}.weight`));
    const norm = (name: string) => rmsNorm(x, get(`blk.${layer}.${name}.weight`), 1e-5);
    const normed = norm("attn_norm");
    const [q, k] = ["attn_q", "attn_k"].map((name) => rotate(via(normed, name), head, rotation)) as [Rows, Rows];
    x = add(x, via(attend(q, k, via(normed, "attn_v"), { width: head }), "attn_output"));
    const after = norm("ffn_norm");
    x = add(x, via(times(map(via(after, "ffn_gate"), silu), via(after, "ffn_up")), "ffn_down"));
  }
  const last = rmsNorm(x.slice(-1), get("output_norm.weight"), 1e-5);
  return softmax(linear(last, get("output.weight"))[0] as Float64Array);
}
