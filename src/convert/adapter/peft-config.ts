// adapter_config.json of PEFT: how much each pair of matrices counts, and that the adapter is one of pairs of matrices alone.
import { OslmError } from "../../errors.js";
import { isObject, type JsonObject, readJson } from "../read-json.js";

export const PEFT_CONFIG = "adapter_config.json";

export interface PeftConfig {
  /** What the adapter was trained on: a repository, or a folder of its author's. */
  readonly base: string | undefined;
  /** Of a module, by its name in the checkpoint. */
  rankOf(module: string): number;
  /** What the product of its two matrices is multiplied with. */
  scaleOf(module: string): number;
}

/** Settings under which more than pairs of matrices is needed. Source: peft/tuners/lora/config.py. */
const MORE: Readonly<Record<string, string>> = {
  use_dora: "DoRA",
  modules_to_save: "modules trained in full (modules_to_save)",
  layer_replication: "repeated layers (layer_replication)",
  trainable_token_indices: "trained tokens (trainable_token_indices)",
  target_parameters: "stacked parameters (target_parameters)",
  alora_invocation_tokens: "activation by a text (alora_invocation_tokens)",
  lora_bias: "biases (lora_bias)",
  use_qalora: "QALoRA",
  use_bdlora: "BD-LoRA",
  arrow_config: "Arrow",
};
/** Ways to begin that change the base model too. */
const CHANGES_BASE = /^(pissa|olora|corda|loftq|lora_ga)/i;
const MAX_RANK = 4096;

/** @throws OslmError malformed-checkpoint, unsupported-checkpoint naming what the adapter needs besides */
export function readPeftConfig(bytes: Uint8Array): PeftConfig {
  const config = readJson(PEFT_CONFIG, bytes);
  if (config.peft_type !== "LORA") throw unsupported(`adapters of the type ${shown(config.peft_type)}`);
  for (const [key, what] of Object.entries(MORE)) if (isSet(config[key])) throw unsupported(`an adapter with ${what}`);
  if (![undefined, null, "none"].includes(config.bias as string)) throw unsupported(`an adapter with biases`);
  const start = config.init_lora_weights;
  if (typeof start === "string" && CHANGES_BASE.test(start)) {
    throw unsupported(`an adapter that began with ${shown(start)}, which changes the base model too`);
  }
  const rank = rankIn(config.r, "r");
  const alpha = alphaIn(config.lora_alpha, "lora_alpha");
  const [ranks, alphas] = [patterns(config, "rank_pattern", rankIn), patterns(config, "alpha_pattern", alphaIn)];
  const rankOf = (module: string) => ranks(module) ?? rank;
  return {
    base: typeof config.base_model_name_or_path === "string" ? config.base_model_name_or_path : undefined,
    rankOf,
    scaleOf: (module) => {
      const divisor = rankOf(module);
      return (alphas(module) ?? alpha) / (config.use_rslora === true ? Math.sqrt(divisor) : divisor);
    },
  };
}

/**
 * The value of the first key that a module's name ends with. PEFT takes the keys for regular expressions; a stranger's are not run here,
 * and those that are plain names mean the same.
 */
function patterns(
  config: JsonObject,
  key: string,
  check: (value: unknown, where: string) => number,
): (module: string) => number | undefined {
  const given = config[key] ?? {};
  if (!isObject(given)) throw malformed(`its ${key} is no object`);
  const entries = Object.entries(given).map(([pattern, value]) => {
    if (!/^\^?[\w.]+$/.test(pattern)) throw unsupported(`the pattern ${shown(pattern)} of ${key}`);
    return [pattern, check(value, key)] as const;
  });
  return (module) =>
    entries.find(([pattern]) =>
      pattern.startsWith("^") ? module === pattern.slice(1) : module === pattern || module.endsWith(`.${pattern}`),
    )?.[1];
}

function rankIn(value: unknown, where: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= MAX_RANK) return value;
  throw malformed(`its ${where} is no rank from 1 to ${MAX_RANK}`);
}

/** The engine takes 0 for 1. */
function alphaIn(value: unknown, where: string): number {
  if (typeof value === "number" && value > 0 && value <= 1e6) return value;
  throw malformed(`its ${where} is no number above 0`);
}

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
const shown = (value: unknown): string => (JSON.stringify(value) ?? "none").slice(0, 80);
const malformed = (reason: string): OslmError => new OslmError("malformed-checkpoint", { file: PEFT_CONFIG, reason });
const unsupported = (what: string): OslmError => new OslmError("unsupported-checkpoint", { what, known: ["LoRA"] });
