// Families that make vectors of texts.
import { typed } from "../gguf-writer.js";
import {
  attention,
  CONTEXT,
  encoder,
  gated,
  headNorms,
  norms,
  outputBias,
  plain,
  plainBiases,
  postNorms,
  WIDTH,
} from "./blocks.js";
import { alike, type Recipe } from "./recipe.js";

const around = {
  "token_types.weight": [WIDTH, 2],
  "token_embd_norm.weight": [WIDTH],
  "token_embd_norm.bias": [WIDTH],
  "output_norm.weight": null,
  "output.weight": null,
};
const MEAN = 1;
const keys = { "attention.causal": false, "attention.head_count_kv": 4, pooling_type: MEAN };

export const encoders: Readonly<Record<string, Recipe>> = {
  bert: {
    ...alike(
      "wordpiece",
      encoder,
      { "attn_q.bias": [WIDTH], "attn_k.bias": [WIDTH], "attn_v.bias": [WIDTH] },
      outputBias,
      plain,
      plainBiases,
    ),
    around: { ...around, "position_embd.weight": [WIDTH, CONTEXT] },
    keys,
    embeds: true,
  },
  "nomic-bert": {
    ...alike("wordpiece", encoder, gated),
    around,
    keys: { ...keys, "rope.freq_base": typed("float32", 1000) },
    embeds: true,
  },
  "gemma-embedding": {
    ...alike("spm", norms, attention, headNorms, postNorms, gated),
    // Every sixth layer sees everything; the engine ends the process where there is none (src/gguf/sliding-window.ts).
    layers: 6,
    around: { "output.weight": null },
    keys: { "attention.sliding_window": 64, pooling_type: MEAN },
    embeds: true,
  },
};
