// oslm chat: a conversation, on the screen or by lines.
import { Command } from "commander";
import { OslmError } from "../../errors.js";
import { parseRef } from "../../model/ref.js";
import { addChatFlags, type ChatOptions } from "../chat-flags.js";
import type { Context, ContextOf } from "../context.js";
import { addImageFlags, checkedImages, checkImageFlags, type ImageOptions } from "../image-flags.js";
import { addRunFlags, type RunOptions } from "../run-flags.js";

type Options = RunOptions & ChatOptions & ImageOptions;

export function makeChatCommand(contextOf: ContextOf, run = runChat): Command {
  return addChatFlags(addRunFlags(addImageFlags(new Command("chat"))))
    .description("chat with a model")
    .argument("<model>", "what to chat with; pulled first when it is not on this disk")
    .action((model: string, options: Options) => run(contextOf(), model, options));
}

export async function runChat(context: Context, model: string, options: Options): Promise<void> {
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
  const [{ ensureDraft, ensureModel }, { Load }, { chatParts }, { absolutePath }] = await Promise.all([
    import("../ensure-model.js"),
    import("../chat/load.js"),
    import("../chat/parts.js"),
    import("../../app/run/local-model.js"),
  ]);
  const ref = parseRef(model, { hub: world.endpoint });
  if (options.image) checkImageFlags(options);
  const images = options.image ? await checkedImages(context, ref, options.image) : [];
  const local = await ensureModel(context, ref, options);
  const load = new Load(context, local, { images, draft: await ensureDraft(context, options) }, options);
  try {
    const shown = images.map(({ file, sha256 }) => ({ file: absolutePath(world, file), sha256 }));
    const parts = chatParts(context, { load, options, images: shown });
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
