// The prompt of a conversation, in whatever form the template reads contents.
import { BoundError } from "./bounds.js";
import { leavesOut } from "./leaves-out.js";
import { type Message, renderTemplate, type TemplateInput } from "./render.js";
import { renderWithSystem } from "./system-message.js";

/**
 * Nearly all templates read contents as texts. Some of models that see (SmolVLM, Llama Guard 3) read lists of parts only, and with
 * a text end in an error or leave the question out: they get lists with one part.
 * @throws Error what the template throws for contents that are texts
 */
export function renderConversation(input: TemplateInput): string {
  const { messages } = input;
  const one = (inParts: boolean) => (said: readonly Message[]) => renderTemplate({ ...input, messages: said, inParts });
  const asTexts = (said: readonly Message[]) => renderWithSystem(one(false), said);
  const asParts = () => renderWithSystem(one(true), messages);
  let text: string;
  try {
    text = asTexts(messages);
  } catch (error) {
    if (error instanceof BoundError) throw error;
    return or(asParts, () => {
      throw error;
    });
  }
  return leavesOut(asTexts, messages, messages.length - 1, text) ? or(asParts, () => text) : text;
}

function or(way: () => string, otherwise: () => string): string {
  try {
    return way();
  } catch {
    return otherwise();
  }
}
