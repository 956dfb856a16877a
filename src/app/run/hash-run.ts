// What answered: the model, and the flags that decide its answers.
import type { AdapterFile } from "../../runtime/engine.js";
import { sha256Of } from "../../store/hash-file.js";
import { shortHash } from "../../store/hash-text.js";
import type { World } from "../world.js";
import type { LocalModel } from "./local-model.js";
import { placeOfAdapter } from "./read-adapters.js";
import type { AnswerOptions } from "./session.js";

export interface RunFlags extends Pick<AnswerOptions, "sampling" | "maxTokens" | "stop" | "thinking"> {
  readonly system: string | undefined;
  readonly lora: readonly AdapterFile[];
  readonly hideThinking?: boolean;
  readonly guessed: boolean;
}

/**
 * The same as long as answers may stand beside each other. The context does not count: a longer one is what helps a prompt that had none,
 * and those that had one keep their answers; nor does what decides only how fast they come.
 */
export async function hashRun(world: Pick<World, "home">, model: LocalModel, flags: RunFlags): Promise<string> {
  const lora: object[] = [];
  for (const { path, scale } of flags.lora) {
    lora.push({ sha256: await sha256Of((await placeOfAdapter(world, path)).place), scale });
  }
  // Guesses change what chance draws, and nothing where the likeliest token is taken.
  const guessed = flags.guessed && flags.sampling.temp !== 0;
  const { sampling, maxTokens, stop, thinking, system, hideThinking } = flags;
  return shortHash({
    model: await model.sha256(),
    ...{ sampling, maxTokens, stop, thinking, system, hideThinking, guessed, lora },
  });
}
