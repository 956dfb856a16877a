// What the converter has to know of an architecture: names, shapes and keys, as data.
import type { MetadataPair, TypedValue } from "../../gguf/write-header.js";
import type { Config } from "../config.js";
import type { Weights } from "../reshape.js";

export interface Architecture {
  /** `general.architecture`: what llama.cpp calls it. */
  readonly name: string;
  /** As `architectures` of config.json has them. */
  readonly classes: readonly string[];
  /** Without the architecture's name in front. May throw malformed-checkpoint and unsupported-checkpoint. */
  keys(config: Config): Keys;
  tensors(config: Config): readonly Rule[];
  /** Tensors that hold nothing the engine needs: buffers, parts that see. */
  ignored?(name: string, config: Config): boolean;
}

export type Keys = Readonly<Record<string, TypedValue | undefined>>;

/** One tensor of the GGUF file. */
export interface Rule {
  readonly to: string;
  /** Names in the checkpoint, without `model.` and its like in front. None for what the config gives. */
  readonly from: readonly string[];
  /** Default: as it is. */
  readonly make?: (...tensors: readonly Weights[]) => Weights;
  /** What `make` does, where it means something for the outputs of an adapter alone. */
  readonly effect?: Effect;
  /** Left out where the checkpoint has none of them. */
  readonly optional?: boolean;
  /** Taken instead where the checkpoint has none of them. */
  readonly or?: Rule;
}

/** Rows come in another order; or inputs and outputs, which an adapter has the right way round already, change places. */
export type Effect = "rows" | "turned";

export interface Make {
  (tensor: Weights): Weights;
  readonly effect?: Effect;
}

/** Names what a function does. */
export const withEffect = (effect: Effect, make: (tensor: Weights) => Weights): Make =>
  Object.assign((tensor: Weights) => make(tensor), { effect });

export const u32 = (value: number): TypedValue => ({ type: "uint32", value });
export const f32 = (value: number): TypedValue => ({ type: "float32", value });
export const bool = (value: boolean): TypedValue => ({ type: "bool", value });
export const text = (value: string): TypedValue => ({ type: "string", value });
export const bools = (value: readonly boolean[]): TypedValue => ({ type: "bool", value });

/** A key only where its value is known. */
export const maybe = <T>(make: (value: T) => TypedValue, value: T | undefined): TypedValue | undefined =>
  value === undefined ? undefined : make(value);

/** The pairs of a file, by name of the architecture. */
export function pairsOf(name: string, keys: Keys): MetadataPair[] {
  return Object.entries(keys).flatMap(([key, value]) =>
    value === undefined ? [] : [[`${name}.${key}`, value] as const],
  );
}

const withMake = (make: Make | undefined) =>
  make === undefined ? {} : { make: (tensor: Weights) => make(tensor), ...(make.effect && { effect: make.effect }) };

export const plain = (to: string, from: string, make?: Make): Rule => ({ to, from: [from], ...withMake(make) });

export const weight = (to: string, from: string, make?: Make): Rule => plain(`${to}.weight`, `${from}.weight`, make);

/** With a bias where there is one. */
export const linear = (to: string, from: string, make?: Make): Rule[] => [
  weight(to, from, make),
  { ...plain(`${to}.bias`, `${from}.bias`, make), optional: true },
];

/** A layer norm: both are needed. */
export const norm = (to: string, from: string): Rule[] => [weight(to, from), plain(`${to}.bias`, `${from}.bias`)];

/** LLAMA_MAX_LAYERS of llama.cpp. */
const MAX_LAYERS = 512;

export function layersOf(config: Config): number {
  const layers = config.count("num_hidden_layers", "n_layer", "n_layers");
  return layers <= MAX_LAYERS ? layers : config.refuse(`has ${layers} layers, more than ${MAX_LAYERS}`);
}

/** The rules of every layer; `from` is the prefix that most checkpoints give it. */
export function eachLayer(config: Config, rules: (to: string, from: string, layer: number) => readonly Rule[]): Rule[] {
  return Array.from({ length: layersOf(config) }, (_, layer) =>
    rules(`blk.${layer}.`, `layers.${layer}.`, layer),
  ).flat();
}

/** Refuses an activation that the engine does not compute there. */
export function activated(config: Config, key: readonly string[], known: readonly string[]): void {
  const name = config.optionalText(...key) ?? known[0];
  if (!known.includes(name as string)) {
    config.refuse(`has the activation ${JSON.stringify(name)} where the engine computes ${known[0]}`);
  }
}
