// oslm complete: a text is continued as it stands, without the model's chat template.
import { Command } from "commander";
import type { ContextOf } from "../context.js";
import { addPromptFlags, type PromptOptions } from "../prompt-flags.js";
import { promptWords } from "../prompt-words.js";
import { addAnswerFlags, addCacheFlag, type RunOptions } from "../run-flags.js";
import { runRun } from "./run.js";

export interface CompleteOptions extends RunOptions, PromptOptions {
  readonly suffix?: string;
}

export function makeCompleteCommand(contextOf: ContextOf, run = runRun): Command {
  return addCacheFlag(addAnswerFlags(addPromptFlags(new Command("complete"))))
    .description("continue a text as it stands, without a chat template")
    .argument("<model>", "what to run; pulled first when it is not on this disk")
    .usage("[options] <model> [text]")
    .argument("[text...]", "the text; what is piped in comes before it, - reads a pipe or the terminal")
    .option("--suffix <text>", "what comes after: fills in the middle, with models for code")
    .action((model: string, words: string[], { suffix, ...options }: CompleteOptions, command: Command) => {
      const { argument, file } = promptWords(words, options.file ?? [], command);
      return run(contextOf(), model, argument, { ...options, file, raw: suffix === undefined ? {} : { suffix } });
    });
}
