// The texts to embed: the argument, or each line of what is piped in.
import { OslmError } from "../errors.js";
import { readLines } from "../store/read-lines.js";
import type { Terminal } from "../ui/terminal.js";

/** @throws OslmError usage where there are none, and for an empty line: which vector is which is told by their order alone */
export async function readTexts(
  argument: string | undefined,
  { stdin, stdinTty }: Terminal,
  model: string,
): Promise<string[]> {
  if (argument !== undefined && argument !== "-") {
    if (argument.trim() === "") throw nothing(model);
    return [argument];
  }
  if (stdinTty) throw nothing(model);
  const texts: string[] = [];
  for await (const { number, text } of readLines(stdin as AsyncIterable<Uint8Array>, "the pipe")) {
    if (number !== texts.length + 1) {
      throw new OslmError("usage", {
        problem: `line ${texts.length + 1} is empty`,
        detail: "There is no vector of nothing, and one that is left out would shift the others.",
        help: `grep .   before   oslm embed ${model}`,
      });
    }
    texts.push(text);
  }
  if (texts.length === 0) throw nothing(model);
  return texts;
}

function nothing(model: string): OslmError<"usage"> {
  return new OslmError("usage", {
    problem: "there is no text to embed",
    detail: "Neither as an argument nor in a pipe.",
    help: `oslm embed ${model} "a text"   or pipe in one a line`,
  });
}
