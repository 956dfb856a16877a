// What a system message becomes where a template has no place for it.
import type { Message } from "./render.js";

type Render = (messages: readonly Message[]) => Promise<string>;

/**
 * The prompt for `messages`. Some templates refuse the system role (Gemma 2, early Mistral), others leave such a message out
 * without a word (Phi-3-mini): there its text stands before the first question, after a blank line, as in llama.cpp.
 * @throws what `render` throws for the messages as they are
 */
export async function renderWithSystem(render: Render, messages: readonly Message[]): Promise<string> {
  const merged = mergeSystem(messages);
  if (merged === undefined) return render(messages);
  let text: string;
  try {
    text = await render(messages);
  } catch (error) {
    return render(merged).catch(() => {
      throw error;
    });
  }
  return (await isLost(render, messages, text)) ? render(merged) : text;
}

/** Undefined where there is no system message before the first question, and where contents are lists of parts (image-prompt.ts). */
export function mergeSystem([system, first, ...rest]: readonly Message[]): Message[] | undefined {
  if (system?.role !== "system" || first?.role !== "user" || typeof system.content !== "string") return undefined;
  if (system.content.trim() === "") return undefined;
  return [{ role: "user", content: `${system.content}\n\n${first.content}` }, ...rest];
}

/** Whether the prompt would be the same with another text in the system's place; a template may write it in other letters. */
async function isLost(render: Render, [system, ...rest]: readonly Message[], text: string): Promise<boolean> {
  if (system === undefined || text.includes(system.content.trim())) return false;
  const other: Message = { role: "system", content: `${system.content} ${system.content}` };
  return render([other, ...rest]).then(
    (different) => different === text,
    () => false,
  );
}
