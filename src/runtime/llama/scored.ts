// A token that was drawn, and the likeliest in its place.
import type { LlamaModel, Token } from "node-llama-cpp";
import type { GenerateEvent } from "../engine.js";

/** @param all probabilities, the largest first @param count of the likeliest to name */
export function scored(
  model: LlamaModel,
  token: Token,
  all: ReadonlyMap<Token, number>,
  count: number,
): Extract<GenerateEvent, { type: "token" }> {
  const score = (id: Token, probability: number) => ({
    id,
    text: model.detokenize([id], true),
    // Nothing in JSON stands for the logarithm of zero; what is that unlikely is the same to everybody.
    logprob: Math.max(-1000, Math.log(probability)),
  });
  const top: ReturnType<typeof score>[] = [];
  for (const [id, probability] of all) {
    if (top.length === count) break;
    top.push(score(id, probability));
  }
  return { type: "token", ...score(token, all.get(token) ?? 0), top };
}
