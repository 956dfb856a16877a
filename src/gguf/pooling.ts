// How a model makes one vector of a text's tokens, by its header.

import type { Geometry } from "./geometry.js";
import { ArchitectureKeys } from "./keys.js";
import type { GgufMetadata } from "./values.js";

/** `enum llama_pooling_type`; the engine ends the process at any other number. */
const POOLING = ["none", "mean", "cls", "last", "rank"] as const;

export type Pooling = (typeof POOLING)[number];

export interface PoolingFacts {
  readonly pooling: Pooling;
  /** Sees a whole text at once, and predicts nothing. */
  readonly encoder: boolean;
}

/** @throws OslmError malformed-gguf for a kind that nobody knows */
export function poolingOf(
  header: GgufMetadata,
  { architecture, perLayer }: Pick<Geometry, "architecture" | "perLayer">,
): PoolingFacts {
  const keys = new ArchitectureKeys(header, architecture);
  const number = keys.integer("pooling_type") ?? 0;
  const pooling =
    POOLING[number] ?? keys.fail(`${architecture}.pooling_type is ${number}, which is no kind of pooling`);
  const cacheless = perLayer.every(({ keyValues, stateBytes }) => keyValues === 0 && stateBytes === 0);
  return { pooling, encoder: cacheless || keys.get("attention.causal") === false };
}
