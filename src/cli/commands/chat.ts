// oslm chat: a conversation by lines.
import { Command } from "commander";
import { isOslmError, OslmError } from "../../errors.js";
import { parseRef } from "../../model/ref.js";
import type { Message } from "../../runtime/template/render.js";
import type { Context, ContextOf } from "../context.js";
import { addRunFlags, answerOptions, opening, type RunOptions } from "../run-flags.js";

export function makeChatCommand(contextOf: ContextOf, run = runChat): Command {
  return addRunFlags(new Command("chat"))
    .description("chat with a model, line by line")
    .argument("<model>", "what to chat with; pulled first when it is not on this disk")
    .action((model: string, options: RunOptions) => run(contextOf(), model, options));
}

export async function runChat(context: Context, model: string, options: RunOptions): Promise<void> {
  const { out, world } = context;
  if (out.json) {
    throw new OslmError("usage", { problem: "a chat has no JSON form", help: `oslm run ${model} "prompt" --json` });
  }
  const { ensureModel } = await import("../pull-model.js");
  const { startSession, streamAnswer } = await import("../stream-answer.js");
  const local = await ensureModel(context, parseRef(model, { hub: world.endpoint }), options);
  const session = await startSession(context, local, options);
  try {
    const { lineChat } = await import("../../ui/line-chat.js");
    if (out.terminal.stdinTty) {
      const what = session.chats ? `Chatting with ${model}` : `${model} is a base model: it continues what you write`;
      out.note(`${what} (context ${session.ctx} tokens). /? for help, Ctrl-D to leave.`);
    }
    let messages: readonly Message[] = opening(options);
    const answer = async (content: string, signal: AbortSignal): Promise<void> => {
      const turn: Message[] = [...messages, { role: "user", content }];
      try {
        const { text } = await streamAnswer(context, session, turn, { ...answerOptions(options), signal });
        // Thinking is not repeated to the model.
        messages = [...turn, { role: "assistant", content: text }];
      } catch (error) {
        // A full context ends the answer, not the conversation.
        if (!isOslmError(error, "prompt-too-long")) throw error;
        out.warn(`the conversation fills the context of ${session.ctx} tokens; /clear forgets it`);
      }
    };
    const clear = (): void => {
      messages = opening(options);
    };
    await lineChat(out, { answer, clear }, world.signal);
    world.signal.throwIfAborted();
  } finally {
    await session.dispose();
  }
}
