// What an evaluation of the library is told: how to draw, and never to forget the beginning.
import type { Token } from "node-llama-cpp";
import type { GenerateOptions } from "../engine.js";

/** The library would make room by forgetting the beginning. */
export const NO_SHIFT = {
  contextShift: {
    strategy: () => {
      throw new Error("the context is full");
    },
  },
};

/** Divided by less, logits overflow; as at 0 only the likeliest token is left. */
const LEAST_TEMPERATURE = 1e-6;

/** How to draw. @param last so many of the tokens until now, which penalties look back on */
export function samplingOptions({ sampling }: GenerateOptions, last: (count: number) => Token[]) {
  const { repeatPenalty, presencePenalty, frequencyPenalty, repeatLastN } = sampling;
  const penalizes = repeatLastN > 0 && (repeatPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0);
  return {
    ...NO_SHIFT,
    temperature: sampling.temp < LEAST_TEMPERATURE ? 0 : sampling.temp,
    topK: sampling.topK,
    topP: sampling.topP,
    minP: sampling.minP,
    seed: sampling.seed,
    ...(penalizes && {
      repeatPenalty: {
        punishTokens: () => last(repeatLastN),
        maxPunishTokens: repeatLastN,
        penalty: repeatPenalty,
        presencePenalty,
        frequencyPenalty,
      },
    }),
  };
}
