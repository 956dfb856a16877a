// The draft model of a run: does it go with the model, what does it take, how is it loaded.
import { basename } from "node:path";
import { OslmError } from "../../errors.js";
import { draftBytes } from "../../fit/draft-bytes.js";
import { foreseenByFormula } from "../../fit/engine-count.js";
import { defaultContext, type LoadWishes, planLoad } from "../../fit/plan-load.js";
import { isSkipped } from "../../gguf/values.js";
import type { Bytes } from "../../model/types.js";
import type { DraftFile } from "../../runtime/engine.js";
import type { LocalModel } from "../run/local-model.js";
import { type ReadModel, readModel } from "../run/read-model.js";
import { rehearseLoad } from "../run/rehearse-load.js";
import type { World } from "../world.js";

/** llama.cpp's own limit (SPEC_VOCAB_MAX_SIZE_DIFFERENCE): files pad their vocabularies. */
const VOCABULARY_DIFFERENCE = 128;

export interface PlannedDraft {
  readonly bytes: Bytes;
  /** Of them, what the engine will count. */
  readonly counted: Bytes;
  readonly file: DraftFile;
}

/**
 * The first load of its file is rehearsed here.
 * @throws OslmError wrong-draft where the two count in other tokens; malformed-gguf, load-failed
 */
export async function planDraft(
  world: World,
  draft: LocalModel,
  target: ReadModel,
  wishes: LoadWishes,
): Promise<PlannedDraft> {
  const subject = await readModel(draft);
  const reason = difference(target, subject);
  if (reason !== undefined) throw new OslmError("wrong-draft", { draft: draft.ref, reason });
  const host = await world.hostNow();
  const { ctxTrain, blocks } = subject.geometry;
  const wanted = wishes.ctx ?? defaultContext(target.geometry);
  const ctx = Math.min(wanted, ctxTrain || wanted);
  const { sequences = 1 } = wishes;
  const plan = planLoad(subject, host, { ctx, kvType: "f16", sequences });
  // What does not even fit alone will not fit beside the other, which tells it.
  if (plan.fits) await rehearseLoad(world, { model: draft, subject, plan, host });
  return {
    bytes: draftBytes(plan.estimate, subject.geometry),
    counted: plan.fits ? foreseenByFormula(subject, plan, host) : 0,
    file: { path: draft.paths[0], ctx, threads: plan.fits ? plan.threads : 1, layers: blocks + 1 },
  };
}

/** What a header tells; the engine compares the tokens themselves. */
function difference(target: ReadModel, draft: ReadModel): string | undefined {
  const names = [draft, target].map(({ header }) => basename(header.name));
  const kinds = [draft, target].map(({ geometry }) => geometry.tokenizer);
  if (kinds[0] !== kinds[1]) return `The tokenizer of ${names[0]} is ${kinds[0]}, that of ${names[1]} is ${kinds[1]}.`;
  const [own = 0, asked = 0] = [draft, target].map(({ header }) => {
    const tokens = header.metadata.get("tokenizer.ggml.tokens");
    return isSkipped(tokens) || Array.isArray(tokens) ? tokens.length : 0;
  });
  if (Math.abs(own - asked) > VOCABULARY_DIFFERENCE) return `${names[0]} has ${own} tokens, ${names[1]} has ${asked}.`;
  return undefined;
}
