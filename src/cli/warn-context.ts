// A context beyond what a model was trained with.
import type { Tokens } from "../model/types.js";
import type { Output } from "../ui/output.js";

/** Said once, before what follows from it. @param trainedFor null or 0 where that is not known */
export function warnOfContext(out: Output, contexts: readonly Tokens[], trainedFor: Tokens | null): void {
  const longest = Math.max(0, ...contexts);
  if (out.json || !trainedFor || longest <= trainedFor) return;
  const [asked, trained] = [longest, trainedFor].map((tokens) => tokens.toLocaleString("en"));
  out.warn(`the model was trained for ${trained} tokens: beyond them, up to ${asked} as asked, expect worse answers`);
}
