// Qwen1.5, 2 and 2.5. Names: modeling_qwen2.py of transformers.
import { type Architecture, activated } from "./architecture.js";
import { decoderKeys, ropeKeys } from "./decoder.js";
import { refuseWindow } from "./refuse-window.js";
import { ends, isBuffer, plainLayers } from "./rules.js";

export const qwen2: Architecture = {
  name: "qwen2",
  classes: ["Qwen2ForCausalLM"],
  ignored: isBuffer,
  keys: (config) => {
    activated(config, ["hidden_act"], ["silu"]);
    refuseWindow(config);
    return { ...decoderKeys(config), ...ropeKeys(config) };
  },
  tensors: (config) => [...ends(), ...plainLayers(config)],
};
