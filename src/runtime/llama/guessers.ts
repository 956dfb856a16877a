// A guesser for each sequence, where guesses are asked for.
import type { LlamaContext } from "node-llama-cpp";
import { OslmError } from "../../errors.js";
import { DraftGuesser } from "./draft-guesser.js";
import type { Guesser } from "./guesser.js";
import { type Begun, loadWeights } from "./load-weights.js";
import { lookupGuesser } from "./lookup-guesser.js";

/** Not public; package.json pins the version. */
interface Native {
  readonly _ctx?: { ensureDraftContextIsCompatibleForSpeculative?(draft: unknown): void };
}

/** @throws OslmError wrong-draft where the two models' tokens differ, cannot-do for models that cannot take back a token */
export async function guessersOf(
  { llama, model: target, options, signal }: Begun,
  context: LlamaContext,
): Promise<readonly Guesser[]> {
  const { draft, lookup = false, sequences = 1, batch, gpuLayers, useMmap } = options;
  const each = Array.from({ length: sequences });
  if (draft === undefined && !lookup) return [];
  if (target.fileInsights.isRecurrent || target.fileInsights.isHybrid) {
    throw new OslmError("cannot-do", {
      what: "this model cannot check guesses",
      reason: "It is recurrent: its state does not let go of a token that was wrong.",
      instead: "the same without --draft and --lookup",
    });
  }
  if (draft === undefined) return each.map(() => lookupGuesser);
  const layers = gpuLayers > 0 ? draft.layers : 0;
  const model = await loadWeights(llama, { path: draft.path, useMmap, gpuLayers: layers }, signal);
  const own = await model.createContext({
    contextSize: draft.ctx,
    sequences,
    batchSize: Math.min(batch, draft.ctx),
    threads: draft.threads,
    flashAttention: "auto",
    failedCreationRemedy: false,
    ignoreMemorySafetyChecks: true,
    ...(signal ? { createSignal: signal } : {}),
  });
  try {
    const [large, small] = [context, own].map((one) => (one as unknown as Native)._ctx);
    large?.ensureDraftContextIsCompatibleForSpeculative?.(small);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OslmError("wrong-draft", { draft: draft.path, reason: `${reason}.` }, { cause });
  }
  return each.map(() => new DraftGuesser(own.getSequence(), draft.ctx, batch));
}
