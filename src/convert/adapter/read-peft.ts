// An adapter in the layout of PEFT: a folder with adapter_config.json and pairs of matrices by the names of the checkpoint's modules.
import { OslmError } from "../../errors.js";
import type { Architecture, Rule } from "../architectures/architecture.js";
import type { Checkpoint } from "../checkpoint.js";
import type { Config } from "../config.js";
import type { Folder } from "../folder.js";
import { shortName } from "../plan.js";
import type { Weights } from "../reshape.js";
import { openSafetensors } from "../safetensors/open.js";
import { isFloat } from "../stored-types.js";
import { openTorch } from "../torch/open.js";
import type { Lora, LoraPair } from "./lora.js";
import { PEFT_CONFIG, type PeftConfig, readPeftConfig } from "./peft-config.js";

const WEIGHTS = ["adapter_model.safetensors", "adapter_model.bin"] as const;
/** `base_model.model.` is PEFT's own; `default` the name of the adapter in some files. */
const PART = /^base_model\.model\.(.+)\.lora_([AB])(?:\.default)?\.weight$/;

export const isPeftFolder = ({ names }: Folder): boolean =>
  names.includes(PEFT_CONFIG) && WEIGHTS.some((name) => names.includes(name));

/** @throws OslmError malformed-checkpoint */
export async function peftConfigOf(folder: Folder): Promise<PeftConfig> {
  const bytes = await folder.read(PEFT_CONFIG);
  if (bytes === null) throw malformed(PEFT_CONFIG, "it is not there");
  return readPeftConfig(bytes);
}

/**
 * @param file the adapter's name, for messages
 * @param config of the model that it adapts
 * @throws OslmError malformed-checkpoint, wrong-adapter, unsupported-checkpoint with the name of the first tensor that has no simple place in the model
 */
export async function readPeft(
  folder: Folder,
  file: string,
  architecture: Architecture,
  config: Config,
): Promise<Lora> {
  const peft = await peftConfigOf(folder);
  const rules = rulesOf(architecture, config);
  const weights = await openWeights(folder);
  try {
    const parts = partsOf(weights);
    if (!isFor(rules, [...parts.keys()])) {
      const reason = `Its modules have other names than those of the architecture ${architecture.name}.`;
      throw new OslmError("wrong-adapter", { file, model: "this base", reason });
    }
    const pairs = [...parts].map(([module, pair]) => pairOf(module, pair, peft, rules));
    if (pairs.length === 0) throw malformed(file, "it holds no matrices");
    return { file, architecture: architecture.name, pairs, close: () => weights.close() };
  } catch (error) {
    await weights.close();
    throw error;
  }
}

async function openWeights(folder: Folder): Promise<Checkpoint> {
  const [safetensors, torch] = WEIGHTS;
  const weights = (await openSafetensors(folder, safetensors)) ?? (await openTorch(folder, torch));
  if (weights === undefined) throw malformed(safetensors, "it is not there");
  return weights;
}

type Rules = ReadonlyMap<string, readonly Rule[]>;

/** By the names of the checkpoint. */
function rulesOf(architecture: Architecture, config: Config): Rules {
  const rules = new Map<string, Rule[]>();
  for (const rule of architecture.tensors(config)) {
    for (const from of rule.from) rules.set(from, [...(rules.get(from) ?? []), rule]);
  }
  if (config.flag("tie_word_embeddings")) rules.delete("lm_head.weight");
  return rules;
}

/** False where it changes nothing that the model has: it is another one's. */
function isFor(rules: Rules, modules: readonly string[]): boolean {
  const inLayers = modules.filter((module) => /\.\d+\./.test(module));
  return inLayers.length === 0 || inLayers.some((module) => rules.has(`${shortName(module)}.weight`));
}

interface Parts {
  readonly A?: Weights;
  readonly B?: Weights;
}

function partsOf({ tensors }: Checkpoint): Map<string, Parts> {
  const modules = new Map<string, Parts>();
  for (const [name, tensor] of tensors) {
    const [, module = "", part = ""] = PART.exec(name) ?? [];
    if (module === "") throw unsupported(`the tensor ${quoted(name)} of an adapter`);
    const before = modules.get(module) ?? {};
    if (before[part as keyof Parts]) throw malformed(WEIGHTS[0], `it has lora_${part} of ${quoted(module)} twice`);
    modules.set(module, { ...before, [part]: tensor });
  }
  return modules;
}

function pairOf(module: string, { A: a, B: b }: Parts, peft: PeftConfig, rules: Rules): LoraPair {
  if (a === undefined || b === undefined)
    throw malformed(WEIGHTS[0], `one of the two matrices for ${quoted(module)} is missing`);
  const rank = peft.rankOf(module);
  const fits = a.shape.length === 2 && b.shape.length === 2 && a.shape[0] === rank && b.shape[1] === rank;
  if (!fits || [...a.shape, ...b.shape].some((dim) => dim < 1)) {
    const shapes = `[${a.shape.join(", ")}] and [${b.shape.join(", ")}]`;
    throw malformed(WEIGHTS[0], `its matrices for ${quoted(module)} are ${shapes}, which have not the rank ${rank}`);
  }
  for (const { name, type } of [a, b]) {
    if (!isFloat(type)) throw malformed(WEIGHTS[0], `the tensor ${quoted(name)} holds ${type}, no weights`);
  }
  const [rule, ...others] = rules.get(`${shortName(module)}.weight`) ?? [];
  if (rule === undefined) throw unsupported(`an adapter for ${quoted(module)}, which the architecture does not have`);
  const isPlain = rule.make === undefined || rule.effect !== undefined;
  if (others.length > 0 || rule.from.length > 1 || !isPlain) {
    throw unsupported(`an adapter for ${quoted(module)}, which the engine keeps in another form`);
  }
  if (rule.to === "token_embd.weight") throw unsupported(`an adapter for ${quoted(module)}, the table of tokens`);
  return {
    target: rule.to,
    a,
    b: rule.effect === "rows" ? (rule.make?.(b) as Weights) : b,
    scale: peft.scaleOf(module),
  };
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 200));
const unsupported = (what: string): OslmError =>
  new OslmError("unsupported-checkpoint", { what, known: ["pairs of matrices for single matrices of the model"] });
const malformed = (file: string, reason: string): OslmError => new OslmError("malformed-checkpoint", { file, reason });
