// OLMo 3: OLMo 2 with a window in three of four layers, which rotate by the base alone. Names: modeling_olmo3.py of transformers;
// "RoPE scaling is not applied to sliding window attention layers" there.
import { OslmError } from "../../errors.js";
import { type Architecture, u32 } from "./architecture.js";
import { windowLayers } from "./gemma2.js";
import { olmo2 } from "./olmo2.js";

export const olmo3: Architecture = {
  ...olmo2,
  classes: ["Olmo3ForCausalLM"],
  keys: (config) => {
    // The engine has it in its code.
    const own = (layer: number) => (layer + 1) % 4 !== 0;
    const other = windowLayers(config, own).some((slides, layer) => slides !== own(layer));
    if (other || config.part("rope_parameters")?.part("sliding_attention")) {
      throw new OslmError("unsupported-checkpoint", {
        what: "windows in other layers than all but every fourth, or rotations of their own there, for this architecture",
        known: [],
      });
    }
    return { ...olmo2.keys(config), "attention.sliding_window": u32(config.count("sliding_window")) };
  },
};
