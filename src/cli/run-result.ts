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
  /** The template made the prompt without the question in it. */
  readonly leavesOut?: boolean;
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

/** Whether the model thought, and then said nothing. */
export function onlyThought({ answer: { text, rawThinking } }: Pick<Finished, "answer">): boolean {
  return text.trim() === "" && rawThinking.trim() !== "";
}

/** For people: what is missing of an answer, and how to get it. */
export function lackText(finished: Pick<Finished, "answer" | "ctx">): string | undefined {
  const cut = cutText(finished);
  if (!onlyThought(finished)) return cut;
  const still = finished.answer.receipt.thinking === "off";
  const way = still ? "another --seed may give one" : "--think=off asks for one at once";
  if (cut === undefined) return `the model thought and gave no answer; ${way}`;
  const more = cutBy(finished) === "context" ? "a larger --ctx" : "a larger -n";
  return `${cut}; until there the model only thought and gave no answer: ${more} makes room for it, ${way}`;
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
    ...(onlyThought(finished) && { onlyThought: true }),
    ...(finished.leavesOut && { leavesOut: "question" }),
    ...(truncated && { truncated }),
    usage,
    timings,
    ...(out.wants("receipt") && { receipt: await publicReceipt(finished) }),
  };
}
