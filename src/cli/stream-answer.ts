// A session as the terminal shows it: the answer on stdout, thinking dim on stderr.
import { styleText } from "node:util";
import type { RecordedSession } from "../app/fit/record-load.js";
import type { LocalModel } from "../app/run/local-model.js";
import type { SessionOptions } from "../app/run/open-session.js";
import type { AnswerEvent, AnswerOptions, Receipt, Session } from "../app/run/session.js";
import type { FinishReason, GenerateEvent, Timings, Usage } from "../runtime/engine.js";
import type { Message } from "../runtime/template/render.js";
import { AnswerWriter } from "../ui/answer.js";
import type { Output } from "../ui/output.js";
import type { Context } from "./context.js";
import { sayForced } from "./say-forced.js";
import { warnOfContext } from "./warn-context.js";

export interface Answer {
  readonly text: string;
  /** The same with the white space around it. */
  readonly raw: string;
  readonly thinking: string;
  /** The same with white space, also where it is not shown. */
  readonly rawThinking: string;
  /** Where probabilities were asked for. */
  readonly tokens: readonly TokenEvent[];
  readonly done: { readonly finishReason: FinishReason; readonly usage: Usage; readonly timings: Timings };
  readonly receipt: Receipt;
}

type TokenEvent = Omit<Extract<GenerateEvent, { type: "token" }>, "type">;

/** What of an answer is shown while it comes; with --json nothing is. */
export interface Showing {
  readonly hideThinking?: boolean;
  /** True keeps the answer back, since it has yet to be checked. */
  readonly hold?: boolean;
  /** Gets each piece in place of the terminal. */
  readonly tell?: (event: PieceEvent) => Promise<void>;
}

export type PieceEvent = Exclude<AnswerEvent, { type: "done" }>;

interface StartOptions extends Omit<SessionOptions, "draft" | "onForced" | "promptCache" | "now"> {
  readonly ctx?: number;
  readonly parallel?: number;
  /** False with --no-cache. */
  readonly cache?: boolean;
}

/** Loads the model; with --verbose the choices are explained, and what --force skips is said in any case. */
export async function startSession(
  context: Context,
  model: LocalModel,
  { ctx, parallel, cache: promptCache = true, ...options }: StartOptions,
  draft?: LocalModel,
): Promise<RecordedSession> {
  const { world, out } = context;
  const { openSession } = await import("../app/run/open-session.js");
  const { recordLoad } = await import("../app/fit/record-load.js");
  const wishes = { ...(ctx && { ctx }), ...(parallel && { sequences: parallel }) };
  const session = await openSession(world, model, wishes, {
    ...options,
    onForced: sayForced(out),
    promptCache,
    ...(draft && { draft }),
  });
  warnOfContext(out, [session.ctx], session.plan.trainedFor);
  for (const reason of session.plan.reasons) out.verbose(reason);
  return recordLoad(world, model, session);
}

/** Shows the answer as it comes and gives it whole. */
export async function streamAnswer(
  { out }: Context,
  session: Pick<Session, "answer">,
  messages: readonly Message[],
  { hideThinking = false, hold = false, tell, ...options }: AnswerOptions & Showing,
): Promise<Answer> {
  const { stdout, stdoutTty, stderr, stderrTty, stderrColor } = out.terminal;
  const dim = (piece: string): string => (stderrColor ? styleText("dim", piece, { validateStream: false }) : piece);
  const shown = !out.json && tell === undefined;
  const writer = shown && !hold ? new AnswerWriter(stdout, stdoutTty, { exact: options.raw !== undefined }) : undefined;
  const thoughts =
    shown && !hideThinking && out.mode.kind === "human"
      ? new AnswerWriter(stderr, stderrTty, { style: dim })
      : undefined;
  let raw = "";
  let thinking = "";
  const tokens: TokenEvent[] = [];
  const events = session.answer(messages, options);
  let done: Answer["done"] | undefined;
  for (;;) {
    const step = await events.next();
    if (step.done) {
      if (done === undefined) throw new Error("the engine ended without saying how");
      const shownThinking = hideThinking ? "" : thinking.trim();
      return {
        text: options.raw ? raw : raw.trim(),
        raw,
        thinking: shownThinking,
        rawThinking: thinking,
        tokens,
        done,
        receipt: step.value,
      };
    }
    const event = step.value;
    if (event.type === "done") {
      const { type: _, ...rest } = event;
      done = rest;
      if (raw === "" && thinking !== "") thoughts?.end();
      writer?.end();
      const { speculation } = rest.timings;
      if (speculation) out.verbose(`${speculation.right} of ${speculation.checked} guessed tokens were right`);
      continue;
    }
    if (event.type === "thinking") {
      thinking += event.text;
      if (hideThinking) continue;
      await thoughts?.write(event.text);
    } else if (event.type === "text") {
      if (raw === "" && thinking !== "") thoughts?.end();
      raw += event.text;
      await writer?.write(event.text);
    } else {
      const { type: _, ...token } = event;
      tokens.push(token);
    }
    await tell?.(event);
  }
}

/** Prints an answer that was held back. */
export async function printAnswer(
  { terminal: { stdout, stdoutTty } }: Output,
  text: string,
  { exact }: { readonly exact: boolean },
): Promise<void> {
  const writer = new AnswerWriter(stdout, stdoutTty, { exact });
  await writer.write(text);
  writer.end();
}
