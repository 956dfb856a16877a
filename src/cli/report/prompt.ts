// Prompts and texts that the context cannot hold, and batches of them.
import type { PromptFacts } from "../../errors/prompt.js";
import { capitalized } from "../../model/capitalized.js";
import type { Entries } from "./entry.js";

const OTHERS: Readonly<Record<PromptFacts["other-results"]["why"], string>> = {
  unknown: "of an older oslm, which did not write what they are of",
  run: "of another model or of other flags",
  prompt: "to other prompts, and none to these",
};

export const promptReports: Entries<PromptFacts> = {
  "prompt-too-long": (f) => [
    2,
    `the prompt has ${f.about ? "about " : ""}${f.tokens} tokens, but the context holds ${f.ctx}: ${f.over} too many`,
    `Nothing is cut silently.${f.trained !== null && f.needed > f.trained ? ` The model was made for ${f.trained} tokens at most.` : ""}`,
    f.fits && (f.trained === null || f.needed <= f.trained)
      ? `add --ctx ${f.needed}, or --truncate to leave out the middle of files and piped text`
      : `add --truncate to leave out the middle of files and piped text, or shorten the prompt${f.fits ? `, or risk --ctx ${f.needed}` : ""}`,
  ],
  "nothing-to-cut": (f) => [
    2,
    `nothing is left to cut: what stays whole has ${f.kept} tokens, and the context holds ${f.ctx}`,
    `The argument, the system prompt and the chat template stay whole; of the context ${f.room} tokens are for the answer.`,
    `raise --ctx, or shorten the argument or the system prompt${f.kept < f.ctx ? ", or ask for a shorter answer with -n" : ""}`,
  ],
  "text-too-long": (f) => [
    2,
    `text ${f.line} has ${f.tokens} tokens, ${f.tokens - f.ctx} more than the ${f.ctx} that can be embedded`,
    "Nothing is cut silently.",
    `add --truncate to cut it, or --ctx ${f.tokens} where the model was made for that`,
  ],
  "bad-line": (f) => [
    2,
    `line ${f.line} is no prompt`,
    `${capitalized(f.reason)}.`,
    '{"id":"1","prompt":"..."}   one to a line',
  ],
  "other-results": (f) => [
    2,
    `${f.output} has answers ${OTHERS[f.why]}`,
    `That holds for ${f.count} of ${f.of}; they are left as they are.`,
    "-o with another name, or the same command with --redo, which answers those again",
  ],
  "batch-failed": (f) => [
    9,
    `${f.failed} of ${f.total} prompts have no answer`,
    `The first is that of line ${f.first.line}: ${f.first.message}.`,
    f.output === "-"
      ? 'look for "status":"error" in the results'
      : `look for "status":"error" in ${f.output}; the same command tries those again`,
  ],
};
