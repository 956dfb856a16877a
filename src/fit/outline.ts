// A model's shape from the few facts that are known without its file: enough for an estimate, and no more than that.
import type { Geometry, LayerGeometry } from "../gguf/geometry.js";
import type { Tokens } from "../model/types.js";

export interface AttentionFacts {
  readonly layers: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Layers that keep a cache, where that is not all of them. */
  readonly cacheLayers?: number;
  /** Keys and values are one compressed vector (MLA). */
  readonly latent?: boolean;
}

export interface ModelFacts {
  /** As GGUF has it, where it is known: some were trained in a quantized type, which then loses nothing. */
  readonly architecture?: string;
  readonly params: number;
  /** Of a mixture of experts: parameters that work on one token. */
  readonly activeParams?: number;
  readonly context: Tokens;
  readonly attention?: AttentionFacts;
}

/** Of Llama 3; most vocabularies since have 100,000 to 260,000 entries. */
const VOCABULARY = 128_000;
/** Experts come in all numbers; only the active share matters. */
const EXPERTS = 64;

/**
 * Cache and context are exact where the attention is known and no layer has a sliding window (else the cache is at most this); width and
 * feed-forward part are filled in so that the parameters come out, in the proportions of the Llama family.
 */
export function outline(facts: ModelFacts): Geometry {
  const { params, activeParams = params, context, architecture = "" } = facts;
  const attention = facts.attention ?? usualAttention(activeParams);
  const { layers, kvHeads, headDim, cacheLayers = layers, latent = false } = attention;
  // 2 tables of the vocabulary and 12 squares of the width in each layer: w solves 12 L w^2 + 2 V w = p.
  const root = Math.sqrt(4 * VOCABULARY ** 2 + 48 * layers * activeParams);
  const width = Math.max(64, Math.round((root - 2 * VOCABULARY) / (24 * layers)));
  const heads = Math.max(1, Math.round(width / (latent ? 128 : headDim)));
  const every = layers / Math.max(1, cacheLayers);
  const perLayer = Array.from({ length: layers }, (_, layer): LayerGeometry => {
    const caches = Math.floor((layer + 1) / every) > Math.floor(layer / every);
    const values = caches ? kvHeads * headDim : 0;
    return { kvHeads, keyValues: values, valueValues: latent ? 0 : values, sliding: false, stateBytes: 0 };
  });
  const attended = perLayer.map(
    ({ keyValues, valueValues }) => width * (2 * heads * headDim + keyValues + valueValues),
  );
  const rest = params - 2 * VOCABULARY * width - attended.reduce((sum, count) => sum + count, 0);
  const ffn = Math.max(1, Math.round(rest / (3 * width * layers)));
  const used = Math.max(1, Math.round((EXPERTS * activeParams) / params));
  return {
    architecture,
    layers,
    blocks: layers,
    width,
    heads,
    kvHeads: perLayer.map(() => kvHeads),
    headDimK: headDim,
    headDimV: headDim,
    ffn: activeParams < params ? Math.max(1, Math.round(ffn / EXPERTS)) : ffn,
    vocab: VOCABULARY,
    ctxTrain: context,
    experts: activeParams < params ? { count: EXPERTS, used, ffn: Math.max(1, Math.round(ffn / EXPERTS)) } : null,
    slidingWindow: null,
    mla: latent ? { rank: headDim, rope: 0 } : null,
    perLayer,
    tokenizer: null,
    name: null,
    chatTemplate: undefined,
    general: { license: null, licenseName: null, licenseLink: null, type: null, fileType: null, baseModels: [] },
  };
}

/** As of the Llama 3 family: the width is 128 times the number of layers, eight heads of 128 have a cache. */
function usualAttention(params: number): AttentionFacts {
  return { layers: Math.max(4, Math.round(Math.cbrt(params / (12 * 128 ** 2)))), kvHeads: 8, headDim: 128 };
}
