// Makes the messages of a one-shot run, with --truncate shortened to what the context holds.
import { joinPrompt, joinRaw, type PromptPart } from "../app/run/prompt.js";
import type { AnswerOptions, Session } from "../app/run/session.js";
import type { Truncated } from "../app/run/truncate.js";
import { OslmError } from "../errors.js";
import type { Tokens } from "../model/types.js";
import type { Message } from "../runtime/template/render.js";
import type { Context } from "./context.js";

export interface Wishes extends Pick<AnswerOptions, "maxTokens" | "thinking" | "raw"> {
  readonly truncate: boolean;
}

/**
 * What is left out is said at once; without --truncate a prompt that does not fit is refused by the answer.
 * @throws OslmError nothing-to-cut
 */
export async function fitPrompt(
  { out }: Context,
  session: Session,
  opening: readonly Message[],
  parts: readonly PromptPart[],
  { truncate, maxTokens, thinking, raw }: Wishes,
): Promise<{ readonly messages: readonly Message[]; readonly truncated: Truncated | null }> {
  const messagesOf = (some: readonly PromptPart[]): Message[] => [
    ...opening,
    { role: "user", content: raw ? joinRaw(some) : joinPrompt(some) },
  ];
  const whole = { messages: messagesOf(parts), truncated: null };
  if (!truncate) return whole;
  const { truncatePrompt } = await import("../app/run/truncate.js");
  const { ANSWER_ROOM } = await import("../app/run/prompt-too-long.js");
  const room = Math.min(maxTokens ?? ANSWER_ROOM, Math.floor(session.ctx / 2));
  const tokensOf = (some: readonly PromptPart[]): Promise<Tokens> =>
    session.promptTokens(messagesOf(some), { thinking, raw });
  const result = await truncatePrompt(parts, session.ctx - room, {
    tokens: (text) => session.tokens(text),
    prompt: tokensOf,
  });
  if (result === undefined) {
    // Without all the room for the answer it may still fit.
    if ((await tokensOf(parts)) < session.ctx) return whole;
    const kept = await tokensOf(parts.filter(({ from }) => from === "argument"));
    throw new OslmError("nothing-to-cut", { kept, ctx: session.ctx, room });
  }
  if (result.truncated === null) return whole;
  const { truncated } = result;
  const places = truncated.parts.map(({ from, tokens }) => `${tokens} from the middle of ${from}`).join(", ");
  if (!out.json) out.warn(`left out ${truncated.tokens} tokens that the context does not hold: ${places}`);
  return { messages: messagesOf(result.parts), truncated };
}
