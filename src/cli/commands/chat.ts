// oslm chat: a conversation, on the screen or by lines.
import { Command } from "commander";
import { OslmError } from "../../errors.js";
import { parseRef } from "../../model/ref.js";
import { addChatFlags, type ChatOptions } from "../chat-flags.js";
import type { Context, ContextOf } from "../context.js";
import { addRunFlags, type RunOptions } from "../run-flags.js";

export function makeChatCommand(contextOf: ContextOf, run = runChat): Command {
  return addChatFlags(addRunFlags(new Command("chat")))
    .description("chat with a model")
    .argument("<model>", "what to chat with; pulled first when it is not on this disk")
    .action((model: string, options: RunOptions & ChatOptions) => run(contextOf(), model, options));
}

export async function runChat(context: Context, model: string, options: RunOptions & ChatOptions): Promise<void> {
  const { out, world } = context;
  if (out.json) {
    throw new OslmError("usage", {
      problem: "a chat has no JSON form",
      detail: "It is read from the screen, turn by turn.",
      help: `oslm run ${model} "prompt" --json`,
    });
  }
  const { stdinTty, stdoutTty, redraws } = out.terminal;
  const onScreen = stdinTty && stdoutTty && redraws && options.plain !== true;
  // Begins while the model is looked for.
  const screen = onScreen ? import("../../ui/chat/screen/screen.js") : undefined;
  screen?.catch(() => {});
  const [{ ensureDraft, ensureModel }, { Load }, { chatParts }] = await Promise.all([
    import("../ensure-model.js"),
    import("../chat/load.js"),
    import("../chat/parts.js"),
  ]);
  const local = await ensureModel(context, parseRef(model, { hub: world.endpoint }), options);
  const load = new Load(context, local, await ensureDraft(context, options), options);
  try {
    const parts = chatParts(context, { load, options });
    if (screen) await (await screen).screenChat(out, parts, load.ended);
    else {
      // By lines there is nothing to type at before the model is there.
      load.start((text, kind) => (kind === "warning" ? out.warn(text) : out.note(text)));
      await load.current;
      await (await import("../../ui/chat/line-chat.js")).lineChat(out, parts, load.ended);
    }
    load.throwIfEnded();
  } finally {
    await load.dispose();
  }
}
