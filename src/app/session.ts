// A loaded model that answers messages: header, fit, engine and template joined.
import { randomInt } from "node:crypto";
import { basename } from "node:path";
import type { LoadPlan, LoadWishes } from "../fit/plan-load.js";
import type { EngineCount } from "../model/load-record.js";
import type { ShownImage } from "../model/saved-chat.js";
import type { Estimate, Tokens } from "../model/types.js";
import { defuse, encodePrompt } from "../runtime/encode-prompt.js";
import { encodeRaw } from "../runtime/encode-raw.js";
import type { AdapterFile, EngineBuild, GenerateEvent, Grammar, LoadedModel, Sampling } from "../runtime/engine.js";
import { type Pause, pauses } from "../runtime/pauses.js";
import type { Message } from "../runtime/template/render.js";
import { TemplateRenderer } from "../runtime/template/renderer.js";
import { type Thinking, thinkingVariables, withoutThinking } from "../runtime/thinking.js";
import { constraintFor, splitterFor } from "../runtime/thinking-apart.js";
import { countTokens, LONG_TEXT } from "../runtime/tokenize-long.js";
import { hashText } from "../store/hash-text.js";
import { chatTemplateOf } from "./chat-template.js";
import { defaultSampling } from "./default-sampling.js";
import { type LoadOrders, loadModel } from "./load-model.js";
import type { LocalModel } from "./local-model.js";
import { planDraft } from "./plan-draft.js";
import { promptStatesOf } from "./prompt-states.js";
import { promptTooLong } from "./prompt-too-long.js";
import { readAdapters } from "./read-adapters.js";
import { readModel } from "./read-model.js";
import type { World } from "./world.js";

export type AnswerEvent = GenerateEvent | { readonly type: "thinking"; readonly text: string };

export interface AnswerOptions {
  readonly sampling: Partial<Sampling>;
  readonly maxTokens?: number;
  readonly stop: readonly string[];
  /** The same answer as without any evaluated prompt at hand; a seed or temperature 0 ask for it as well. */
  readonly exact?: boolean;
  readonly thinking?: Thinking;
  /** Of the answer; what the model thinks before it is free. */
  readonly grammar?: Grammar;
  /** Yields each token with so many of the likeliest in its place. */
  readonly probabilities?: number;
  readonly signal?: AbortSignal;
  /** The last message's text as it is, without a template; with a suffix, what stands between the two. */
  readonly raw?: RawText | undefined;
}

export interface RawText {
  readonly suffix?: string;
}

/** What makes a prompt of messages. */
interface Wording {
  readonly thinking?: Thinking | undefined;
  readonly raw?: RawText | undefined;
  /** Besides the one of the session's world. */
  readonly signal?: AbortSignal | undefined;
}

/** What decided an answer, so that it can be had again. */
export interface Receipt {
  readonly engine: EngineBuild;
  readonly sampling: Sampling;
  readonly stop: readonly string[];
  readonly maxTokens: Tokens | null;
  readonly thinking: Thinking | null;
  readonly ctx: Tokens;
  readonly threads: number;
  readonly gpuLayers: number;
  readonly batch: Tokens;
  /** Whether the file was mapped: then other kernels may compute. */
  readonly mapped: boolean;
  readonly kvType: Estimate["kvType"];
  readonly templateSha256: string | null;
  /** The time that the template was told; ISO 8601 UTC. */
  readonly at: string;
  readonly promptSha256: string;
  /** Of the grammar, in GBNF; null for a free answer. */
  readonly grammarSha256: string | null;
  readonly lora: readonly AdapterFile[];
  /** With guesses each place of the text has a seed of its own, whoever guesses. */
  readonly guessed: boolean;
  readonly seen?: Seen;
}

/** What a model was shown, where it was shown images. */
export interface Seen {
  /** Absolute path. */
  readonly projector: string;
  /** In their order. */
  readonly images: readonly ShownImage[];
}

export interface Session {
  readonly plan: LoadPlan;
  /** What the engine counts as its own now. */
  readonly engine: EngineCount;
  readonly ctx: number;
  /** False for a base model: it only continues a text. */
  readonly chats: boolean;
  /**
   * Of the prompt that `messages` make, and of a text alone; estimated where there are more than a million characters, and far
   * more than the context holds.
   * @throws the signal's reason
   */
  promptTokens(messages: readonly Message[], how?: Wording): Promise<Tokens>;
  tokens(text: string): Promise<Tokens>;
  /** Whether a whole text follows a grammar. */
  follows(grammar: Grammar, text: string): boolean;
  /**
   * Answers the last of `messages`; a base model continues their joined text.
   * @throws OslmError prompt-too-long, bad-template, generation-failed; the signal's reason before it is read
   */
  answer(messages: readonly Message[], options: AnswerOptions): AsyncGenerator<AnswerEvent, Receipt>;
  dispose(): Promise<void>;
}

export interface SessionOptions extends LoadOrders {
  /** False reads every prompt anew and keeps none. */
  readonly promptCache?: boolean;
  /** For templates that write the date. */
  readonly now?: Date;
  readonly lora?: readonly AdapterFile[];
  /** A small model that guesses ahead; its text is the same, but for ties and chance. */
  readonly draft?: LocalModel;
  /** Guesses from what the prompt says. */
  readonly lookup?: boolean;
}

/**
 * @throws OslmError malformed-gguf, unknown-architecture, does-not-fit, also when the memory runs out while loading; no-backend, load-failed
 */
export async function openSession(
  world: World,
  model: LocalModel,
  wishes: LoadWishes,
  { lora = [], draft, lookup = false, promptCache = true, now = world.now(), ...orders }: SessionOptions = {},
): Promise<Session> {
  const subject = await readModel(model);
  const adapters = await readAdapters(world, lora, subject);
  const guessing = draft && (await planDraft(world, draft, subject, wishes));
  const template = chatTemplateOf(model, subject.geometry)?.text ?? null;
  // Starts its thread now, beside the load of the weights.
  const renderer =
    template === null ? undefined : new TemplateRenderer({ file: basename(model.paths[0]), template, now });
  try {
    const all = { ...wishes, adapters: adapters.bytes, ...(guessing && { draft: guessing.bytes }) };
    const request = {
      ...orders,
      model,
      subject,
      wishes: all,
      adapters: adapters.files,
      besides: guessing?.counted ?? 0,
    };
    const { plan, host, loaded, engine } = await loadModel(world, request, async (llama, load, planned) => {
      // Kept is what one prompt of this very model left: not where several come at once, nor with adapters.
      const keeps = promptCache && planned.sequences === 1 && lora.length === 0;
      const promptStates = keeps ? await promptStatesOf(world, model, planned) : undefined;
      const besides = { lora: adapters.files, lookup, ...(guessing && { draft: guessing.file }) };
      return llama.load({ ...load, ...besides, ...(promptStates && { promptStates }) }, world.signal);
    });
    const tooLong: TooLongError = (tokens, about, maxTokens) =>
      promptTooLong({ tokens, about, ctx: loaded.ctx, maxTokens, subject, host, wishes: all });
    const equipment = { renderer, template, at: now, lora: adapters.files, signal: world.signal };
    return new EngineSession(plan, engine, loaded, equipment, defaultSampling(subject.header), tooLong);
  } catch (error) {
    await renderer?.dispose();
    throw error;
  }
}

/** What belongs to a session besides the model. */
interface Equipment {
  readonly renderer: TemplateRenderer | undefined;
  /** Null for a base model. */
  readonly template: string | null;
  readonly at: Date;
  readonly lora: readonly AdapterFile[];
  readonly signal: AbortSignal;
}

type TooLongError = (tokens: Tokens, about: boolean, maxTokens: Tokens | undefined) => Error;

/** A prompt with so many times the tokens of the context is refused by an estimate. */
const FAR = 4;

class EngineSession implements Session {
  readonly ctx: number;
  readonly chats: boolean;
  private readonly renderer: TemplateRenderer | undefined;
  private readonly template: string | null;
  private readonly at: Date;
  private readonly lora: readonly AdapterFile[];
  private readonly signal: AbortSignal;

  constructor(
    readonly plan: LoadPlan,
    readonly engine: EngineCount,
    private readonly loaded: LoadedModel,
    { renderer, template, at, lora, signal }: Equipment,
    private readonly defaults: Omit<Sampling, "seed">,
    private readonly tooLong: TooLongError,
  ) {
    this.renderer = renderer;
    this.template = template;
    this.at = at;
    this.lora = lora;
    this.signal = signal;
    this.ctx = loaded.ctx;
    this.chats = renderer !== undefined;
  }

  async *answer(
    messages: readonly Message[],
    { thinking, grammar, ...options }: AnswerOptions,
  ): AsyncGenerator<AnswerEvent, Receipt> {
    const sampling = { ...this.defaults, seed: randomInt(2 ** 32), ...options.sampling };
    const pause = pauses(this.signal, options.signal);
    const far = await this.#farTooMany(messages, pause);
    if (far !== undefined) throw this.tooLong(far, true, options.maxTokens);
    const { text, prompt } = await this.#encode(messages, { thinking, raw: options.raw }, pause);
    if (prompt.length >= this.ctx) throw this.tooLong(prompt.length, false, options.maxTokens);
    const splitter = this.template === null || options.raw ? undefined : splitterFor(text, this.template);
    const shape = grammar && (options.raw ? grammar : constraintFor(grammar, text, this.template, thinking));
    const wishes = { ...options, ...(shape && { grammar: shape }), sampling };
    const exact = options.exact || options.sampling.seed !== undefined || sampling.temp === 0;
    let guessed = false;
    for await (const event of this.loaded.generate(prompt, { ...wishes, exact })) {
      if (event.type === "text") yield* splitter?.add(event.text) ?? [event];
      else if (event.type === "token") yield event;
      else {
        guessed = event.timings.speculation !== undefined;
        yield* splitter?.end() ?? [];
        yield event;
      }
    }
    const { threads, gpuLayers, batch, useMmap, kvType } = this.plan;
    return {
      engine: this.loaded.build,
      sampling,
      stop: options.stop,
      maxTokens: options.maxTokens ?? null,
      thinking: thinking ?? null,
      ctx: this.ctx,
      threads,
      gpuLayers,
      batch,
      mapped: useMmap,
      kvType,
      templateSha256: this.template === null || options.raw ? null : hashText(this.template),
      at: this.at.toISOString(),
      promptSha256: hashText(text),
      grammarSha256: grammar === undefined ? null : hashText(grammar.gbnf),
      lora: this.lora,
      guessed,
    };
  }

  async promptTokens(messages: readonly Message[], how: Wording = {}): Promise<Tokens> {
    const pause = pauses(this.signal, how.signal);
    return (await this.#farTooMany(messages, pause)) ?? (await this.#encode(messages, how, pause)).prompt.length;
  }

  tokens(text: string): Promise<Tokens> {
    return countTokens(this.loaded, text, pauses(this.signal));
  }

  follows(grammar: Grammar, text: string): boolean {
    return this.loaded.follows(grammar, text);
  }

  async #encode(
    messages: readonly Message[],
    { thinking, raw }: Wording,
    pause: Pause,
  ): Promise<{ readonly text: string; readonly prompt: readonly number[] }> {
    if (raw) return encodeRaw(this.loaded, messages.at(-1)?.content ?? "", raw.suffix, pause);
    const rendered = await this.#render(messages, thinking, pause);
    const text = thinking === "off" ? withoutThinking(rendered, this.template) : rendered;
    return { text, prompt: await encodePrompt(this.loaded, text, pause) };
  }

  /** The tokens of what no template need see, nor be blamed for. */
  async #farTooMany(messages: readonly Message[], pause: Pause): Promise<Tokens | undefined> {
    if (messages.reduce((sum, { content }) => sum + content.length, 0) <= LONG_TEXT) return undefined;
    let tokens = 0;
    for (const { content } of messages) tokens += await countTokens(this.loaded, content, pause);
    return tokens > FAR * this.ctx ? tokens : undefined;
  }

  async #render(messages: readonly Message[], thinking: Thinking | undefined, pause: Pause): Promise<string> {
    const safe: Message[] = [];
    for (const { role, content } of messages) {
      safe.push({ role, content: await defuse(this.loaded, content, this.template, pause) });
    }
    if (!this.renderer) return safe.map(({ content }) => content).join("\n\n");
    return this.renderer.render(safe, this.loaded.tokenTexts, { variables: thinkingVariables(thinking) });
  }

  async dispose(): Promise<void> {
    await this.renderer?.dispose();
    await this.loaded.dispose();
  }
}
