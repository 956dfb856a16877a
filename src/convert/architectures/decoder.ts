// What most decoders share: their sizes, and how they turn positions into rotations.
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";
import { constant } from "../reshape.js";
import { f32, type Keys, layersOf, maybe, type Rule, u32 } from "./architecture.js";

/** Heads, and what one of them is wide. */
export interface Heads {
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
}

/** LLAMA_MAX_EXPERTS. */
const MAX_EXPERTS = 512;
/** The widest known are 576. It bounds what is made of a claim before any weight proves it. */
const MAX_HEAD_WIDTH = 65_536;

export function headsOf(config: Config): Heads {
  const queries = config.count("num_attention_heads", "n_head");
  const keys = config.optionalCount("num_key_value_heads") ?? queries;
  const wide = config.count("hidden_size", "n_embd");
  if (queries % keys !== 0) config.refuse(`has ${queries} heads, not a multiple of its ${keys} for keys`);
  const width = config.optionalCount("head_dim") ?? wide / queries;
  if (!Number.isInteger(width)) config.refuse(`has a width of ${wide}, not a multiple of its ${queries} heads`);
  if (width > MAX_HEAD_WIDTH) config.refuse(`has heads of ${width}, more than ${MAX_HEAD_WIDTH}`);
  return { queries, keys, width };
}

export function expertsOf(config: Config, ...keys: readonly string[]): number {
  const experts = config.count(...keys);
  return experts <= MAX_EXPERTS ? experts : config.refuse(`has ${experts} experts, more than ${MAX_EXPERTS}`);
}

/** The keys that llama.cpp reads of every architecture with rotations. */
export function decoderKeys(config: Config): Keys {
  const { queries, keys, width } = headsOf(config);
  return {
    vocab_size: u32(config.count("vocab_size")),
    context_length: u32(config.count("max_position_embeddings", "n_positions", "n_ctx")),
    embedding_length: u32(config.count("hidden_size", "n_embd")),
    block_count: u32(layersOf(config)),
    feed_forward_length: u32(config.count("intermediate_size", "n_inner")),
    "attention.head_count": u32(queries),
    "attention.head_count_kv": u32(keys),
    "attention.key_length": maybe(u32, config.optionalCount("head_dim")),
    "attention.value_length": maybe(u32, config.optionalCount("head_dim")),
    "attention.layer_norm_rms_epsilon": maybe(f32, config.optionalNumber("rms_norm_eps")),
    "rope.dimension_count": u32(width),
  };
}

/** Rotations as both forms of config.json say them: of transformers 4 and, in one object for each kind of layer, of 5. */
export interface Rope {
  readonly theta: number | undefined;
  /** `default`, `linear`, `yarn`, `llama3`, `longrope` ... */
  readonly kind: string;
  /** With everything that the kind needs. */
  readonly settings: Config;
}

/** @param layers which layers are meant, where kinds of layers differ */
export function ropeOf(config: Config, layers: "full_attention" | "sliding_attention" = "full_attention"): Rope {
  const all = config.part("rope_parameters", "rope_scaling");
  const settings = all?.part(layers) ?? all ?? config;
  const theta = settings.optionalNumber("rope_theta") ?? config.optionalNumber("rope_theta");
  if (theta !== undefined && theta <= 0) config.refuse("has a rope_theta that is not above 0");
  const kind = all === undefined ? "default" : (settings.optionalText("rope_type", "type") ?? "default");
  return { theta, kind: kind === "su" ? "longrope" : kind, settings };
}

/**
 * @param yarn what the engine computes of that kind: another setting is refused
 * @throws OslmError unsupported-checkpoint for a kind that is not among those known
 */
export function ropeKeys(
  config: Config,
  known: readonly string[] = ["linear", "yarn", "dynamic"],
  yarn: Readonly<Record<string, unknown>> = YARN,
): Keys {
  const { theta, kind, settings } = ropeOf(config);
  if (kind !== "default" && !known.includes(kind)) {
    throw new OslmError("unsupported-checkpoint", {
      what: `rotations of the kind ${JSON.stringify(kind.slice(0, 40))} for this architecture`,
      known: ["default", ...known],
    });
  }
  const base: Keys = { "rope.freq_base": maybe(f32, theta) };
  switch (kind) {
    case "linear":
      return {
        ...base,
        "rope.scaling.type": { type: "string", value: "linear" },
        "rope.scaling.factor": f32(factorOf(settings)),
      };
    case "yarn":
      return { ...base, ...yarnKeys(config, settings, yarn) };
    case "longrope":
      return { ...base, "rope.scaling.type": { type: "string", value: "longrope" } };
    default:
      // `dynamic` changes nothing up to the length that the model was made for; `llama3` is a tensor.
      return base;
  }
}

/** What the engine computes with whatever a file of most architectures says. */
export const YARN = { beta_fast: 32, beta_slow: 1, extrapolation_factor: 1, truncate: true } as const;

/** What the engine multiplies sines and cosines with is its own magnitude times `attn_factor`. */
function yarnKeys(config: Config, settings: Config, computed: Readonly<Record<string, unknown>>): Keys {
  const trained = settings.optionalCount("original_max_position_embeddings");
  const factor = factorOf(settings);
  for (const [key, own] of Object.entries(computed)) {
    if ((settings.any(key) ?? own) === own) continue;
    throw new OslmError("unsupported-checkpoint", {
      what: `rotations of the kind "yarn" with another ${key} than ${own}`,
      known: [],
    });
  }
  const magnitude = yarnMagnitude(factor, settings);
  return {
    "rope.scaling.type": { type: "string", value: "yarn" },
    "rope.scaling.factor": f32(factor),
    "rope.scaling.attn_factor": maybe(f32, magnitude && magnitude / (1 + 0.1 * Math.log(factor))),
    "rope.scaling.original_context_length": u32(trained ?? config.count("max_position_embeddings")),
  };
}

/** Undefined where it is the engine's own. Formula: `_compute_yarn_parameters` in transformers' modeling_rope_utils.py. */
function yarnMagnitude(factor: number, settings: Config): number | undefined {
  const said = settings.optionalNumber("attention_factor", "attn_factor");
  if (said !== undefined) return said > 0 ? said : settings.refuse("has an attention_factor that is not above 0");
  const [one, all] = [settings.optionalNumber("mscale"), settings.optionalNumber("mscale_all_dim")];
  const scale = (share: number) => (factor > 1 ? 0.1 * share * Math.log(factor) + 1 : 1);
  if (one && all) return scale(one) / scale(all);
  return factor > 1 ? undefined : 1;
}

function factorOf(settings: Config): number {
  const factor = settings.number("factor");
  return factor > 0 ? factor : settings.refuse("has a factor of rope_scaling that is not above 0");
}

/**
 * Llama 3.1 and later stretch slow rotations only: the engine takes one divisor for each frequency as a tensor.
 * Formula: `_compute_llama3_parameters` in transformers' modeling_rope_utils.py.
 */
export function ropeTensor(config: Config): Rule[] {
  const { theta = 10_000, kind, settings } = ropeOf(config);
  if (kind !== "llama3") return [];
  const { width } = headsOf(config);
  const factor = factorOf(settings);
  const low = settings.number("low_freq_factor");
  const high = settings.number("high_freq_factor");
  const trained = settings.count("original_max_position_embeddings");
  if (!(low > 0 && high > low)) settings.refuse("has frequencies in rope_scaling that make no band");
  const divisors = Array.from({ length: width / 2 }, (_, i) => {
    const turns = trained / (2 * Math.PI * theta ** ((2 * i) / width));
    if (turns > high) return 1;
    if (turns < low) return factor;
    const share = (turns - low) / (high - low);
    return 1 / ((1 - share) / factor + share);
  });
  return [{ to: "rope_freqs.weight", from: [], make: () => constant("rope_freqs", divisors) }];
}
