// The architectures that the engine can load, known before any weight is fetched. The list is data, taken from the engine's own source:
// `enum llm_arch`'s names for which llama_model_mapping (llama-model.cpp) has a model; scripts/architectures.mjs makes it.
import { createRequire } from "node:module";

interface Architectures {
  /** llama.cpp's release. */
  readonly llamaCpp: string;
  readonly names: readonly string[];
}

let known: Architectures | undefined;

function architectures(): Architectures {
  known ??= createRequire(import.meta.url)("./architectures.json") as Architectures;
  return known;
}

/** @param name `general.architecture` of a header */
export function isLoadable(name: string): boolean {
  return architectures().names.includes(name);
}

/** `llama.cpp v0.5.0`: whose list it is. */
export function engineName(): string {
  return `llama.cpp ${architectures().llamaCpp}`;
}
