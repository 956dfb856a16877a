// The texts to embed: the argument, or each line of what is piped in.
import { fstatSync } from "node:fs";
import { OslmError } from "../errors.js";
import { readLines } from "../store/read-lines.js";
import type { Terminal } from "../ui/terminal.js";

/**
 * @throws OslmError usage where there are none, for what is no UTF-8 text, and for an empty line: which vector is which is told by
 * their order alone
 */
export async function readTexts(
  argument: string | undefined,
  { stdin, stdinTty }: Pick<Terminal, "stdin" | "stdinTty">,
  model: string,
  tell: (news: string) => void,
): Promise<string[]> {
  if (argument !== undefined && argument !== "-") {
    if (argument.trim() === "") throw nothing(model);
    // Not read to see whether there is anything: it may be what a shell's loop reads its lines from.
    if (isPiped(stdin)) tell("Standard input is not read, since the text is given.");
    return [argument];
  }
  if (stdinTty) throw nothing(model);
  const texts: string[] = [];
  for await (const { number, text, utf8 } of readLines(stdin as AsyncIterable<Uint8Array>, "standard input")) {
    if (number !== texts.length + 1) {
      throw new OslmError("usage", {
        problem: `line ${texts.length + 1} is empty`,
        detail: "There is no vector of nothing, and one that is left out would shift the others.",
        help: `grep .   before   oslm embed ${model}`,
      });
    }
    if (!utf8 || text.includes("\0")) {
      throw new OslmError("usage", {
        problem: `line ${number} of standard input is not ${utf8 ? "text" : "UTF-8 text"}`,
        detail: "There is no vector of other bytes.",
        help: `${utf8 ? "tr -d '\\0'" : "iconv -f WINDOWS-1252 -t UTF-8"}   before   oslm embed ${model}`,
      });
    }
    texts.push(text);
  }
  if (texts.length === 0) throw nothing(model);
  return texts;
}

/** Whether something may come from it; not from /dev/null, an empty file or a terminal. */
function isPiped(stdin: Terminal["stdin"]): boolean {
  if (!("fd" in stdin) || typeof stdin.fd !== "number") return false;
  try {
    const info = fstatSync(stdin.fd);
    return info.isFIFO() || info.isSocket() || (info.isFile() && info.size > 0);
  } catch {
    return false;
  }
}

function nothing(model: string): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: "there is no text to embed",
    detail: "Neither as an argument nor in a pipe.",
    help: `oslm embed ${model} "a text"   or pipe in one a line`,
  });
}
