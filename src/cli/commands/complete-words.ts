// oslm __complete: what may come next on a command line, for the scripts of `oslm completion`.
import { Command } from "commander";
import { commandTree } from "../command-tree.js";
import type { Context, ContextOf } from "../context.js";

export function makeCompleteWordsCommand(contextOf: ContextOf, run = runCompleteWords): Command {
  return new Command("__complete")
    .argument("[words...]", "everything after `oslm`; the last word is being typed")
    .allowUnknownOption()
    .helpOption(false)
    .action((words: readonly string[]) => run(contextOf(), words));
}

/**
 * Lines of `value<TAB>description`, and a last one: `:files` where paths are welcome as well, else `:`.
 */
export async function runCompleteWords(context: Context, words: readonly string[]): Promise<void> {
  const { complete } = await import("../completion/complete.js");
  const { valueSources } = await import("../completion/sources.js");
  const program = await commandTree(words.length > 1 ? words : [], () => context);
  const { candidates, files } = await complete(program, words.length > 0 ? words : [""], valueSources(context));
  const lines = candidates.map(({ value, description }) => `${value}\t${oneLine(description)}\n`);
  context.out.terminal.stdout.write(`${lines.join("")}:${files ? "files" : ""}\n`);
}

/** Shells read lines, and names of models are foreign text. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, 100);
}
