// A loaded model that answers messages: header, fit, engine and template joined.
import { randomInt } from "node:crypto";
import { basename } from "node:path";
import { isOslmError } from "../errors.js";
import type { LoadPlan, LoadWishes } from "../fit/plan-load.js";
import type { GgufMetadata } from "../gguf/values.js";
import type { Estimate } from "../model/types.js";
import { defuse, encodePrompt } from "../runtime/encode-prompt.js";
import { encodeRaw } from "../runtime/encode-raw.js";
import type { AdapterFile, EngineBuild, GenerateEvent, LoadedModel, Sampling } from "../runtime/engine.js";
import type { Message } from "../runtime/template/render.js";
import { TemplateRenderer } from "../runtime/template/renderer.js";
import { ThinkSplitter } from "../runtime/think-splitter.js";
import { hashText } from "../store/hash-text.js";
import { loadModel, type OpenOptions } from "./load-model.js";
import type { LocalModel } from "./local-model.js";
import { planDraft } from "./plan-draft.js";
import { readAdapters } from "./read-adapters.js";
import { readModel } from "./read-model.js";
import type { World } from "./world.js";

export type AnswerEvent = GenerateEvent | { readonly type: "thinking"; readonly text: string };

export interface AnswerOptions {
  readonly sampling: Partial<Sampling>;
  readonly maxTokens?: number;
  readonly stop: readonly string[];
  readonly signal?: AbortSignal;
  /** The last message's text as it is, without a template; with a suffix, what stands between the two. */
  readonly raw?: { readonly suffix?: string };
}

/** What decided an answer, so that it can be had again. */
export interface Receipt {
  readonly engine: EngineBuild;
  readonly sampling: Sampling;
  readonly ctx: number;
  readonly threads: number;
  readonly gpuLayers: number;
  readonly kvType: Estimate["kvType"];
  readonly templateSha256: string | null;
  readonly promptSha256: string;
}

export interface Session {
  readonly plan: LoadPlan;
  readonly ctx: number;
  /** False for a base model: it only continues a text. */
  readonly chats: boolean;
  /**
   * Answers the last of `messages`; a base model continues their joined text.
   * @throws OslmError prompt-too-long, bad-template, generation-failed
   */
  answer(messages: readonly Message[], options: AnswerOptions): AsyncGenerator<AnswerEvent, Receipt>;
  dispose(): Promise<void>;
}

/** llama.cpp's own defaults (common/common.h, common_params_sampling); a model's `general.sampling.*` keys go before. */
const SAMPLING = { temp: 0.8, topK: 40, topP: 0.95, minP: 0.05 } as const;

export interface SessionOptions extends OpenOptions {
  readonly lora?: readonly AdapterFile[];
  /** A small model that guesses ahead; its text is the same, but for ties and chance. */
  readonly draft?: LocalModel;
  /** Guesses from what the prompt says. */
  readonly lookup?: boolean;
}

/**
 * @throws OslmError malformed-gguf, does-not-fit, also when the memory runs out while loading; no-backend, load-failed
 */
export async function openSession(
  world: World,
  model: LocalModel,
  wishes: LoadWishes,
  { lora = [], draft, lookup = false, ...options }: SessionOptions = {},
): Promise<Session> {
  const subject = await readModel(model);
  const adapters = await readAdapters(world, lora, subject);
  const guessing = draft && (await planDraft(world, draft, subject, wishes));
  const template = subject.geometry.chatTemplate ?? null;
  // Starts its thread now, beside the load of the weights.
  const source = { file: basename(model.paths[0]), template: template ?? "", now: world.now() };
  const renderer = template === null ? undefined : new TemplateRenderer(source);
  try {
    const all = { ...wishes, adapters: adapters.bytes, ...(guessing && { draft: guessing.bytes }) };
    const { plan, loaded } = await loadModel(world, { ...options, model, subject, wishes: all }, (engine, load) =>
      engine.load({ ...load, lora: adapters.files, lookup, ...(guessing && { draft: guessing.file }) }, world.signal),
    );
    return new EngineSession(plan, loaded, renderer, template, samplingOf(subject.header));
  } catch (error) {
    await renderer?.dispose();
    throw error;
  }
}

class EngineSession implements Session {
  readonly ctx: number;
  readonly chats: boolean;

  constructor(
    readonly plan: LoadPlan,
    private readonly loaded: LoadedModel,
    private readonly renderer: TemplateRenderer | undefined,
    private readonly template: string | null,
    private readonly defaults: Omit<Sampling, "seed">,
  ) {
    this.ctx = loaded.ctx;
    this.chats = renderer !== undefined;
  }

  async *answer(messages: readonly Message[], options: AnswerOptions): AsyncGenerator<AnswerEvent, Receipt> {
    const sampling = { ...this.defaults, seed: randomInt(2 ** 32), ...options.sampling };
    const { text, prompt } = await this.#encode(messages, options);
    const splitter = this.chats && !options.raw ? new ThinkSplitter(text) : undefined;
    for await (const event of this.loaded.generate(prompt, { ...options, sampling })) {
      if (event.type === "text") yield* splitter?.add(event.text) ?? [event];
      else {
        yield* splitter?.end() ?? [];
        yield event;
      }
    }
    const { threads, gpuLayers, kvType } = this.plan;
    return {
      engine: this.loaded.build,
      sampling,
      ctx: this.ctx,
      threads,
      gpuLayers,
      kvType,
      templateSha256: this.template === null || options.raw ? null : hashText(this.template),
      promptSha256: hashText(text),
    };
  }

  async #encode(messages: readonly Message[], { raw }: AnswerOptions): Promise<{ text: string; prompt: number[] }> {
    if (raw) return encodeRaw(this.loaded, messages.at(-1)?.content ?? "", raw.suffix);
    const text = await this.#render(messages);
    return { text, prompt: encodePrompt(this.loaded, text) };
  }

  async #render(messages: readonly Message[]): Promise<string> {
    const safe = messages.map(({ role, content }) => ({ role, content: defuse(this.loaded, content) }));
    if (!this.renderer) return safe.map(({ content }) => content).join("\n\n");
    try {
      return await this.renderer.render(safe, this.loaded.tokenTexts);
    } catch (error) {
      // Some templates (Gemma 2, early Mistral) refuse the system role; llama.cpp says it in the first question too.
      const merged = mergeSystem(safe);
      if (merged === undefined || !isOslmError(error, "bad-template")) throw error;
      return this.renderer.render(merged, this.loaded.tokenTexts).catch(() => {
        throw error;
      });
    }
  }

  async dispose(): Promise<void> {
    await this.renderer?.dispose();
    await this.loaded.dispose();
  }
}

function mergeSystem([system, first, ...rest]: readonly Message[]): Message[] | undefined {
  if (system?.role !== "system" || first?.role !== "user") return undefined;
  return [{ role: "user", content: `${system.content}\n\n${first.content}` }, ...rest];
}

/** The publisher's recommendation (llama.cpp's `general.sampling.*` keys), with llama.cpp's defaults for the rest. */
function samplingOf({ metadata }: GgufMetadata): Omit<Sampling, "seed"> {
  const key = (name: string, low: number, high: number, fallback: number): number => {
    const value = metadata.get(`general.sampling.${name}`);
    return typeof value === "number" && value >= low && value <= high ? value : fallback;
  };
  return {
    temp: key("temp", 0, 5, SAMPLING.temp),
    topK: Math.round(key("top_k", 0, 1_000_000, SAMPLING.topK)),
    topP: key("top_p", 0, 1, SAMPLING.topP),
    minP: key("min_p", 0, 1, SAMPLING.minP),
  };
}
