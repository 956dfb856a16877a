// A chat by plain lines: works in every terminal, with screen readers, and without any redrawing.
import { createInterface } from "node:readline/promises";
import { styleText } from "node:util";
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

/** Runs until Ctrl-D, /bye, or Ctrl-C at an empty prompt twice. `ended` leaves from outside (SIGTERM). */
export async function lineChat(out: Output, handlers: ChatHandlers, ended: AbortSignal): Promise<void> {
  const { stdin, stderr, stderrColor } = out.terminal;
  const lines = createInterface({ input: stdin, output: stderr, terminal: out.terminal.stdinTty, historySize: 100 });
  const prompt = stderrColor ? styleText("cyan", "> ", { validateStream: false }) : "> ";
  let answering: AbortController | undefined;
  let leave = false;
  let warned = false;
  const waiting = new AbortController();
  ended.addEventListener("abort", () => {
    answering?.abort();
    waiting.abort();
  });
  lines.on("SIGINT", () => {
    if (answering) return answering.abort();
    leave = warned && lines.line === "";
    warned = true;
    if (leave) waiting.abort();
    else {
      stderr.write("\nUse Ctrl-D or /bye to leave.\n");
      // Throws away what was typed, as a shell does.
      lines.write(null, { ctrl: true, name: "u" });
      lines.prompt(true);
    }
  });
  const closed = new Promise<undefined>((resolve) => lines.once("close", () => resolve(undefined)));
  const ask = (text: string): Promise<string | undefined> =>
    Promise.race([lines.question(text, { signal: waiting.signal }).catch(() => undefined), closed]);
  try {
    while (!leave && !ended.aborted) {
      const first = await ask(prompt);
      if (first === undefined || first === "/bye" || first === "/exit") break;
      warned = false;
      if (first.trim() === "") continue;
      if (first === "/?" || first === "/help") out.note(HELP);
      else if (first === "/clear") {
        handlers.clear();
        out.note("The conversation is forgotten.");
      } else if (/^\/\w/.test(first)) out.note(`There is no ${first.split(" ")[0]}. Type /? for help.`);
      else {
        const message = first.startsWith('"""') ? await block(first, ask) : first;
        if (message === undefined) break;
        answering = new AbortController();
        await handlers.answer(message, answering.signal);
        answering = undefined;
      }
    }
  } finally {
    lines.close();
    // Leaves the shell's prompt on a line of its own after Ctrl-D.
    if (out.terminal.stdinTty) stderr.write("\n");
  }
}

/** The rest of a message that began with three quotes; undefined when the input ended first. */
async function block(first: string, ask: (text: string) => Promise<string | undefined>): Promise<string | undefined> {
  const lines = [first.slice(3)];
  while (!lines.at(-1)?.endsWith('"""') || (lines.length === 1 && lines[0] === "")) {
    const line = await ask("... ");
    if (line === undefined) return undefined;
    lines.push(line);
  }
  return lines
    .join("\n")
    .slice(0, -3)
    .replace(/^\n|\n$/g, "");
}
