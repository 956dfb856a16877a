// A chat by plain lines: for every terminal, for screen readers and for pipes. Nothing is ever redrawn.
import { styleText } from "node:util";
import { AnswerWriter } from "../answer.js";
import { LineReader } from "../line-reader.js";
import type { Output } from "../output.js";
import { sanitize } from "../sanitize.js";
import { Chat } from "./chat.js";
import type { Face, FaceParts } from "./chat-parts.js";
import type { Turn } from "./conversation.js";
import { HOW_TO_LEAVE, Interrupts } from "./interrupts.js";
import { thoughtLine } from "./thought-line.js";

const KEYS = `Enter sends; """ begins and ends a message of several lines
Ctrl-C stops an answer; Ctrl-D leaves`;

/** Runs until Ctrl-D, /bye, or Ctrl-C twice. `ended` leaves from outside (SIGTERM, a lost terminal). */
export async function lineChat(out: Output, parts: FaceParts, ended: AbortSignal): Promise<void> {
  const { stdout, stderr, stdoutTty, stderrTty, stderrColor, stdinTty } = out.terminal;
  const reader = new LineReader(out.terminal);
  const interrupts = new Interrupts(parts.now);
  let writer: AnswerWriter | undefined;
  let thinks = false;
  let left = false;
  /** The prompt waits for a line. */
  let asking = false;
  let drafted: string | undefined;
  const face: Face = {
    keys: KEYS,
    tell: (text, kind = "note") => (kind === "warning" ? out.warn(text) : out.note(text)),
    question: (text) => out.note(`> ${text}`),
    thinking(piece) {
      if (!thinks) out.note("Thinking...");
      thinks = true;
      if (chat.now.settings.thinking !== "show") return;
      const shown = stderrTty ? sanitize(piece) : piece;
      stderr.write(stderrColor ? styleText("dim", shown, { validateStream: false }) : shown);
    },
    async answer(piece) {
      if (thinks) {
        const turn = chat.now.turns.at(-1);
        if (chat.now.settings.thinking === "show") stderr.write("\n");
        if (turn) out.note(`${thoughtLine(turn)}; /show thinking shows it.`);
        thinks = false;
      }
      writer ??= new AnswerWriter(stdout, stdoutTty);
      await writer.write(piece);
    },
    ended(turn: Turn) {
      if (thinks && turn.answer === "") out.note(thoughtLine(turn));
      writer?.end();
      writer = undefined;
      thinks = false;
    },
    async draft(text) {
      if (parts.edit === undefined || !stdinTty) return out.note(`The question was: ${text}`);
      reader.pause();
      const edited = await parts.edit(text).finally(() => reader.resume());
      if (edited.problem !== undefined) return out.note(`${edited.problem} The question was: ${text}`);
      drafted = edited.text;
    },
    changed: () => {},
    model: () => {},
    leave() {
      left = true;
      reader.close();
    },
  };
  const chat = new Chat(parts, face);
  const interrupt = (): void => {
    const what = interrupts.next(chat.doing !== undefined);
    if (what === "stop") chat.stop();
    else if (what === "leave") face.leave();
    else stderr.write(`\n${HOW_TO_LEAVE}\n> `);
  };
  const end = (): void => {
    chat.stop();
    face.leave();
  };
  const giveBack = parts.takeInterrupts(interrupt);
  ended.addEventListener("abort", end);
  if (ended.aborted) end();
  try {
    const { ctx } = await parts.models.current;
    if (stdinTty) out.note(`Chatting with ${parts.title} (context ${ctx} tokens). /? for help, Ctrl-D to leave.`);
    parts.begun(chat);
    while (!left) {
      asking = drafted === undefined;
      const message = drafted ?? (await nextMessage(reader));
      drafted = undefined;
      if (message === undefined) break;
      asking = false;
      interrupts.forget();
      await chat.submit(message);
    }
  } finally {
    giveBack();
    ended.removeEventListener("abort", end);
    reader.close();
    // After Ctrl-D and Ctrl-C the terminal is still on the line of the prompt.
    if (stdinTty && asking) stderr.write("\n");
    const words = chat.end();
    if (stdinTty && words !== undefined) out.note(words);
  }
}

/** A line, or all between three quotes; undefined when the input ended. */
async function nextMessage(reader: LineReader): Promise<string | undefined> {
  const first = await reader.next("> ");
  if (!first?.startsWith('"""')) return first;
  const lines = [first.slice(3)];
  while (!lines.at(-1)?.endsWith('"""')) {
    const line = await reader.next("... ");
    if (line === undefined) return undefined;
    lines.push(line);
  }
  return lines
    .join("\n")
    .slice(0, -3)
    .replace(/^\n|\n$/g, "");
}
