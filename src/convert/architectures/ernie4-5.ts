// ERNIE 4.5 without experts: a llama that rotates neighbors, as the engine does. Names: modeling_ernie4_5.py of transformers.
import type { Architecture } from "./architecture.js";
import { decoderKeys, ropeKeys } from "./decoder.js";
import { llama } from "./llama.js";
import { ends, plainLayers } from "./rules.js";

export const ernie45: Architecture = {
  ...llama,
  name: "ernie4_5",
  classes: ["Ernie4_5ForCausalLM"],
  keys: (config) => {
    llama.keys(config);
    return { ...decoderKeys(config), ...ropeKeys(config) };
  },
  tensors: (config) => [...ends(), ...plainLayers(config)],
};
