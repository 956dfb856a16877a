// The answer to a prompt: the model's thinking apart from it, and at the end the receipt, whatever library computes it.
import type { LoadPlan } from "../../fit/plan-load.js";
import type { Tokens } from "../../model/types.js";
import type { AdapterFile, EngineBuild, GenerateEvent, Grammar, Sampling } from "../../runtime/engine.js";
import { constraintFor, splitterFor } from "../../runtime/thinking-apart.js";
import { hashText } from "../../store/hash-text.js";
import { type ChatTemplate, endsOf } from "./chat-template.js";
import type { AnswerEvent, AnswerOptions, Receipt } from "./session.js";

/** A loaded model, as far as a receipt tells of it. */
export interface Answering {
  readonly loaded: { readonly build: EngineBuild; readonly ctx: Tokens };
  readonly plan: LoadPlan;
  /** Null for a base model. */
  readonly template: string | null;
  readonly format: ChatTemplate | null;
  /** The time that the template was told. */
  readonly at: Date;
  readonly lora: readonly AdapterFile[];
}

/** What the model is asked with, made of the options. */
export interface Wishes {
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  readonly grammar?: Grammar;
}

/** @param text the prompt, as the template rendered it @param generate has the model answer it */
export async function* giveAnswer(
  { loaded, plan, template, format, at, lora }: Answering,
  text: string,
  sampling: Sampling,
  { thinking, grammar, raw, ...options }: AnswerOptions,
  generate: (wishes: Wishes) => AsyncIterable<GenerateEvent>,
): AsyncGenerator<AnswerEvent, Receipt> {
  const splitter = template === null || raw ? undefined : splitterFor(text, template);
  const shape = grammar && (raw ? grammar : constraintFor(grammar, text, template, thinking));
  const stop = endsOf(format, options.stop, grammar === undefined && !raw);
  let guessed = false;
  for await (const event of generate({ sampling, stop, ...(shape && { grammar: shape }) })) {
    if (event.type === "text") yield* splitter?.add(event.text) ?? [event];
    else if (event.type === "token") yield event;
    else {
      guessed = event.timings.speculation !== undefined;
      yield* splitter?.end() ?? [];
      yield event;
    }
  }
  const { threads, gpuLayers, batch, useMmap, kvType } = plan;
  return {
    engine: loaded.build,
    sampling,
    stop,
    maxTokens: options.maxTokens ?? null,
    thinking: thinking ?? null,
    ctx: loaded.ctx,
    threads,
    gpuLayers,
    batch,
    mapped: useMmap,
    kvType,
    templateSha256: template === null || raw ? null : hashText(template),
    at: at.toISOString(),
    promptSha256: hashText(text),
    grammarSha256: grammar === undefined ? null : hashText(grammar.gbnf),
    lora,
    guessed,
  };
}
