// Grammars as the library has them.
import type { Llama, LlamaGrammarEvaluationState, LlamaModel } from "node-llama-cpp";
import type { Grammar } from "../engine.js";

/** Not public: package.json pins the exact version. */
type Native = { readonly _bindings: { AddonGrammar: new (text: string, options: object) => NativeGrammar } };
interface NativeGrammar {
  isTextCompatible(text: string): boolean;
}

/** Where an answer stands in a grammar; one for each answer. */
export async function grammarState(
  llama: Llama,
  model: LlamaModel,
  { gbnf, root }: Grammar,
): Promise<LlamaGrammarEvaluationState> {
  const { LlamaGrammarEvaluationState: State } = await import("./node-llama.js");
  return new State({ model, grammar: await llama.createGrammar({ grammar: gbnf, rootRuleName: root }) });
}

export function followsGrammar(llama: Llama, { gbnf, root }: Grammar, text: string): boolean {
  const { _bindings: addon } = llama as unknown as Native;
  return new addon.AddonGrammar(gbnf, { addonExports: addon, rootRuleName: root }).isTextCompatible(text);
}
