// The commands as they are declared, for what describes them: completion, man pages, documents.
import { Command } from "commander";
import type { ContextOf } from "./context.js";
import { addGlobalFlags } from "./flags.js";
import { addHelp } from "./help.js";
import { loadCommands } from "./load-commands.js";

/** @param words only the command that the first of them names is loaded; all, where it names none */
export async function commandTree(words: readonly string[], contextOf: ContextOf): Promise<Command> {
  const program = addGlobalFlags(new Command("oslm"));
  for (const { heading, command } of await loadCommands(words, contextOf)) {
    program.addCommand(command.helpGroup(heading));
  }
  return addHelp(program);
}

/** A command and all below it, each with its full name: `oslm license report`. */
export function eachCommand(command: Command, before = ""): { readonly path: string; readonly command: Command }[] {
  const path = `${before}${command.name()}`;
  const parts = command.commands.filter((part) => !part.name().startsWith("__"));
  return [{ path, command }, ...parts.flatMap((part) => eachCommand(part, `${path} `))];
}
