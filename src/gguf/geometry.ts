// The shape of a model, from its header: all that memory and speed depend on.
import { isOslmError, OslmError } from "../errors.js";
import type { Bytes, Tokens } from "../model/types.js";
import { engineName, isLoadable } from "./architectures.js";
import { checkGeometry, checkLayers } from "./check-geometry.js";
import { ArchitectureKeys } from "./keys.js";
import { layerKinds, stateBytes } from "./recurrent.js";
import { type SlidingWindow, slidingWindowOf } from "./sliding-window.js";
import { type GgufMetadata, isSkipped, type SkippedValue } from "./values.js";

/** What one layer keeps of each token, and besides. */
export interface LayerGeometry {
  readonly kvHeads: number;
  /** Values of the key cache per token; 0 where the layer keeps none of its own. */
  readonly keyValues: number;
  /** Values of the value cache per token; 0 with MLA, whose keys hold both. */
  readonly valueValues: number;
  /** Does its cache end at the sliding window? */
  readonly sliding: boolean;
  /** Fixed state of a recurrent layer. */
  readonly stateBytes: Bytes;
}

export interface Experts {
  readonly count: number;
  /** Routed to per token. */
  readonly used: number;
  /** Width of one expert's feed-forward part. */
  readonly ffn: number;
}

export interface Geometry {
  readonly architecture: string;
  /** Layers that run; extra ones for predicting further tokens are not counted. */
  readonly layers: number;
  /** Layers in the file, those included. */
  readonly blocks: number;
  readonly width: number;
  /** Of the layer with the most. */
  readonly heads: number;
  readonly kvHeads: readonly number[];
  readonly headDimK: number;
  readonly headDimV: number;
  /** Of the layer with the widest. */
  readonly ffn: number;
  readonly vocab: number;
  /** `tokenizer.ggml.model`: `llama`, `gpt2` ...; null when there is none. */
  readonly tokenizer: string | null;
  readonly ctxTrain: Tokens;
  readonly experts: Experts | null;
  readonly slidingWindow: SlidingWindow | null;
  /** Compressed key-value width of multi-head latent attention, as stored per token; null without it. */
  readonly mla: { readonly rank: number; readonly rope: number } | null;
  readonly perLayer: readonly LayerGeometry[];
  readonly name: string | null;
  /** The first template, or its length where it is too long to be kept; null when the file has none, undefined when reading stopped before it. */
  readonly chatTemplate: string | SkippedValue | null | undefined;
  readonly general: GeneralKeys;
}

/** What the file says about itself. Hostile text like all of it. */
export interface GeneralKeys {
  readonly license: string | null;
  readonly licenseName: string | null;
  readonly licenseLink: string | null;
  /** `model`, `adapter`, `mmproj` ... */
  readonly type: string | null;
  /** `enum llama_ftype`. */
  readonly fileType: number | null;
  /** The address of each, or else its name. */
  readonly baseModels: readonly string[];
}

const BASE_MODEL = /^(general\.base_model\.\d+\.)(?:repo_url|name)$/;

/** As llama.cpp's own are; anything else is damage. */
const NAME = /^[\w.-]{1,60}$/;

/** No cache at all (create_memory gives null): encoders, and diffusion models that see everything at once. */
const WITHOUT_CACHE = new Set([
  "bert",
  "dream",
  "eurobert",
  "gemma-embedding",
  "jina-bert-v2",
  "jina-bert-v3",
  "llada",
  "llada-moe",
  "modern-bert",
  "neo-bert",
  "nomic-bert",
  "nomic-bert-moe",
  "rnd1",
]);
/** Architectures whose attention chooses by an index: one more key of this width per token. */
const INDEXED = new Set(["deepseek32", "glm-dsa"]);

/**
 * Throws `malformed-gguf` for a file that holds no language model, and for one whose numbers would end the process in
 * native code; so whoever has a Geometry may load the file. Throws `unknown-architecture` instead where the engine does not know it
 * and the shape cannot be read as others are; where it can, `isLoadable` has the last word. Pass `complete: false` when keys may
 * follow that were not read.
 */
export function geometryOf(header: GgufMetadata, { complete = true }: { complete?: boolean } = {}): Geometry {
  const architecture = text(header, "general.architecture");
  if (architecture === null || architecture === "") {
    const reason = "the key general.architecture is missing";
    throw new OslmError("malformed-gguf", { file: header.name, reason });
  }
  const keys = new ArchitectureKeys(header, architecture);
  const type = text(header, "general.type");
  if (architecture === "clip" || type === "adapter" || type === "mmproj") {
    keys.fail(`the file is no language model of its own (${type ?? architecture})`);
  }
  try {
    return shapeOf(keys, header, complete);
  } catch (error) {
    if (isLoadable(architecture) || !NAME.test(architecture) || !isOslmError(error, "malformed-gguf")) throw error;
    const facts = { file: header.name, architecture, engine: engineName(), force: null };
    throw new OslmError("unknown-architecture", facts, { cause: error });
  }
}

function shapeOf(keys: ArchitectureKeys, header: GgufMetadata, complete: boolean): Geometry {
  const { architecture } = keys;
  checkGeometry(keys);
  const all = keys.required("block_count");
  const layers = all - (keys.integer("nextn_predict_layers") ?? 0) || all;
  const width = keys.required("embedding_length");
  const headsOf = keys.perLayer("attention.head_count", all) ?? [];
  const heads = Math.max(0, ...headsOf);
  const kvHeads = (keys.perLayer("attention.head_count_kv", all) ?? headsOf).slice(0, layers);
  while (kvHeads.length < layers) kvHeads.push(0);
  const ffnOf = keys.perLayer("feed_forward_length", all) ?? [];
  const kinds = layerKinds(keys, kvHeads, ffnOf);
  const headDimK = keys.integer("attention.key_length") ?? Math.floor(width / Math.max(heads, 1));
  const headDimV = keys.integer("attention.value_length") ?? Math.floor(width / Math.max(heads, 1));
  checkLayers(keys, { kinds, heads: headsOf, kvHeads, ffn: ffnOf, headDimK, headDimV });
  const slidingWindow = slidingWindowOf(keys, layers);
  const latent = (keys.integer("attention.key_length_mla") ?? 0) > 0;
  const perLayer = kinds.map(({ attends, recurs }, layer): LayerGeometry => {
    const count = kvHeads[layer] ?? 0;
    const sliding = slidingWindow?.layers[layer] ?? false;
    const caches = attends && !WITHOUT_CACHE.has(architecture) && layer < cachedLayers(keys, layers);
    const k = sliding ? (keys.integer("attention.key_length_swa") ?? headDimK) : headDimK;
    const v = sliding ? (keys.integer("attention.value_length_swa") ?? headDimV) : headDimV;
    const index = INDEXED.has(architecture) ? (keys.integer("attention.indexer.key_length") ?? 0) : 0;
    return {
      kvHeads: count,
      keyValues: caches ? k * count + index : 0,
      valueValues: caches && !latent ? v * count : 0,
      sliding,
      stateBytes: recurs ? stateBytes(keys, width, heads, headDimK) : 0,
    };
  });
  return {
    architecture,
    layers,
    blocks: all,
    width,
    heads,
    kvHeads,
    headDimK,
    headDimV,
    ffn: Math.max(0, ...ffnOf),
    vocab: vocabulary(header, keys),
    tokenizer: text(header, "tokenizer.ggml.model"),
    ctxTrain: keys.required("context_length"),
    experts: expertsOf(keys, all),
    slidingWindow,
    mla: latent
      ? { rank: keys.integer("attention.kv_lora_rank") ?? 0, rope: keys.integer("rope.dimension_count") ?? 0 }
      : null,
    perLayer,
    name: text(header, "general.name"),
    chatTemplate: template(header) ?? (complete ? null : undefined),
    general: generalKeys(header),
  };
}

/** The first so many layers have a cache; later ones reuse it (Gemma 3n and 4). */
function cachedLayers(keys: ArchitectureKeys, layers: number): number {
  if (keys.architecture === "gemma3n") return 20;
  if (keys.architecture !== "gemma4") return layers;
  const own = layers - (keys.integer("attention.shared_kv_layers") ?? 0);
  // create_memory asserts it.
  if (own < 2) keys.fail("gemma4.attention.shared_kv_layers leaves fewer than two layers with a cache");
  return own;
}

function vocabulary(header: GgufMetadata, keys: ArchitectureKeys): number {
  const tokens = header.metadata.get("tokenizer.ggml.tokens");
  return isSkipped(tokens) ? tokens.length : (keys.integer("vocab_size") ?? 0);
}

function expertsOf(keys: ArchitectureKeys, layers: number): Experts | null {
  const count = keys.integer("expert_count") ?? 0;
  if (count === 0) return null;
  const used = Math.max(0, ...(keys.perLayer("expert_used_count", layers) ?? []));
  const ffn = Math.max(0, ...(keys.perLayer("expert_feed_forward_length", layers) ?? []));
  // Mixtral's files give the width of an expert as the ordinary feed-forward length.
  return { count, used, ffn: ffn || Math.max(0, ...(keys.perLayer("feed_forward_length", layers) ?? [])) };
}

/** What any GGUF file says of itself, an adapter too. */
export function generalKeys(header: GgufMetadata): GeneralKeys {
  const fileType = header.metadata.get("general.file_type");
  const keys = [...header.metadata.keys()].flatMap((key) => BASE_MODEL.exec(key)?.[1] ?? []);
  return {
    license: text(header, "general.license") ?? listed(header, "general.license"),
    licenseName: text(header, "general.license.name"),
    licenseLink: text(header, "general.license.link"),
    type: text(header, "general.type"),
    fileType: typeof fileType === "number" ? fileType : null,
    baseModels: [...new Set(keys)].flatMap((key) => text(header, `${key}repo_url`) ?? text(header, `${key}name`) ?? []),
  };
}

/** Some writers keep the card's list a list; others join it with commas. */
function listed(header: GgufMetadata, key: string): string | null {
  const value = header.metadata.get(key);
  const texts = Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  return texts.length === 0 ? null : texts.join(",");
}

function template(header: GgufMetadata): string | SkippedValue | null {
  const key = "tokenizer.chat_template";
  const value = header.metadata.get(key);
  return isSkipped(value) && value.type === "string" ? value : text(header, key);
}

function text(header: GgufMetadata, key: string): string | null {
  const value = header.metadata.get(key);
  return typeof value === "string" ? value : null;
}
