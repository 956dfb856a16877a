// A small LLaVA: a projector with every tensor that llama.cpp's clip.cpp asks of the kind "mlp", and the text model beside it.
import { type GgufSpec, typed, type WritableTensor, type WritableValue } from "./gguf-writer.js";
import { random as seeded } from "./random.js";
import { wideModel } from "./wide-model.js";

export interface ProjectorShape {
  readonly width: number;
  readonly ffn: number;
  readonly layers: number;
  readonly heads: number;
  /** Pixels on a side, of the image and of a patch. */
  readonly side: number;
  readonly patch: number;
  /** Of the model that it is for. */
  readonly out: number;
}

/** For `textModel`. */
export const TINY: ProjectorShape = { width: 64, ffn: 128, layers: 3, heads: 4, side: 56, patch: 14, out: 256 };
/** CLIP ViT-L/14 at 336 pixels, as LLaVA 1.5 has it. */
export const VIT_L: ProjectorShape = { width: 1024, ffn: 4096, layers: 24, heads: 16, side: 336, patch: 14, out: 4096 };

/** With random weights. @param change metadata to add or to put in place of the right values */
export function projector(
  shape: ProjectorShape = TINY,
  change: Readonly<Record<string, WritableValue>> = {},
): GgufSpec & { readonly tensors: readonly WritableTensor[] } {
  const { width, ffn, layers, heads, side, patch, out } = shape;
  const { next } = seeded(7);
  const tensor = (name: string, ...dims: number[]): WritableTensor => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const values = () => Float32Array.from({ length: count }, () => (next() - 0.5) / 8);
    // Of a large one only the header is of use.
    return count > 1_000_000 ? { name, dims } : { name, dims, data: new Uint8Array(values().buffer) };
  };
  const both = (name: string, ...dims: number[]) => [
    tensor(`${name}.weight`, ...dims),
    tensor(`${name}.bias`, dims.at(-1) ?? 0),
  ];
  const block = (layer: number) => [
    ...["ln1", "ln2"].flatMap((name) => both(`v.blk.${layer}.${name}`, width)),
    ...["attn_q", "attn_k", "attn_v", "attn_out"].flatMap((name) => both(`v.blk.${layer}.${name}`, width, width)),
    // As LLaVA's converter names them: up and down are swapped.
    ...both(`v.blk.${layer}.ffn_down`, width, ffn),
    ...both(`v.blk.${layer}.ffn_up`, ffn, width),
  ];
  return {
    metadata: {
      "general.architecture": "clip",
      "general.type": "mmproj",
      "clip.has_vision_encoder": true,
      "clip.has_llava_projector": true,
      "clip.projector_type": "mlp",
      "clip.use_gelu": false,
      "clip.vision.image_size": side,
      "clip.vision.patch_size": patch,
      "clip.vision.embedding_length": width,
      "clip.vision.feed_forward_length": ffn,
      "clip.vision.projection_dim": out,
      "clip.vision.attention.head_count": heads,
      "clip.vision.attention.layer_norm_epsilon": typed("float32", 1e-5),
      "clip.vision.block_count": layers,
      "clip.vision.image_mean": typed("float32", [0.48, 0.46, 0.41]),
      "clip.vision.image_std": typed("float32", [0.27, 0.26, 0.28]),
      ...change,
    },
    tensors: [
      tensor("v.class_embd", width),
      tensor("v.patch_embd.weight", patch, patch, 3, width),
      tensor("v.position_embd.weight", width, (side / patch) ** 2 + 1),
      ...both("v.pre_ln", width),
      ...Array.from({ length: layers }, (_, layer) => block(layer)).flat(),
      ...both("mm.0", width, out),
      ...both("mm.2", out, out),
    ],
  };
}

/** Its vectors are as wide as TINY's, and its answers nonsense. */
export const textModel = wideModel;
