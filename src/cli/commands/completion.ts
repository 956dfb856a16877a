// oslm completion: the script that teaches a shell to complete oslm's command lines.
import { Argument, Command } from "commander";
import { completionScript, SCRIPTS } from "../completion-script.js";
import type { Context, ContextOf } from "../context.js";

type Shell = keyof typeof SCRIPTS;

const HOW = `To switch it on:
  bash         oslm completion bash > ~/.local/share/bash-completion/completions/oslm
  zsh          oslm completion zsh > _oslm, in a folder of $fpath
  fish         oslm completion fish > ~/.config/fish/completions/oslm.fish
  powershell   oslm completion powershell >> $PROFILE`;

export function makeCompletionCommand(contextOf: ContextOf, run = runCompletion): Command {
  return new Command("completion")
    .description("print the completion script of a shell")
    .addArgument(new Argument("<shell>", "which one").choices(Object.keys(SCRIPTS)))
    .addHelpText("after", `\n${HOW}`)
    .action((shell: Shell) => run(contextOf(), shell));
}

export function runCompletion({ out }: Context, shell: Shell): void {
  out.terminal.stdout.write(completionScript(shell));
}
