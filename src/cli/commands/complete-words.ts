// oslm __complete: what may come next on a command line, for the scripts of `oslm completion`.
import { Command } from "commander";
import { commandTree } from "../command-tree.js";
import { splitLine, type TypedLine } from "../completion/split-line.js";
import type { Context, ContextOf } from "../context.js";

export function makeCompleteWordsCommand(contextOf: ContextOf, run = runCompleteWords): Command {
  return new Command("__complete")
    .argument("[words...]", "everything after `oslm`; the last word is being typed")
    .option("--breaks <chars>", "the one word is the whole line, as bash has it, which breaks words at these too")
    .allowUnknownOption()
    .helpOption(false)
    .action((words: readonly string[], { breaks }: { readonly breaks?: string }) => run(contextOf(), words, breaks));
}

/**
 * Lines of `value<TAB>description`, and a last one: `:files` where paths are welcome as well, else `:`.
 *
 * @param breaks given for a line: of the values only what readline is to put in place of what follows the last break
 */
export async function runCompleteWords(context: Context, given: readonly string[], breaks?: string): Promise<void> {
  const { complete } = await import("../completion/complete.js");
  const { valueSources } = await import("../completion/sources.js");
  const { words, kept } = breaks === undefined ? { words: given, kept: 0 } : wordsOf(given.join(" "), breaks);
  const program = await commandTree(words.length > 1 ? words : [], () => context);
  const { candidates, files } = await complete(program, words.length > 0 ? words : [""], valueSources(context));
  const lines = candidates.map(({ value, description }) => `${value.slice(kept)}\t${oneLine(description)}\n`);
  context.out.terminal.stdout.write(`${lines.join("")}:${files ? "files" : ""}\n`);
}

/** Without the program's own name, which begins the line. */
function wordsOf(line: string, breaks: string): TypedLine {
  const { words, kept } = splitLine(line, breaks);
  return { words: words.slice(1), kept };
}

/** Shells read lines, and names of models are foreign text. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").slice(0, 100);
}
