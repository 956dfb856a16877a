// What a system message becomes where a template has no place for it.
import { leavesOut } from "./leaves-out.js";
import type { Message } from "./render.js";

type Render = (messages: readonly Message[]) => string;

/**
 * The prompt for `messages`. Some templates refuse the system role (Gemma 2, early Mistral), others leave such a message out
 * without a word (Phi-3-mini): there its text stands before the first question, after a blank line, as in llama.cpp.
 * @throws what `render` throws for the messages as they are
 */
export function renderWithSystem(render: Render, messages: readonly Message[]): string {
  const merged = mergeSystem(messages);
  if (merged === undefined) return render(messages);
  let text: string;
  try {
    text = render(messages);
  } catch (error) {
    try {
      return render(merged);
    } catch {
      throw error;
    }
  }
  return leavesOut(render, messages, 0, text) ? render(merged) : text;
}

/** Undefined where there is no system message before the first question. */
function mergeSystem([system, first, ...rest]: readonly Message[]): Message[] | undefined {
  if (system?.role !== "system" || first?.role !== "user" || system.content.trim() === "") return undefined;
  return [{ role: "user", content: `${system.content}\n\n${first.content}` }, ...rest];
}
