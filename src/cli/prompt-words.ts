// The words after the model: the prompt, and - for standard input, alone or beside it.
import type { Command } from "commander";

export interface PromptWords {
  readonly argument: string | undefined;
  /** Of -f; `-` among them where it stands beside the prompt. */
  readonly file: readonly string[];
}

/** @throws CommanderError for more than one prompt: it was not put in quotes */
export function promptWords(words: readonly string[], file: readonly string[], command: Command): PromptWords {
  const both = words.length === 2 && words.includes("-");
  const [argument, more] = both ? words.filter((_, index) => index !== words.indexOf("-")) : words;
  if (more !== undefined) command.error("error: too many arguments", { code: "commander.excessArguments" });
  return { argument, file: both ? [...file, "-"] : file };
}
