// oslm run: one answer to stdout; without a prompt on a terminal, a conversation.
import { Command } from "commander";
import type { LocalModel } from "../../app/local-model.js";
import type { Session } from "../../app/session.js";
import type { Truncated } from "../../app/truncate.js";
import { parseRef } from "../../model/ref.js";
import type { Context, ContextOf } from "../context.js";
import { fitPrompt } from "../fit-prompt.js";
import {
  addPromptFlags,
  addRunFlags,
  answerOptions,
  opening,
  type PromptOptions,
  type RunOptions,
} from "../run-flags.js";
import type { Answer } from "../stream-answer.js";

export function makeRunCommand(contextOf: ContextOf, run = runRun): Command {
  return addRunFlags(addPromptFlags(new Command("run")))
    .description("answer a prompt, or chat when there is none")
    .argument("<model>", "what to run; pulled first when it is not on this disk")
    .argument("[prompt]", "the question; what is piped in comes before it, - reads a pipe or the terminal")
    .action((model: string, prompt: string | undefined, options: RunOptions & PromptOptions) =>
      run(contextOf(), model, prompt, options),
    );
}

export async function runRun(
  context: Context,
  model: string,
  argument: string | undefined,
  options: RunOptions & PromptOptions,
): Promise<void> {
  const { world } = context;
  const ref = parseRef(model, { hub: world.endpoint });
  const { readPrompt } = await import("../read-prompt.js");
  const given = { argument, files: options.file ?? [] };
  const parts = await readPrompt(given, context.out.terminal, (news) => context.out.note(news));
  if (parts === undefined) {
    const { runChat } = await import("./chat.js");
    return runChat(context, model, options);
  }
  const { ensureModel } = await import("../pull-model.js");
  const { startSession, streamAnswer } = await import("../stream-answer.js");
  const local = await ensureModel(context, ref, options);
  const session = await startSession(context, local, options);
  try {
    const { messages, truncated } = await fitPrompt(context, session, opening(options), parts, options);
    const answer = await streamAnswer(context, session, messages, { ...answerOptions(options), signal: world.signal });
    world.signal.throwIfAborted();
    await conclude(context, local, session, truncated, answer);
  } finally {
    await session.dispose();
  }
}

const FIELDS = [
  "model",
  "text",
  "thinking",
  "finishReason",
  "cutBy",
  "truncated",
  "usage",
  "timings",
  "receipt",
] as const;

/** The document for programs; for people only what they would otherwise not notice. */
async function conclude(
  { out }: Context,
  local: LocalModel,
  session: Session,
  truncated: Truncated | null,
  { text, thinking, done, receipt }: Answer,
): Promise<void> {
  const { promptTokens, completionTokens } = done.usage;
  const cutBy =
    done.finishReason !== "length" ? null : promptTokens + completionTokens < session.ctx ? "max-tokens" : "context";
  if (!out.json) {
    if (cutBy !== null) out.warn(cutText(cutBy, completionTokens, session.ctx));
    return;
  }
  const { createHash } = await import("node:crypto");
  const sha256 = await local.sha256();
  const outputSha256 = createHash("sha256").update(text).digest("hex");
  const { finishReason, ...figures } = done;
  const document = {
    model: { ref: local.ref, commit: local.stored?.commit ?? null, sha256 },
    text,
    ...(thinking === "" ? {} : { thinking }),
    finishReason,
    ...(cutBy === null ? {} : { cutBy }),
    ...(truncated === null ? {} : { truncated }),
    ...figures,
    receipt: { modelSha256: sha256, ...receipt, outputSha256 },
  };
  out.document(document, FIELDS);
}

function cutText(cutBy: "max-tokens" | "context", tokens: number, ctx: number): string {
  const answer = `the answer was cut after ${tokens} tokens`;
  return cutBy === "context" ? `${answer}: the context of ${ctx} is full (--ctx)` : `${answer}, as asked by -n`;
}
