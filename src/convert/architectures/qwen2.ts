// Qwen1.5, 2 and 2.5. Names: modeling_qwen2.py of transformers.
import { type Architecture, activated, eachLayer } from "./architecture.js";
import { decoderKeys, ropeKeys } from "./decoder.js";
import { refuseWindow } from "./refuse-window.js";
import { attention, ends, gatedFeedForward, isBuffer, norms } from "./rules.js";

export const qwen2: Architecture = {
  name: "qwen2",
  classes: ["Qwen2ForCausalLM"],
  ignored: isBuffer,
  keys: (config) => {
    activated(config, ["hidden_act"], ["silu"]);
    refuseWindow(config);
    return { ...decoderKeys(config), ...ropeKeys(config) };
  },
  tensors: (config) => [
    ...ends(),
    ...eachLayer(config, (to, from) => [
      ...norms(to, from),
      ...attention(config, to, from),
      ...gatedFeedForward(to, from),
    ]),
  ],
};
