// oslm run: one answer to stdout; without a prompt on a terminal, a conversation.
import { Command } from "commander";
import type { LocalModel } from "../../app/local-model.js";
import { parseRef } from "../../model/ref.js";
import { countTokens } from "../../ui/format-tokens.js";
import type { Context, ContextOf } from "../context.js";
import { addRunFlags, answerOptions, opening, type RunOptions } from "../run-flags.js";
import type { Answer } from "../stream-answer.js";

export function makeRunCommand(contextOf: ContextOf, run = runRun): Command {
  return addRunFlags(new Command("run"))
    .description("answer a prompt, or chat when there is none")
    .argument("<model>", "what to run; pulled first when it is not on this disk")
    .argument("[prompt]", "the question; what is piped in comes before it")
    .action((model: string, prompt: string | undefined, options: RunOptions) =>
      run(contextOf(), model, prompt, options),
    );
}

export async function runRun(
  context: Context,
  model: string,
  argument: string | undefined,
  options: RunOptions,
): Promise<void> {
  const { world } = context;
  const ref = parseRef(model, { hub: world.endpoint });
  const { readPrompt } = await import("../read-prompt.js");
  const prompt = await readPrompt(argument, context.out.terminal);
  if (prompt === undefined) {
    const { runChat } = await import("./chat.js");
    return runChat(context, model, options);
  }
  const { ensureModel } = await import("../pull-model.js");
  const { startSession, streamAnswer } = await import("../stream-answer.js");
  const local = await ensureModel(context, ref, options);
  const session = await startSession(context, local, options);
  try {
    const messages = [...opening(options), { role: "user", content: prompt } as const];
    const answer = await streamAnswer(context, session, messages, { ...answerOptions(options), signal: world.signal });
    world.signal.throwIfAborted();
    await conclude(context, local, answer);
  } finally {
    await session.dispose();
  }
}

const FIELDS = ["model", "text", "thinking", "finishReason", "usage", "timings", "receipt"] as const;

/** The document for programs; for people only what they would otherwise not notice. */
async function conclude({ out }: Context, local: LocalModel, { text, thinking, done, receipt }: Answer): Promise<void> {
  if (!out.json) {
    if (done.finishReason === "length") {
      out.note(`The answer was cut after ${countTokens(done.usage.completionTokens)}; -n and --ctx raise the limit.`);
    }
    return;
  }
  const { createHash } = await import("node:crypto");
  const sha256 = await local.sha256();
  const outputSha256 = createHash("sha256").update(text).digest("hex");
  const document = {
    model: { ref: local.ref, commit: local.stored?.commit ?? null, sha256 },
    text,
    ...(thinking === "" ? {} : { thinking }),
    ...done,
    receipt: { modelSha256: sha256, ...receipt, outputSha256 },
  };
  out.document(document, FIELDS);
}
