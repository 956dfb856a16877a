// From a text that is to be continued to token ids: no template, and special tokens in it are what they say.
import { OslmError } from "../errors.js";
import { encodePrompt } from "./encode-prompt.js";
import type { LoadedModel } from "./engine.js";
import type { Pause } from "./pauses.js";

type Encoder = Pick<LoadedModel, "tokenize" | "specialToken" | "beginToken" | "encodeInfill">;

/**
 * @param suffix what comes after the place to fill in
 * @returns the tokens, and the text that a receipt names them by
 * @throws OslmError cannot-do where the model has no marks for the middle of a text
 */
export async function encodeRaw(
  model: Encoder,
  text: string,
  suffix: string | undefined,
  pause: Pause,
): Promise<{ text: string; prompt: number[] }> {
  if (suffix === undefined) return { text, prompt: await encodePrompt(model, text, pause) };
  const prompt = model.encodeInfill(text, suffix);
  if (prompt === undefined) {
    throw new OslmError("cannot-do", {
      what: "this model cannot fill in the middle of a text",
      reason: "Its vocabulary has no tokens for the prefix and the suffix, as code models have.",
      instead: "a base model for code, or leave --suffix out",
    });
  }
  return { text: JSON.stringify([text, suffix]), prompt };
}
