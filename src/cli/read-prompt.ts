// The prompt of a one-shot run: files, what is piped in, the argument.
import type { PromptPart } from "../app/run/prompt.js";
import { OslmError } from "../errors.js";
import { sanitizeLine } from "../ui/sanitize.js";
import type { Terminal } from "../ui/terminal.js";
import { readText, readTextFile, STDIN } from "./read-text.js";

export interface Given {
  /** The argument; `-` stands for standard input. */
  readonly argument: string | undefined;
  /** Paths; `-` stands for standard input. */
  readonly files: readonly string[];
  /** To be continued as it stands: blanks count, all but the line break at the end of a file or a pipe. */
  readonly raw?: boolean;
}

/** After so long a silence it is told what is waited for. */
const PATIENCE_MS = 3000;

/**
 * The parts in the order of the prompt, none of them empty; undefined when nothing was given on a terminal: then a person
 * wants to chat, if there is no text to be continued. Standard input is read where it is no terminal, and from a terminal where `-` asks for it.
 * @param tell says why nothing happens
 * @throws OslmError usage without any prompt, and for what is no text
 */
export async function readPrompt(
  { argument, files, raw = false }: Given,
  { stdin, stdinTty }: Pick<Terminal, "stdin" | "stdinTty">,
  tell: (news: string) => void,
): Promise<readonly PromptPart[] | undefined> {
  const explicit = argument === "-" || files.includes("-");
  const trim = (text: string): string => (raw ? text.replace(/\r?\n$/, "") : text.trimEnd());
  const parts: PromptPart[] = [];
  for (const name of files.filter((file) => file !== "-")) {
    // A line break in a name must not end its heading.
    parts.push({ from: "file", name: sanitizeLine(name), text: trim(await readTextFile(name)) });
  }
  if (explicit || !stdinTty) {
    const waiting = setTimeout(() => {
      tell(
        stdinTty
          ? "Reading standard input until Ctrl-D."
          : "Waiting for the end of standard input; < /dev/null goes on without it.",
      );
    }, PATIENCE_MS);
    const text = await readText(stdin as AsyncIterable<Buffer | string>, STDIN).finally(() => clearTimeout(waiting));
    parts.push({ from: "stdin", text: trim(text) });
  }
  if (argument !== undefined && argument !== "-") parts.push({ from: "argument", text: argument });
  const said = parts.filter(({ text }) => text.trim() !== "");
  if (said.length > 0) return said;
  if (raw) {
    throw new OslmError("usage", {
      problem: "there is no text to continue",
      detail: parts.length > 0 ? noPrompt(parts, stdinTty) : "There is no argument, and nothing is piped in.",
      help: 'oslm complete MODEL "Once upon a time"   or -f FILE, or pipe a text into it',
    });
  }
  if (stdinTty && parts.length === 0) return undefined;
  throw new OslmError("usage", {
    problem: "there is no prompt",
    detail: noPrompt(parts, stdinTty),
    help: 'oslm run MODEL "prompt"   or -f FILE, or pipe a text into it',
  });
}

function noPrompt(parts: readonly PromptPart[], stdinTty: boolean): string {
  if (stdinTty || parts.length > 1) return "All that was given is empty.";
  return "Standard input is no terminal, and nothing came from it.";
}
