// SmolLM3: a llama of which every fourth layer does not rotate. Names: modeling_smollm3.py of transformers.
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";
import { type Architecture, layersOf } from "./architecture.js";
import { decoderKeys, ropeKeys } from "./decoder.js";
import { llama } from "./llama.js";
import { refuseWindow } from "./refuse-window.js";

/** The engine has it in its code. */
const STEP = 4;

export const smollm3: Architecture = {
  ...llama,
  name: "smollm3",
  classes: ["SmolLM3ForCausalLM"],
  keys: (config) => {
    llama.keys(config);
    refuseWindow(config);
    refuseOtherLayers(config);
    return { ...decoderKeys(config), ...ropeKeys(config) };
  },
};

function refuseOtherLayers(config: Config): void {
  const step = config.optionalCount("no_rope_layer_interval") ?? STEP;
  const rotates = config.list("no_rope_layers");
  const fits = Array.from({ length: layersOf(config) }, (_, layer) => {
    const own = (layer + 1) % STEP !== 0;
    return own === (rotates === undefined ? (layer + 1) % step !== 0 : rotates[layer] === 1);
  }).every(Boolean);
  if (fits) return;
  throw new OslmError("unsupported-checkpoint", {
    what: "rotations in other layers than all but every fourth for this architecture",
    known: [],
  });
}
