// The engine's own reading of grammars.
import { type Addon, startAddon } from "../../src/runtime/llama/bare-addon.js";
import { EngineLog } from "../../src/runtime/llama/engine-log.js";

let addon: Promise<Addon> | undefined;

/** A function that tells whether a whole text follows the grammar; fails for what the engine does not parse. */
export async function matcher(gbnf: string, root = "root"): Promise<(text: string) => boolean> {
  addon ??= startAddon(new EngineLog());
  const exports = await addon;
  const grammar = new exports.AddonGrammar(gbnf, { addonExports: exports, rootRuleName: root });
  return (text) => grammar.isTextCompatible(text);
}
