// A session as the terminal shows it: the answer on stdout, thinking dim on stderr.
import { styleText } from "node:util";
import type { LocalModel } from "../app/local-model.js";
import type { AnswerOptions, Receipt, Session, SessionOptions } from "../app/session.js";
import { OslmError } from "../errors.js";
import { parseRef } from "../model/ref.js";
import type { FinishReason, Timings, Usage } from "../runtime/engine.js";
import type { Message } from "../runtime/template/render.js";
import { AnswerWriter } from "../ui/answer.js";
import type { Context } from "./context.js";

export interface Answer {
  readonly text: string;
  readonly thinking: string;
  readonly done: { readonly finishReason: FinishReason; readonly usage: Usage; readonly timings: Timings };
  readonly receipt: Receipt;
}

interface StartOptions {
  readonly ctx?: number;
  readonly parallel?: number;
  /** As it is called. */
  readonly draft?: string;
  readonly acceptLicense?: readonly string[];
}

/** Loads the model; with --verbose the choices are explained. */
export async function startSession(
  context: Context,
  model: LocalModel,
  { ctx, parallel, draft, ...options }: Omit<SessionOptions, "draft"> & StartOptions,
): Promise<Session> {
  const { world, out } = context;
  const { openSession } = await import("../app/session.js");
  const { recordLoad } = await import("../app/record-load.js");
  const wishes = { ...(ctx && { ctx }), ...(parallel && { sequences: parallel }) };
  const session = await openSession(world, model, wishes, { ...options, ...(await draftOf(context, draft, options)) });
  for (const reason of session.plan.reasons) out.verbose(reason);
  return recordLoad(world, model, session);
}

/** Pulled first when it is not here, as the model was. */
async function draftOf(
  context: Context,
  draft: string | undefined,
  { lookup, acceptLicense }: Pick<SessionOptions, "lookup"> & StartOptions,
): Promise<Pick<SessionOptions, "draft">> {
  if (draft === undefined) return {};
  if (lookup) throw new OslmError("usage", { problem: "only one can guess: --draft or --lookup" });
  const { ensureModel } = await import("./pull-model.js");
  const ref = parseRef(draft, { hub: context.world.endpoint });
  return { draft: await ensureModel(context, ref, acceptLicense ? { acceptLicense } : {}) };
}

/** Shows the answer as it comes (with --json nothing is shown) and gives it whole. */
export async function streamAnswer(
  { out }: Context,
  session: Session,
  messages: readonly Message[],
  options: AnswerOptions,
): Promise<Answer> {
  const { stdout, stdoutTty, stderr, stderrTty, stderrColor } = out.terminal;
  const dim = (piece: string): string => (stderrColor ? styleText("dim", piece, { validateStream: false }) : piece);
  const writer = out.json ? undefined : new AnswerWriter(stdout, stdoutTty, { exact: options.raw !== undefined });
  const thoughts = out.json ? undefined : new AnswerWriter(stderr, stderrTty, { style: dim });
  let text = "";
  let thinking = "";
  let done: Answer["done"] | undefined;
  const events = session.answer(messages, options);
  for (;;) {
    const step = await events.next();
    if (step.done) {
      if (done === undefined) throw new Error("the engine ended without saying how");
      return { text: options.raw ? text : text.trim(), thinking: thinking.trim(), done, receipt: step.value };
    }
    const event = step.value;
    if (event.type === "thinking") {
      thinking += event.text;
      await thoughts?.write(event.text);
    } else if (event.type === "text") {
      if (text === "" && thinking !== "") thoughts?.end();
      text += event.text;
      await writer?.write(event.text);
    } else {
      const { type: _, ...rest } = event;
      done = rest;
      writer?.end();
      const { speculation } = rest.timings;
      if (speculation) out.verbose(`${speculation.right} of ${speculation.checked} guessed tokens were right`);
    }
  }
}
