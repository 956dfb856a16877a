// What a model expects after each token of a text: for measuring, not for answering.
import type { LlamaContextSequence, Token } from "node-llama-cpp";
import { stepOf } from "../computing.js";
import { checkProbability } from "./check-numbers.js";

/** Of logits, over all positions that are computed at once: the library makes a list of two numbers for each, some 100 bytes. */
const MOST_AT_ONCE = 2_000_000;

/** Greedy: else the library would hand on what its samplers have left over. */
const ALL_LOGITS = { generateNext: { logits: true, options: { temperature: 0 } } } as const;

/**
 * For each token from `from` on the natural logarithms of the probabilities of what may follow it, by token id. The array is used again.
 * @throws OslmError no-numbers; the signal's reason, without waiting for what is under way
 */
export async function* predict(
  sequence: LlamaContextSequence,
  {
    tokens,
    from,
    vocabulary,
    path,
  }: {
    readonly tokens: readonly number[];
    readonly from: number;
    readonly vocabulary: number;
    /** Of the model, for errors. */
    readonly path: string;
  },
  signal: AbortSignal | undefined,
): AsyncGenerator<Float64Array, void> {
  await sequence.clearHistory();
  const out = new Float64Array(vocabulary);
  const ids = tokens as readonly Token[];
  if (from > 0) await evaluate(sequence, ids.slice(0, from), signal);
  const each = Math.max(1, Math.floor(MOST_AT_ONCE / vocabulary));
  for (let at = from; at < ids.length; at += each) {
    const wanted = ids.slice(at, at + each).map((token): [Token, typeof ALL_LOGITS] => [token, ALL_LOGITS]);
    for (const result of await evaluate(sequence, wanted, signal)) {
      const logits = result?.next.logits;
      if (logits?.size !== vocabulary) throw new Error(`${logits?.size} logits for ${vocabulary} tokens`);
      const logarithms = normalized(logits, out);
      checkProbability(logarithms[0] ?? 0, path);
      yield logarithms;
    }
  }
}

async function evaluate(
  sequence: LlamaContextSequence,
  input: Parameters<LlamaContextSequence["controlledEvaluate"]>[0],
  signal: AbortSignal | undefined,
) {
  const results = await stepOf(sequence.controlledEvaluate(input), signal);
  if (results === undefined) throw signal?.reason;
  return results;
}

function normalized(logits: ReadonlyMap<Token, number>, out: Float64Array): Float64Array {
  let most = Number.NEGATIVE_INFINITY;
  for (const [token, logit] of logits) {
    out[token] = logit;
    if (logit > most) most = logit;
  }
  let sum = 0;
  for (const logit of out) sum += Math.exp(logit - most);
  const total = most + Math.log(sum);
  for (const [token, logit] of out.entries()) out[token] = logit - total;
  return out;
}
