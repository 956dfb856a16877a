// Turns tokens into text as they come: whole characters only, and nothing that may yet become a stop text.

/** Tokens of context that a detokenizer needs to place spaces and join bytes. */
const CONTEXT_TOKENS = 8;
/** A character has at most four bytes, a token at least one; beyond that the bytes are simply not text. */
const MAX_PENDING_TOKENS = 4;

export class TextAssembler {
  #pending: number[] = [];
  #before: readonly number[];
  #held = "";
  /** True once a stop text was met; the answer ends before it. */
  stopped = false;

  /** @param prompt the tokens before the answer: some tokenizers drop the first blank of a text */
  constructor(
    private readonly detokenize: (tokens: readonly number[], before: readonly number[]) => string,
    private readonly stop: readonly string[],
    prompt: readonly number[] = [],
  ) {
    this.#before = prompt.slice(-CONTEXT_TOKENS);
  }

  /** The text that is certain after this token; often the token's own, sometimes none, sometimes more. */
  add(token: number): string {
    this.#pending.push(token);
    const text = this.detokenize(this.#pending, this.#before);
    if (text.endsWith("\uFFFD") && this.#pending.length < MAX_PENDING_TOKENS) return "";
    this.#shift();
    return this.#release(text);
  }

  /** What was still held back when the model ended its answer. */
  end(): string {
    const text = this.#pending.length > 0 ? this.detokenize(this.#pending, this.#before) : "";
    this.#shift();
    const rest = this.#release(text) + this.#held;
    this.#held = "";
    return rest;
  }

  #shift(): void {
    this.#before = [...this.#before, ...this.#pending].slice(-CONTEXT_TOKENS);
    this.#pending = [];
  }

  #release(text: string): string {
    if (this.stopped) return "";
    const all = this.#held + text;
    const cut = firstStop(all, this.stop);
    this.stopped = cut >= 0;
    const end = this.stopped ? cut : all.length - longestStart(all, this.stop);
    this.#held = this.stopped ? "" : all.slice(end);
    return all.slice(0, end);
  }
}

function firstStop(text: string, stops: readonly string[]): number {
  const found = stops.map((stop) => text.indexOf(stop)).filter((index) => index >= 0);
  return found.length > 0 ? Math.min(...found) : -1;
}

/** Length of the longest end of `text` with which some stop text begins. */
function longestStart(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}
