// A conversation that has outgrown the context: what of its beginning has to go.

import type { Tokens } from "../../model/types.js";
import type { Message } from "../../runtime/template/render.js";

export interface Room<Said extends Message> {
  readonly messages: readonly Said[];
  /** So many questions with their answers are left out. */
  readonly dropped: number;
  /** What that saves. */
  readonly tokens: Tokens;
}

/**
 * The messages that fit the context together with an answer: the system prompt and the latest whole turns. The last question
 * stays in any case; where it does not fit alone, which is for the answer to say, it is alone, and nothing counts as left out.
 * @param maxTokens what the answer may have at most; an eighth of the context is kept free for it where that is less
 */
export async function makeRoom<Said extends Message>(
  session: { readonly ctx: Tokens; promptTokens(messages: readonly Said[]): Promise<Tokens> },
  messages: readonly Said[],
  maxTokens: Tokens = Number.POSITIVE_INFINITY,
): Promise<Room<Said>> {
  const room = session.ctx - Math.min(maxTokens, Math.ceil(session.ctx / 8));
  const before = await session.promptTokens(messages);
  if (before <= room) return { messages, dropped: 0, tokens: 0 };
  // More than the next turn needs: after each drop the model reads all that is left anew.
  const goal = Math.min(room, Math.floor((session.ctx * 3) / 4));
  const [first] = messages;
  const system = first?.role === "system" ? [first] : [];
  let rest = messages.slice(system.length);
  let dropped = 0;
  let after = before;
  while (after > goal && rest.length > 1) {
    const next = rest.findIndex(({ role }, index) => index > 0 && role === "user");
    if (next < 0) break;
    rest = rest.slice(next);
    dropped++;
    after = await session.promptTokens([...system, ...rest]);
  }
  const left = [...system, ...rest];
  // For a question that is too long by itself nothing is given up: it is refused.
  return after < session.ctx
    ? { messages: left, dropped, tokens: before - after }
    : { messages: left, dropped: 0, tokens: 0 };
}
