// Whether a prompt has what a message says.
import type { Message } from "./render.js";

/**
 * Whether `text`, rendered from `messages`, would be the same with other words in the message at `index`: a template may leave it out,
 * or write it in other letters.
 */
export function leavesOut(
  render: (messages: readonly Message[]) => string,
  messages: readonly Message[],
  index: number,
  text: string,
): boolean {
  const message = messages[index];
  if (message === undefined || text.includes(message.content.trim())) return false;
  const other: Message = { role: message.role, content: `${message.content} ${message.content}` };
  try {
    return render(messages.with(index, other)) === text;
  } catch {
    return false;
  }
}
