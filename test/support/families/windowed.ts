// Families some of whose layers look back only a little.
import { typed } from "../gguf-writer.js";
import { attention, attentionNorm, gated, HEAD, headNorms, norms, postNorms, VOCABULARY, WIDTH } from "./blocks.js";
import { alike, type Recipe } from "./recipe.js";

const window = { "attention.sliding_window": 64 };
/** The embeddings are the head as well. */
const tied = { "output.weight": null };
const LAYERS = 2;
/** What each layer is told of the token besides (Gemma 3n, Gemma 4). */
const PER_LAYER = 256;
const ALTERNATIVES = 4;
const LAUREL = 64;

const tellsLayers = {
  "per_layer_token_embd.weight": [PER_LAYER * LAYERS, VOCABULARY],
  "per_layer_model_proj.weight": [WIDTH, PER_LAYER * LAYERS],
  "per_layer_proj_norm.weight": [PER_LAYER],
};
const toldLayer = {
  "inp_gate.weight": [WIDTH, PER_LAYER],
  "proj.weight": [PER_LAYER, WIDTH],
  "post_norm.weight": [WIDTH],
};

export const windowed: Readonly<Record<string, Recipe>> = {
  gemma2: { ...alike("spm", norms, attention, postNorms, gated), around: tied, keys: window },
  gemma3: { ...alike("spm", norms, attention, headNorms, postNorms, gated), keys: window },
  gemma3n: {
    ...alike("spm", norms, attention, headNorms, postNorms, gated, toldLayer, {
      "altup_correct_coef.weight": [ALTERNATIVES, ALTERNATIVES],
      "altup_correct_scale.weight": [WIDTH],
      "altup_predict_coef.weight": [ALTERNATIVES, ALTERNATIVES ** 2],
      "altup_router.weight": [WIDTH, ALTERNATIVES],
      "altup_router_norm.weight": [WIDTH],
      "laurel_l.weight": [WIDTH, LAUREL],
      "laurel_r.weight": [LAUREL, WIDTH],
      "laurel_post_norm.weight": [WIDTH],
    }),
    around: {
      "altup_proj.weight": [WIDTH, WIDTH, ALTERNATIVES - 1],
      "altup_unembd_proj.weight": [WIDTH, WIDTH, ALTERNATIVES - 1],
      ...tellsLayers,
    },
    keys: {
      ...window,
      "altup.active_idx": 0,
      "altup.num_inputs": ALTERNATIVES,
      embedding_length_per_layer_input: PER_LAYER,
    },
  },
  gemma4: {
    ...alike("spm", norms, attention, headNorms, postNorms, gated, toldLayer),
    around: { "rope_freqs.weight": [HEAD / 2], ...tellsLayers },
    keys: {
      ...window,
      "attention.sliding_window_pattern": typed("bool", [true, false]),
      "attention.shared_kv_layers": 0,
      "attention.key_length_swa": HEAD,
      "attention.value_length_swa": HEAD,
      "rope.dimension_count_swa": HEAD,
      embedding_length_per_layer_input: PER_LAYER,
    },
  },
  cohere2: {
    ...alike("bpe:command-r", attentionNorm, attention, gated),
    around: tied,
    keys: { ...window, logit_scale: 0.25 },
  },
};
