// The whole result of a one-shot run, as programs get it.
import type { LocalModel } from "../app/run/local-model.js";
import { hashAdapters } from "../app/run/read-adapters.js";
import { hashSeen, type PublicReceipt } from "../app/run/receipt.js";
import type { Truncated } from "../app/run/truncate.js";
import { hashText } from "../store/hash-text.js";
import type { Output } from "../ui/output.js";
import type { Answer } from "./stream-answer.js";
import { version } from "./version.js";

export interface Finished {
  readonly local: LocalModel;
  readonly answer: Answer;
  /** The context of the session. */
  readonly ctx: number;
  readonly truncated: Truncated | null;
  /** Of an answer that is JSON. */
  readonly json?: { readonly value: unknown };
}

/** What ended an answer that the model did not end itself. */
export function cutBy({ answer: { done }, ctx }: Pick<Finished, "answer" | "ctx">): "max-tokens" | "context" | null {
  if (done.finishReason !== "length") return null;
  const { promptTokens, completionTokens } = done.usage;
  return promptTokens + completionTokens < ctx ? "max-tokens" : "context";
}

/** For people: why an answer is not whole. */
export function cutText({ answer, ctx }: Pick<Finished, "answer" | "ctx">): string | undefined {
  const by = cutBy({ answer, ctx });
  if (by === null) return undefined;
  const cut = `the answer was cut after ${answer.done.usage.completionTokens} tokens`;
  return by === "context" ? `${cut}: the context of ${ctx} is full (--ctx)` : `${cut}, as asked by -n`;
}

/** What is known before the first token. */
export function startOf(local: LocalModel, ctx: number, truncated: Truncated | null): object {
  const commit = local.stored?.commit ?? null;
  return { model: { ref: local.ref, commit }, ctx, ...(truncated && { truncated }) };
}

/** Hashes the model's file where its hash is not known. */
export async function publicReceipt({ local, answer }: Pick<Finished, "local" | "answer">): Promise<PublicReceipt> {
  const modelSha256 = await local.sha256();
  const { lora: files, guessed, seen, ...receipt } = answer.receipt;
  const lora = (await hashAdapters(files)).map(({ sha256, scale }) => ({ sha256, scale }));
  return {
    version: 1,
    oslm: version,
    modelSha256,
    ...receipt,
    ...(lora.length > 0 && { lora }),
    ...(guessed && { guessed }),
    ...(seen && (await hashSeen(seen, local))),
    outputSha256: hashText(answer.text),
  };
}

/** The document; without the model and the receipt where they are not wanted, since for both the model's file is hashed. */
export async function runResult(finished: Finished, out: Pick<Output, "wants">): Promise<object> {
  const { local, answer, truncated, json } = finished;
  const { finishReason, usage, timings } = answer.done;
  const cut = cutBy(finished);
  return {
    ...(out.wants("model") && {
      model: { ref: local.ref, commit: local.stored?.commit ?? null, sha256: await local.sha256() },
    }),
    text: answer.text,
    ...(json && { json: json.value }),
    ...(answer.thinking !== "" && { thinking: answer.thinking }),
    ...(answer.tokens.length > 0 && { tokens: answer.tokens }),
    finishReason,
    ...(cut && { cutBy: cut }),
    ...(truncated && { truncated }),
    usage,
    timings,
    ...(out.wants("receipt") && { receipt: await publicReceipt(finished) }),
  };
}
