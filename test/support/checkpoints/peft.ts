// Adapters in the layout of PEFT for the small checkpoints, and what a model is with them: W + scale B A, by PEFT's own words.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "../random.js";
import { float32, writeSafetensors } from "../safetensors-writer.js";
import { Model } from "./family.js";
import type { Tensor } from "./math.js";

export const RANK = 4;
export const ALPHA = 8;

export interface PeftSpec {
  /** Names of weights in the checkpoint, without `.weight`. */
  readonly modules: readonly string[];
  /** Beside r, lora_alpha and peft_type. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Where it is not RANK. */
  readonly rankOf?: (module: string) => number;
  /** Of Conv1D, whose weights lie inputs by outputs. */
  readonly turned?: boolean;
}

export interface Peft {
  readonly config: Readonly<Record<string, unknown>>;
  /** By the names of the file. */
  readonly tensors: ReadonlyMap<string, Tensor>;
}

export function makePeft(model: Model, { modules, config = {}, rankOf = () => RANK, turned = false }: PeftSpec): Peft {
  const chance = random(7);
  const tensors = new Map<string, Tensor>();
  for (const module of modules) {
    const { shape } = model.get(`${module}.weight`);
    const [out = 0, inputs = 0] = turned ? [...shape].reverse() : shape;
    const rank = rankOf(module);
    const matrix = (rows: number, columns: number): Tensor => {
      const data = Float32Array.from({ length: rows * columns }, () => (chance.next() - 0.5) * 0.4);
      return { shape: [rows, columns], data };
    };
    tensors.set(`base_model.model.${module}.lora_A.weight`, matrix(rank, inputs));
    tensors.set(`base_model.model.${module}.lora_B.weight`, matrix(out, rank));
  }
  const plain = { peft_type: "LORA", r: RANK, lora_alpha: ALPHA, bias: "none", base_model_name_or_path: "org/base" };
  return { config: { ...plain, use_rslora: false, use_dora: false, modules_to_save: null, ...config }, tensors };
}

export function writePeft(path: string, { config, tensors }: Peft, card?: string): string {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "adapter_config.json"), JSON.stringify(config));
  const stored = [...tensors].map(([name, { shape, data }]) => [name, float32(data, shape)] as const);
  writeFileSync(join(path, "adapter_model.safetensors"), writeSafetensors(Object.fromEntries(stored)));
  if (card !== undefined) writeFileSync(join(path, "README.md"), card);
  return path;
}

/** @param scaleOf of a module, with its rank */
export function withPeft(
  model: Model,
  { tensors }: Peft,
  scaleOf: (module: string, rank: number) => number,
  turned = false,
): Model {
  const changed = new Map(model.tensors);
  for (const [name, a] of tensors) {
    const [, module] = /^base_model\.model\.(.+)\.lora_A\.weight$/.exec(name) ?? [];
    if (module === undefined) continue;
    const b = tensors.get(`base_model.model.${module}.lora_B.weight`) as Tensor;
    const { shape, data } = model.get(`${module}.weight`);
    const [rank = 0, inputs = 0] = a.shape;
    const [out = 0] = b.shape;
    const sum = data.slice();
    for (let o = 0; o < out; o++) {
      for (let i = 0; i < inputs; i++) {
        let product = 0;
        for (let r = 0; r < rank; r++) product += (b.data[o * rank + r] as number) * (a.data[r * inputs + i] as number);
        const at = turned ? i * out + o : o * inputs + i;
        sum[at] = (sum[at] as number) + scaleOf(module, rank) * product;
      }
    }
    changed.set(`${module}.weight`, { shape, data: sum });
  }
  return new Model(model.config, changed);
}
