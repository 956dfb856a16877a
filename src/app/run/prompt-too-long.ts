// A prompt that the context cannot hold, with the context that would.
import { OslmError } from "../../errors.js";
import { type LoadWishes, type PlanSubject, planLoad } from "../../fit/plan-load.js";
import type { Host, Tokens } from "../../model/types.js";

/** Room for an answer where no length of it was asked for. */
export const ANSWER_ROOM: Tokens = 512;
/** Contexts are made in steps of 256; people prefer rounder numbers. */
const STEP = 1024;
/** An estimate can be too low. */
const MARGIN = 1.25;

export interface TooLong {
  readonly tokens: Tokens;
  /** Whether that is an estimate. */
  readonly about: boolean;
  readonly ctx: Tokens;
  readonly maxTokens: Tokens | undefined;
  readonly subject: PlanSubject;
  readonly host: Host;
  readonly wishes: LoadWishes;
}

/** Says by how much, and which context would hold it on this machine. */
export function promptTooLong({
  tokens,
  about,
  ctx,
  maxTokens,
  subject,
  host,
  wishes,
}: TooLong): OslmError<"prompt-too-long"> {
  const needed = Math.ceil((tokens * (about ? MARGIN : 1) + (maxTokens ?? ANSWER_ROOM)) / STEP) * STEP;
  const fits = planLoad(subject, host, { ...wishes, ctx: needed }).fits;
  const trained = subject.geometry.ctxTrain || null;
  return new OslmError("prompt-too-long", { tokens, about, ctx, over: tokens - ctx + 1, needed, fits, trained });
}
