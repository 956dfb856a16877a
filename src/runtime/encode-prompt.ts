// From a rendered prompt to token ids.
import type { LoadedModel } from "./engine.js";

type Tokenizer = Pick<LoadedModel, "tokenize" | "specialText" | "beginToken">;

/** Stands inside a special token's text so that the tokenizer does not see one; never part of a prompt. */
const BREAK = "\uFFFE";

/**
 * `text` with every special token in it broken up, so that what a person or a file says (`<|im_end|>`) stays text and
 * cannot pose as the template's own marks. `encodePrompt` removes the breaks again. Text without special tokens is
 * returned as it is, and then tokenized together with its surroundings exactly as llama.cpp does.
 */
export function defuse(model: Tokenizer, text: string): string {
  const clean = text.replaceAll(BREAK, "");
  const specials = new Set<string>();
  for (const token of model.tokenize(clean, true)) {
    const special = model.specialText(token);
    if (special !== undefined && special.length > 1 && clean.includes(special)) specials.add(special);
  }
  let result = clean;
  for (const special of specials) {
    result = result.replaceAll(special, `${special.slice(0, 1)}${BREAK}${special.slice(1)}`);
  }
  return result;
}

/** Token ids of a rendered prompt, the tokenizer's begin token first where it asks for one and the text has none. */
export function encodePrompt(model: Tokenizer, rendered: string): number[] {
  const tokens = rendered.split(BREAK).flatMap((part) => model.tokenize(part, true));
  const begin = model.beginToken;
  return begin === undefined || tokens[0] === begin ? tokens : [begin, ...tokens];
}
