// Every architecture that the converter knows.
import { OslmError } from "../../errors.js";
import type { Config } from "../config.js";
import type { Architecture } from "./architecture.js";
import { bloom } from "./bloom.js";
import { cohere, cohere2 } from "./cohere.js";
import { deepseek2 } from "./deepseek2.js";
import { ernie45 } from "./ernie4-5.js";
import { falcon } from "./falcon.js";
import { gemma } from "./gemma.js";
import { gemma2 } from "./gemma2.js";
import { gemma3 } from "./gemma3.js";
import { glm4 } from "./glm4.js";
import { gptOss } from "./gpt-oss.js";
import { gpt2, starcoder } from "./gpt2.js";
import { granite } from "./granite.js";
import { llama } from "./llama.js";
import { mixtral } from "./mixtral.js";
import { olmo2 } from "./olmo2.js";
import { olmo3 } from "./olmo3.js";
import { phi2 } from "./phi2.js";
import { phi3 } from "./phi3.js";
import { qwen2 } from "./qwen2.js";
import { qwen2moe } from "./qwen2moe.js";
import { qwen3, qwen3moe } from "./qwen3.js";
import { seedOss } from "./seed-oss.js";
import { smollm3 } from "./smollm3.js";
import { starcoder2 } from "./starcoder2.js";
import { withoutPort } from "./without-port.js";

export const ARCHITECTURES: readonly Architecture[] = [
  llama,
  mixtral,
  qwen2,
  qwen2moe,
  qwen3,
  qwen3moe,
  gemma,
  gemma2,
  gemma3,
  phi2,
  phi3,
  falcon,
  bloom,
  gpt2,
  starcoder,
  starcoder2,
  deepseek2,
  olmo2,
  granite,
  gptOss,
  smollm3,
  glm4,
  cohere,
  cohere2,
  seedOss,
  olmo3,
  ernie45,
];

/** @throws OslmError unsupported-checkpoint with the classes that are known */
export function architectureOf(config: Config): Architecture {
  const name = config.className;
  const found = ARCHITECTURES.find(({ classes }) => classes.includes(name));
  if (found) return found;
  throw new OslmError("unsupported-checkpoint", {
    what: `the architecture ${JSON.stringify(name.slice(0, 80))}`,
    known: ARCHITECTURES.flatMap(({ classes }) => classes),
    ...withoutPort(name),
  });
}
