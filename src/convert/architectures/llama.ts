// Llama 1 to 3.3, and all that has its shape: Mistral, CodeLlama, TinyLlama, Vicuna, Yi, DeepSeek Coder and LLM.
// Names: modeling_llama.py and modeling_mistral.py of transformers.
import { type Architecture, activated } from "./architecture.js";
import { decoderKeys, ropeKeys, ropeTensor } from "./decoder.js";
import { ends, isBuffer, plainLayers } from "./rules.js";

export const llama: Architecture = {
  name: "llama",
  classes: ["LlamaForCausalLM", "LLaMAForCausalLM", "MistralForCausalLM", "YiForCausalLM"],
  ignored: isBuffer,
  keys: (config) => {
    activated(config, ["hidden_act"], ["silu"]);
    return { ...decoderKeys(config), ...ropeKeys(config, ["linear", "yarn", "dynamic", "llama3"]) };
  },
  tensors: (config) => [...ends(), ...ropeTensor(config), ...plainLayers(config, "neighbors")],
};
