// oslm run: one answer to stdout; oslm chat, and run without a prompt on a terminal: a conversation.
import { styleText } from "node:util";
import { Command } from "commander";
import type { AnswerOptions, Session } from "../../app/session.js";
import { OslmError } from "../../errors.js";
import { parseRef } from "../../model/ref.js";
import type { Message } from "../../runtime/template/render.js";
import type { Context, ContextOf } from "../context.js";
import { collect, number, quant, tokens } from "../flags.js";
import { ensureModel } from "../pull-model.js";
import { readPrompt } from "../read-prompt.js";

export interface RunOptions {
  readonly system?: string;
  readonly ctx?: number;
  readonly maxTokens?: number;
  readonly temp?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly seed?: number;
  readonly stop?: readonly string[];
  readonly quant?: string;
  readonly acceptLicense?: readonly string[];
}

type Run = (context: Context, model: string, prompt: string | undefined, options: RunOptions) => Promise<void>;

export function makeRunCommand(contextOf: ContextOf, run: Run = runRun): Command {
  return addRunFlags(new Command("run"))
    .description("answer a prompt, or chat when there is none")
    .argument("<model>", "what to run; pulled first when it is not on this disk")
    .argument("[prompt]", "the question; what is piped in comes before it")
    .action((model: string, prompt: string | undefined, options: RunOptions) =>
      run(contextOf(), model, prompt, options),
    );
}

export function makeChatCommand(contextOf: ContextOf, run: typeof runChat = runChat): Command {
  return addRunFlags(new Command("chat"))
    .description("chat with a model, line by line")
    .argument("<model>", "what to chat with; pulled first when it is not on this disk")
    .action((model: string, options: RunOptions) => run(contextOf(), model, options));
}

function addRunFlags(command: Command): Command {
  return command
    .option("-s, --system <text>", "system prompt")
    .option("-c, --ctx <tokens>", "context size; default 8192 or the model's own if smaller", tokens)
    .option("-n, --max-tokens <count>", "end the answer after so many tokens", number(1, 2 ** 27, true))
    .option("--temp <number>", "randomness; 0 always takes the likeliest token", number(0, 5))
    .option("--top-p <number>", "draw from the likeliest tokens that make up this probability", number(0, 1))
    .option("--top-k <count>", "draw from so many tokens; 0 from all", number(0, 1_000_000, true))
    .option("--min-p <number>", "leave out tokens below this share of the likeliest", number(0, 1))
    .option("--seed <number>", "the same seed gives the same answer", number(0, 2 ** 32 - 1, true))
    .option("--stop <text>", "end the answer before this text; may be repeated", collect)
    .option("--quant <type>", "this quantization of the model", quant)
    .option("--accept-license <id>", "accept this license when pulling; may be repeated", collect);
}

export async function runRun(
  context: Context,
  model: string,
  argument: string | undefined,
  options: RunOptions,
): Promise<void> {
  const ref = parseRef(model);
  const prompt = await readPrompt(argument, context.out.terminal);
  if (prompt === undefined) return runChat(context, model, options);
  const local = await ensureModel(context, ref, options);
  const session = await openSession(context, local, options);
  try {
    const messages = [...systemMessage(options), { role: "user", content: prompt } as const];
    await answerOnce(context, local, session, messages, options);
  } finally {
    await session.dispose();
  }
}

export async function runChat(context: Context, model: string, options: RunOptions): Promise<void> {
  const { out, world } = context;
  if (out.json)
    throw new OslmError("usage", { problem: "a chat has no JSON form", help: `oslm run ${model} "prompt" --json` });
  const local = await ensureModel(context, parseRef(model), options);
  const session = await openSession(context, local, options);
  try {
    const { lineChat } = await import("../../ui/line-chat.js");
    const system = systemMessage(options);
    let messages: Message[] = [...system];
    if (out.terminal.stdinTty)
      out.note(`Chatting with ${model} (context ${session.ctx} tokens). /? for help, Ctrl-D to leave.`);
    await lineChat(
      out,
      {
        clear: () => {
          messages = [...system];
        },
        answer: async (content, signal) => {
          const turn: Message[] = [...messages, { role: "user", content }];
          try {
            const { text } = await streamAnswer(context, session, turn, { ...answerOptions(options), signal });
            messages = [...turn, { role: "assistant", content: text }];
          } catch (error) {
            // A full context ends the answer, not the conversation.
            if (!(error instanceof OslmError) || error.code !== "prompt-too-long") throw error;
            out.warn(`the conversation fills the context of ${session.ctx} tokens; /clear forgets it`);
          }
        },
      },
      world.signal,
    );
  } finally {
    await session.dispose();
  }
}

type Local = Awaited<ReturnType<typeof ensureModel>>;

async function openSession({ world, out }: Context, local: Local, options: RunOptions): Promise<Session> {
  const { openSession } = await import("../../app/session.js");
  const session = await openSession(world, local, options.ctx === undefined ? {} : { ctx: options.ctx });
  for (const reason of session.plan.reasons) out.verbose(reason);
  if (!session.chats) out.verbose("a base model without a chat template: it continues the text");
  return session;
}

function systemMessage({ system }: RunOptions): Message[] {
  return system === undefined ? [] : [{ role: "system", content: system }];
}

function answerOptions({ temp, topP, topK, minP, seed, maxTokens, stop }: RunOptions): AnswerOptions {
  const given = Object.entries({ temp, topP, topK, minP, seed }).filter(([, value]) => value !== undefined);
  return { sampling: Object.fromEntries(given), stop: stop ?? [], ...(maxTokens === undefined ? {} : { maxTokens }) };
}

async function answerOnce(
  context: Context,
  local: Local,
  session: Session,
  messages: readonly Message[],
  options: RunOptions,
): Promise<void> {
  const { out, world } = context;
  const answer = await streamAnswer(context, session, messages, { ...answerOptions(options), signal: world.signal });
  world.signal.throwIfAborted();
  const { text, thinking, done, receipt } = answer;
  if (out.json) {
    const model = { ref: local.ref, commit: local.stored?.commit ?? null, sha256: await local.sha256() };
    const { createHash } = await import("node:crypto");
    const outputSha256 = createHash("sha256").update(text).digest("hex");
    const document = {
      model,
      text,
      ...(thinking === "" ? {} : { thinking }),
      ...done,
      receipt: { modelSha256: model.sha256, ...receipt, outputSha256 },
    };
    out.document(document, ["model", "text", "thinking", "finishReason", "usage", "timings", "receipt"]);
  } else if (done.finishReason === "length") {
    out.note(`The answer was cut after ${done.usage.completionTokens} tokens; -n and --ctx raise the limit.`);
  }
}

/** Streams the answer to stdout (unless --json), thinking to stderr, and gives both with the figures. */
async function streamAnswer(context: Context, session: Session, messages: readonly Message[], options: AnswerOptions) {
  const { out } = context;
  const { AnswerWriter } = await import("../../ui/answer.js");
  const writer = out.json ? undefined : new AnswerWriter(out.terminal.stdout, out.terminal.stdoutTty);
  const { stderr, stderrTty, stderrColor } = out.terminal;
  const dim = (piece: string): string => (stderrColor ? styleText("dim", piece, { validateStream: false }) : piece);
  const thoughts = out.json ? undefined : new AnswerWriter(stderr, stderrTty, dim);
  let text = "";
  let thinking = "";
  const answer = session.answer(messages, options);
  for (;;) {
    const step = await answer.next();
    if (step.done) throw new Error("the engine ended without saying how");
    const event = step.value;
    if (event.type === "thinking") {
      thinking += event.text;
      await thoughts?.write(event.text);
    } else if (event.type === "text") {
      if (text === "" && thinking !== "") thoughts?.end();
      text += event.text;
      await writer?.write(event.text);
    } else {
      const { type: _, ...done } = event;
      writer?.end();
      const last = await answer.next();
      if (!last.done) throw new Error("the engine went on after its end");
      return { text: text.trim(), thinking: thinking.trim(), done, receipt: last.value };
    }
  }
}
