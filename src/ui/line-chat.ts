// A chat by plain lines: works in every terminal, with screen readers, and without any redrawing.
import { styleText } from "node:util";
import { LineReader } from "./line-reader.js";
import type { Output } from "./output.js";

export interface ChatHandlers {
  /** Answers one message, writing to stdout; `signal` is aborted by Ctrl-C while it answers. */
  answer(message: string, signal: AbortSignal): Promise<void>;
  /** Forgets the conversation. */
  clear(): void;
}

const HELP = `/clear   forget the conversation
/bye     leave (also Ctrl-D)
/?       this help
"""      begin and end a message of several lines
Ctrl-C   stop an answer`;

/** Runs until Ctrl-D, /bye, or Ctrl-C twice at an empty prompt. `ended` leaves from outside (SIGTERM). */
export async function lineChat(out: Output, handlers: ChatHandlers, ended: AbortSignal): Promise<void> {
  const { stderr, stderrColor, stdinTty } = out.terminal;
  const prompt = stderrColor ? styleText("cyan", "> ", { validateStream: false }) : "> ";
  let answering: AbortController | undefined;
  let warned = false;
  const reader = new LineReader(out.terminal, () => {
    if (answering) return answering.abort();
    if (warned && reader.typed === "") return reader.close();
    warned = true;
    stderr.write("\nUse Ctrl-D or /bye to leave.\n");
    reader.restart();
  });
  ended.addEventListener("abort", () => {
    answering?.abort();
    reader.close();
  });
  try {
    for (;;) {
      const line = await reader.next(prompt);
      const message = line?.startsWith('"""') ? await block(line, reader) : line;
      if (message === undefined || message === "/bye" || message === "/exit") break;
      warned = false;
      if (message.trim() === "") continue;
      if (line === message && message.startsWith("/")) {
        command(message, out, handlers);
        continue;
      }
      answering = new AbortController();
      await handlers.answer(message, answering.signal);
      answering = undefined;
    }
  } finally {
    reader.close();
    // Leaves the shell's prompt on a line of its own after Ctrl-D.
    if (stdinTty) stderr.write("\n");
  }
}

function command(line: string, out: Output, { clear }: ChatHandlers): void {
  const [name] = line.trim().split(/\s+/);
  if (name === "/?" || name === "/help") out.note(HELP);
  else if (name === "/clear") {
    clear();
    out.note("The conversation is forgotten.");
  } else out.note(`There is no ${name}. Type /? for help.`);
}

/** The rest of a message that began with three quotes; undefined when the input ended first. */
async function block(first: string, reader: LineReader): Promise<string | undefined> {
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
