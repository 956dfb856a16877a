// From messages to an answer: what the template makes of them, whether the context holds it, and what comes of it.
import { randomInt } from "node:crypto";
import type { LoadPlan } from "../../fit/plan-load.js";
import type { EngineCount } from "../../model/load-record.js";
import type { Tokens } from "../../model/types.js";
import { defuse, encodePrompt } from "../../runtime/encode-prompt.js";
import { encodeRaw } from "../../runtime/encode-raw.js";
import type { AdapterFile, Grammar, LoadedModel, Sampling } from "../../runtime/engine.js";
import { type Pause, pauses } from "../../runtime/pauses.js";
import type { Message } from "../../runtime/template/render.js";
import type { TemplateRenderer } from "../../runtime/template/renderer.js";
import { type Thinking, thinkingVariables, withoutThinking } from "../../runtime/thinking.js";
import { countTokens, LONG_TEXT } from "../../runtime/tokenize-long.js";
import type { ChatTemplate } from "./chat-template.js";
import { giveAnswer } from "./give-answer.js";
import type { AnswerEvent, AnswerOptions, Receipt, Session, Wording } from "./session.js";

/** What belongs to a session besides the model. */
export interface Equipment {
  readonly renderer: TemplateRenderer | undefined;
  /** Null for a base model. */
  readonly template: string | null;
  readonly format: ChatTemplate | null;
  readonly at: Date;
  readonly lora: readonly AdapterFile[];
  readonly signal: AbortSignal;
}

/** What is said of a prompt that the context does not hold; `about` where its tokens are estimated. */
export type TooLongError = (tokens: Tokens, about: boolean, maxTokens: Tokens | undefined) => Error;

/** A prompt with so many times the tokens of the context is refused by an estimate. */
const FAR = 4;

/** A model that the engine has loaded, with the template that makes its prompts. */
export class EngineSession implements Session {
  readonly ctx: number;
  readonly chats: boolean;
  readonly knownTemplate: string | null;
  private readonly format: ChatTemplate | null;
  private readonly renderer: TemplateRenderer | undefined;
  private readonly template: string | null;
  private readonly at: Date;
  private readonly lora: readonly AdapterFile[];
  private readonly signal: AbortSignal;

  constructor(
    readonly plan: LoadPlan,
    readonly engine: EngineCount,
    private readonly loaded: LoadedModel,
    { renderer, template, format, at, lora, signal }: Equipment,
    private readonly defaults: Omit<Sampling, "seed">,
    private readonly tooLong: TooLongError,
  ) {
    this.renderer = renderer;
    this.template = template;
    this.format = format;
    this.knownTemplate = format?.known ?? null;
    this.at = at;
    this.lora = lora;
    this.signal = signal;
    this.ctx = loaded.ctx;
    this.chats = renderer !== undefined;
  }

  async *answer(messages: readonly Message[], options: AnswerOptions): AsyncGenerator<AnswerEvent, Receipt> {
    const { thinking, grammar: _, raw, ...others } = options;
    const sampling = { ...this.defaults, seed: randomInt(2 ** 32), ...options.sampling };
    const pause = pauses(this.signal, options.signal);
    const far = await this.#farTooMany(messages, pause);
    if (far !== undefined) throw this.tooLong(far, true, options.maxTokens);
    const { text, prompt } = await this.#encode(messages, { thinking, raw }, pause);
    if (prompt.length >= this.ctx) throw this.tooLong(prompt.length, false, options.maxTokens);
    const exact = options.exact || options.sampling.seed !== undefined || sampling.temp === 0;
    const { loaded, plan, template, format, at, lora } = this;
    return yield* giveAnswer({ loaded, plan, template, format, at, lora }, text, sampling, options, (wishes) =>
      loaded.generate(prompt, { ...others, ...wishes, exact }),
    );
  }

  async promptTokens(messages: readonly Message[], how: Wording = {}): Promise<Tokens> {
    const pause = pauses(this.signal, how.signal);
    return (await this.#farTooMany(messages, pause)) ?? (await this.#encode(messages, how, pause)).prompt.length;
  }

  get leavesOut(): boolean {
    return this.renderer?.leavesOut ?? false;
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
