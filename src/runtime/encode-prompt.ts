// From a rendered prompt to token ids.
import type { LoadedModel } from "./engine.js";
import type { Pause } from "./pauses.js";
import { piecesOf, tokenizeLong } from "./tokenize-long.js";

type Tokenizer = Pick<LoadedModel, "tokenize" | "specialToken" | "beginToken">;

/** Stands inside a special token's text so that the tokenizer does not see one; never part of a prompt. */
const BREAK = "\uFFFE";
/** Characters. */
const LONGEST_MARK = 256;

/**
 * `text` with every special token broken up that the template could mean, so that what a person or a file says (`<|im_end|>`)
 * stays text and cannot pose as the template's own marks. `encodePrompt` removes the breaks again. All other text is left as it
 * is, and then tokenized together with its surroundings as llama.cpp does. That knows tokens of a vocabulary's own, such as
 * Gemma's runs of line breaks and tags of HTML, in every text: they are broken only where the template writes them.
 * @param template the model's chat template; null for a base model
 */
export async function defuse(model: Tokenizer, text: string, template: string | null, pause: Pause): Promise<string> {
  const clean = text.replaceAll(BREAK, "");
  const marks = await marksIn(model, clean, template, pause);
  if (marks.size === 0) return clean;
  let broken = clean;
  for (const mark of marks) broken = broken.replaceAll(mark, `${mark.slice(0, 1)}${BREAK}${mark.slice(1)}`);
  const parts: string[] = [];
  // Within a mark may be another.
  for (const part of broken.split(BREAK)) parts.push(await defuse(model, part, template, pause));
  return parts.join(BREAK);
}

/** Token ids of a rendered prompt, the tokenizer's begin token first where it asks for one and the text has none. */
export async function encodePrompt(model: Tokenizer, rendered: string, pause: Pause): Promise<number[]> {
  const parts: number[][] = [];
  for (const part of rendered.split(BREAK)) {
    parts.push(await tokenizeLong(model, part, true, pause, parts.length > 0));
  }
  const tokens = parts.flat();
  const begin = model.beginToken;
  return begin === undefined || tokens[0] === begin ? tokens : [begin, ...tokens];
}

async function marksIn(
  model: Tokenizer,
  text: string,
  template: string | null,
  pause: Pause,
): Promise<ReadonlySet<string>> {
  const marks = new Set<string>();
  for (const { start, end } of piecesOf(text)) {
    // A mark may stand across the end.
    for (const token of model.tokenize(text.slice(start, end + LONGEST_MARK), true)) {
      const special = model.specialToken(token);
      if (special === undefined || special.text.length < 2 || marks.has(special.text)) continue;
      const poses = special.control || (special.text.trim() !== "" && template?.includes(special.text));
      if (poses && text.includes(special.text)) marks.add(special.text);
    }
    await pause();
  }
  return marks;
}
