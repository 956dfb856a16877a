// From a rendered prompt to token ids.
import type { LoadedModel } from "./engine.js";

type Tokenizer = Pick<LoadedModel, "tokenize" | "specialToken" | "beginToken">;

/** Stands inside a special token's text so that the tokenizer does not see one; never part of a prompt. */
const BREAK = "\uFFFE";
/** Begins no token but its own: what is put before what follows it shows by itself. */
const LEAD = "\u0001";

/**
 * `text` with every special token broken up that the template could mean, so that what a person or a file says (`<|im_end|>`)
 * stays text and cannot pose as the template's own marks. `encodePrompt` removes the breaks again. All other text is left as it
 * is, and then tokenized together with its surroundings as llama.cpp does. That knows tokens of a vocabulary's own, such as
 * Gemma's runs of line breaks and tags of HTML, in every text: they are broken only where the template writes them.
 * @param template the model's chat template; null for a base model
 */
export function defuse(model: Tokenizer, text: string, template: string | null): string {
  const clean = text.replaceAll(BREAK, "");
  const marks = new Set<string>();
  for (const token of model.tokenize(clean, true)) {
    const special = model.specialToken(token);
    if (special === undefined || special.text.length < 2 || !clean.includes(special.text)) continue;
    if (special.control || (special.text.trim() !== "" && template?.includes(special.text))) marks.add(special.text);
  }
  if (marks.size === 0) return clean;
  let broken = clean;
  for (const mark of marks) broken = broken.replaceAll(mark, `${mark.slice(0, 1)}${BREAK}${mark.slice(1)}`);
  // Within a mark may be another.
  return broken
    .split(BREAK)
    .map((part) => defuse(model, part, template))
    .join(BREAK);
}

/** Token ids of a rendered prompt, the tokenizer's begin token first where it asks for one and the text has none. */
export function encodePrompt(model: Tokenizer, rendered: string): number[] {
  const [first = "", ...rest] = rendered.split(BREAK);
  const tokens = [first, ...rest].flatMap((part, index) =>
    index === 0 ? model.tokenize(part, true) : continued(model, part),
  );
  const begin = model.beginToken;
  return begin === undefined || tokens[0] === begin ? tokens : [begin, ...tokens];
}

/** Of what follows other text: many tokenizers put a blank before all that they are given. */
function continued(model: Tokenizer, text: string): number[] {
  const lead = model.tokenize(LEAD, true);
  const tokens = model.tokenize(LEAD + text, true);
  return lead.every((token, index) => tokens[index] === token) ? tokens.slice(lead.length) : model.tokenize(text, true);
}
