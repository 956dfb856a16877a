// oslm run: one answer to stdout; without a prompt on a terminal, a conversation.
import { Command } from "commander";
import type { Constraint } from "../../app/run/constraint.js";
import type { LocalModel } from "../../app/run/local-model.js";
import type { PromptPart } from "../../app/run/prompt.js";
import type { ReadImage } from "../../app/run/read-images.js";
import type { Session } from "../../app/run/session.js";
import type { Truncated } from "../../app/run/truncate.js";
import { OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import { parseRef } from "../../model/ref.js";
import type { Message } from "../../runtime/template/render.js";
import { EventLines } from "../../ui/event-lines.js";
import { addChatFlags, type ChatOptions, refuseChatFlags } from "../chat-flags.js";
import type { Context, ContextOf } from "../context.js";
import { addImageFlags, checkedImages, checkImageFlags, type ImageOptions } from "../image-flags.js";
import { addPromptFlags, checkPromptFlags, type PromptOptions, wantsShape } from "../prompt-flags.js";
import { promptWords } from "../prompt-words.js";
import { RUN_FIELDS } from "../run-fields.js";
import { addRunFlags, answerOptions, opening, type RunOptions } from "../run-flags.js";
import type { Finished } from "../run-result.js";
import type { PieceEvent } from "../stream-answer.js";

type Options = RunOptions & PromptOptions & ChatOptions & ImageOptions;

export function makeRunCommand(contextOf: ContextOf, run = runRun): Command {
  return addChatFlags(addRunFlags(addImageFlags(addPromptFlags(new Command("run")))))
    .description("answer a prompt, or chat when there is none")
    .argument("<model>", "what to run; pulled first when it is not on this disk")
    .usage("[options] <model> [prompt]")
    .argument("[prompt...]", "the question; what is piped in comes before it, - reads a pipe or the terminal")
    .action((model: string, words: string[], options: Options, command: Command) => {
      const { argument, file } = promptWords(words, options.file ?? [], command);
      return run(contextOf(), model, argument, { ...options, file });
    });
}

export async function runRun(
  context: Context,
  model: string,
  argument: string | undefined,
  options: Options,
): Promise<void> {
  const { world, out } = context;
  const ref = parseRef(model, { hub: world.endpoint });
  checkPromptFlags(options, out.json, true);
  if (options.image) checkImageFlags(options);
  out.checkFields(RUN_FIELDS);
  const { readPrompt } = await import("../read-prompt.js");
  const given = { argument, files: options.file ?? [], raw: options.raw !== undefined };
  const parts = await readPrompt(given, out.terminal, (news) => out.note(news));
  if (parts === undefined) {
    checkPromptFlags(options, out.json, false);
    const { runChat } = await import("./chat.js");
    return runChat(context, model, options);
  }
  refuseChatFlags(options);
  checkImageFlags(options);
  if (options.receipt !== undefined) {
    const { checkReceiptPlace } = await import("../receipt-place.js");
    const { file = [], schema = [], grammar = [], image = [] } = options;
    await checkReceiptPlace(options.receipt, [file, schema, grammar, image].flat());
  }
  const images = options.image && (await checkedImages(context, ref, options.image));
  const constraint = wantsShape(options)
    ? await (await import("../read-constraint.js")).readConstraint(world, options)
    : undefined;
  try {
    const { ensureDraft, ensureModel } = await import("../ensure-model.js");
    const local = await ensureModel(context, ref, options);
    const models = { local, draft: await ensureDraft(context, options) };
    const asked = await begin(context, models, parts, options, images);
    await answerOnce(context, local, asked, options, constraint);
  } finally {
    await constraint?.dispose();
  }
}

interface Models {
  readonly local: LocalModel;
  readonly draft: LocalModel | undefined;
}

interface Asked {
  readonly session: Pick<Session, "ctx" | "answer" | "dispose"> & Partial<Pick<Session, "follows" | "leavesOut">>;
  readonly messages: readonly Message[];
  readonly truncated: Truncated | null;
}

/** The model loaded, and the prompt made for it. */
async function begin(
  context: Context,
  { local, draft }: Models,
  parts: readonly PromptPart[],
  options: Options,
  images: readonly ReadImage[] | undefined,
): Promise<Asked> {
  if (images) {
    const { sayReading, startImages } = await import("../start-images.js");
    const { joinPrompt } = await import("../../app/run/prompt.js");
    const { imageCommand } = await import("../../app/run/image-command.js");
    const { decodingBytes } = await import("../../app/run/read-images.js");
    const { mmproj, ctx, force } = options;
    const command = imageCommand("run", local.ref, { images, mmproj });
    const decoding = decodingBytes(images);
    const session = await startImages(context, local, { decoding, command, mmproj, ctx, force });
    sayReading(context, images.length);
    noteFormat(context, session.knownTemplate);
    const question = { role: "user" as const, content: joinPrompt(parts), images };
    return { session, messages: [...opening(options), question], truncated: null };
  }
  const { startSession } = await import("../stream-answer.js");
  const { fitPrompt } = await import("../fit-prompt.js");
  const command = (name: string): string => `oslm ${options.raw ? "complete" : "run"} ${quoted(name)}`;
  const session = await startSession(context, local, { ...options, command }, draft);
  try {
    if (!session.chats && !options.raw)
      context.out.note("a base model, without a chat template: it goes on with the text");
    if (!options.raw) noteFormat(context, session.knownTemplate);
    const wishes = { truncate: options.truncate === true, ...answerOptions(options) };
    return { session, ...(await fitPrompt(context, session, opening(options), parts, wishes)) };
  } catch (error) {
    await session.dispose();
    throw error;
  }
}

function noteFormat({ out }: Context, known: string | null): void {
  if (known !== null) out.note(`no chat template in the file: asked in the ${known} format, known for this model`);
}

async function answerOnce(
  context: Context,
  local: LocalModel,
  { session, messages, truncated }: Asked,
  options: Options,
  constraint: Constraint | undefined,
): Promise<void> {
  const { out, world } = context;
  const { printAnswer, streamAnswer } = await import("../stream-answer.js");
  const { cutText, lackText, runResult, startOf } = await import("../run-result.js");
  try {
    const asked = answerOptions(options);
    const hold = constraint !== undefined && !options.stream;
    const lines = options.streamMode === "jsonl" ? new EventLines(out.terminal.stdout) : undefined;
    await lines?.write({ type: "start", ...startOf(local, session.ctx, truncated) });
    const answer = await streamAnswer(context, session, messages, {
      ...asked,
      hold,
      // A receipt promises that the answer can be had again.
      exact: out.json || lines !== undefined || options.receipt !== undefined,
      ...(lines && { tell: (event: PieceEvent) => lines.write(event) }),
      ...(constraint && { grammar: constraint.grammar }),
      ...(options.nProbs && { probabilities: options.nProbs }),
      signal: world.signal,
    });
    world.signal.throwIfAborted();
    const checked =
      constraint &&
      (await constraint.check(answer.raw, { follows: (grammar, text) => session.follows?.(grammar, text) ?? true }));
    const json = checked && "value" in checked && constraint?.source.kind !== "grammar" ? { json: checked } : {};
    const leavesOut = session.leavesOut === true;
    const finished: Finished = { local, answer, ctx: session.ctx, truncated, leavesOut, ...json };
    if (leavesOut && !out.json && !lines) out.warn((await import("../leaves-out.js")).LEAVES_OUT);
    const cut = cutText(finished);
    const wrong = checked && !("value" in checked) ? badResult(constraint, checked, answer.raw, cut) : undefined;
    if (wrong === undefined) {
      if (lines) await lines.write({ type: "done", ...(await runResult(finished, out)) });
      else if (out.json) out.document(await runResult(finished, out), RUN_FIELDS);
      else if (hold) await printAnswer(out, answer.text, { exact: options.raw !== undefined });
      const lack = lackText(finished);
      if (lack !== undefined && !out.json && !lines) out.warn(lack);
    }
    // Last, so that a receipt that cannot be written takes no answer with it; of a wrong answer too.
    if (options.receipt !== undefined) {
      const { writeReceipt } = await import("../write-receipt.js");
      await writeReceipt(options.receipt, finished, messages, constraint, options.raw);
    }
    if (wrong !== undefined) throw wrong;
  } finally {
    await session.dispose();
  }
}

/** Of an answer, what an error shows. */
const SHOWN_CHARS = 2000;

function badResult(
  { wanted }: Constraint,
  { at, problem }: { readonly at: string; readonly problem: string },
  text: string,
  cut: string | undefined,
): OslmError<"bad-result"> {
  const help =
    cut === undefined
      ? "run again with another --seed, a larger model, or say in the prompt what is wanted"
      : "raise -n or --ctx so that the answer can end";
  return new OslmError("bad-result", { wanted, at, problem: cut ?? problem, text: text.slice(0, SHOWN_CHARS), help });
}
