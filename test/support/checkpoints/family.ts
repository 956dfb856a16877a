// A small random checkpoint in the layout that an architecture's models are published in, and its forward pass.
import { type Random, random } from "../random.js";
import type { Rows, Tensor } from "./math.js";

export interface Family {
  /** Test's name. */
  readonly name: string;
  /** config.json. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Of each tensor, by the published names. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Tensors of five times the size: what they give reaches limits. */
  readonly loud?: RegExp;
  /** The logits of every position, from the checkpoint's own names and shapes. */
  forward(model: Model, tokens: readonly number[]): Rows;
}

export class Model {
  constructor(
    readonly config: Family["config"],
    readonly tensors: ReadonlyMap<string, Tensor>,
  ) {}

  get(name: string): Tensor {
    const tensor = this.tensors.get(name);
    if (tensor === undefined) throw new Error(`no tensor ${name}`);
    return tensor;
  }

  find(name: string): Tensor | undefined {
    return this.tensors.get(name);
  }

  number(key: string): number {
    const value = this.config[key];
    if (typeof value !== "number") throw new Error(`no number ${key}`);
    return value;
  }
}

export const VOCAB = 292;
export const WIDTH = 64;

/** Weights whose layers all matter: activations stay near 1, norms and biases differ in every element. */
export function makeModel({ config, shapes, loud }: Pick<Family, "config" | "shapes" | "loud">, seed = 1): Model {
  const chance = random(seed);
  const tensors = new Map<string, Tensor>();
  for (const [name, shape] of Object.entries(shapes)) {
    const data = new Float32Array(shape.reduce((product, dim) => product * dim, 1));
    const fill = valuesFor(name, shape, chance);
    for (let i = 0; i < data.length; i++) data[i] = fill() * (loud?.test(name) ? 5 : 1);
    tensors.set(name, { shape, data });
  }
  return new Model(config, tensors);
}

function valuesFor(name: string, shape: readonly number[], chance: Random): () => number {
  const normal = () => Math.sqrt(-2 * Math.log(1 - chance.next())) * Math.cos(2 * Math.PI * chance.next());
  if (name.endsWith(".bias")) return () => 0.3 * normal();
  if (shape.length === 1) return () => 1 + 0.3 * normal();
  if (/embed|wte|wpe/.test(name)) return normal;
  const width = shape.at(-1) as number;
  return () => (1.5 * normal()) / Math.sqrt(width);
}

/** For every layer: its tensors below `prefix`. */
export function layers(
  count: number,
  prefix: string,
  shapes: (layer: number) => Readonly<Record<string, readonly number[]>>,
): Record<string, readonly number[]> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, layer) =>
      Object.entries(shapes(layer)).map(([name, shape]) => [`${prefix}${layer}.${name}`, shape] as const),
    ).flat(),
  );
}
