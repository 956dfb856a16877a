// Prompts and texts that the context cannot hold, and batches of them.

export interface PromptFacts {
  "prompt-too-long": {
    tokens: number;
    /** Whether that is an estimate. */
    about: boolean;
    ctx: number;
    /** So many too many: at least one token of an answer has to fit as well. */
    over: number;
    /** The context that would hold it with an answer. */
    needed: number;
    /** Whether this machine has the memory for that. */
    fits: boolean;
    /** The longest context that the model was made for, where its header says it. */
    trained: number | null;
  };
  /** What --truncate may not leave out is too much already. */
  "nothing-to-cut": { kept: number; ctx: number /** Kept for the answer. */; room: number };
  /** One of the texts to embed, by its number from 1. */
  "text-too-long": { line: number; tokens: number; ctx: number };
  /** A line of a batch's input. */
  "bad-line": { line: number; reason: string };
  /**
   * Results that a batch cannot go on with: so many of their answers were written by an oslm that did not say what they are of, are of
   * another model or other flags, or are all of other prompts.
   */
  "other-results": {
    output: string;
    why: "unknown" | "run" | "prompt";
    count: number;
    of: number;
  };
  /** Prompts of a batch that have no answer, of so many. */
  "batch-failed": {
    failed: number;
    total: number;
    first: { readonly line: number; readonly message: string };
    output: string;
  };
}
