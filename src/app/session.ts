// A loaded model that answers messages: header, fit, engine and template joined.
import { randomInt } from "node:crypto";
import { basename } from "node:path";
import { isOslmError } from "../errors.js";
import type { Shortage } from "../fit/capacity.js";
import { foreseenByFormula, sayEngineCount } from "../fit/engine-count.js";
import { forcePlan } from "../fit/force-plan.js";
import { type LoadPlan, type LoadWishes, planLoad } from "../fit/plan-load.js";
import type { GgufMetadata } from "../gguf/values.js";
import type { EngineCount } from "../model/load-record.js";
import { quoted } from "../model/quoted.js";
import type { Estimate, Host, Tokens } from "../model/types.js";
import { defuse, encodePrompt } from "../runtime/encode-prompt.js";
import type { EngineBuild, GenerateEvent, Grammar, LoadedModel, Sampling } from "../runtime/engine.js";
import type { Message } from "../runtime/template/render.js";
import { TemplateRenderer } from "../runtime/template/renderer.js";
import { afterThinking } from "../runtime/think-grammar.js";
import { ThinkSplitter } from "../runtime/think-splitter.js";
import { type Thinking, thinkingOf, thinkingVariables, withoutThinking } from "../runtime/thinking.js";
import { hashText } from "../store/hash-text.js";
import { checkArchitecture } from "./check-architecture.js";
import { doesNotFit, ranOut } from "./does-not-fit.js";
import type { LocalModel } from "./local-model.js";
import { promptStatesOf } from "./prompt-states.js";
import { promptTooLong } from "./prompt-too-long.js";
import { readModel } from "./read-model.js";
import { canTakeAll, rehearseLoad } from "./rehearse-load.js";
import { type Misfit, smallerModels } from "./smaller-models.js";
import { again, type Stuck, waysAfter, waysOut } from "./ways-out.js";
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
}

export interface Session {
  readonly plan: LoadPlan;
  /** What the engine counts as its own now. */
  readonly engine: EngineCount;
  readonly ctx: number;
  /** False for a base model: it only continues a text. */
  readonly chats: boolean;
  /** Of the prompt that `messages` make, and of a text alone. */
  promptTokens(messages: readonly Message[], thinking?: Thinking): Promise<Tokens>;
  tokens(text: string): Tokens;
  /** Whether a whole text follows a grammar. */
  follows(grammar: Grammar, text: string): boolean;
  /**
   * Answers the last of `messages`; a base model continues their joined text.
   * @throws OslmError prompt-too-long, bad-template, generation-failed
   */
  answer(messages: readonly Message[], options: AnswerOptions): AsyncGenerator<AnswerEvent, Receipt>;
  dispose(): Promise<void>;
}

/** llama.cpp's own defaults (common/common.h, common_params_sampling); a model's `general.sampling.*` keys go before. */
const SAMPLING = {
  temp: 0.8,
  topK: 40,
  topP: 0.95,
  minP: 0.05,
  repeatPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repeatLastN: 64,
} as const;

export interface LoadOrders {
  /** Loads although the plan does not fit. */
  readonly force?: boolean;
  /** Told before such a load: by how much it does not fit, and whether it is tried in a process of its own first. */
  readonly onForced?: (shortage: Shortage, tried: boolean) => void;
  /** False reads every prompt anew and keeps none. */
  readonly promptCache?: boolean;
  /** For templates that write the date. */
  readonly now?: Date;
}

/**
 * @throws OslmError malformed-gguf, unknown-architecture, does-not-fit, also when the memory runs out while loading; no-backend, load-failed
 */
export async function openSession(
  world: World,
  model: LocalModel,
  wishes: LoadWishes,
  { force = false, onForced, promptCache = true, now = world.now() }: LoadOrders = {},
): Promise<Session> {
  const [path] = model.paths;
  const name = basename(path);
  const subject = await readModel(model);
  checkArchitecture(subject.geometry, { file: name, force: null });
  // A plan made before a download may be minutes old: what counts is what is free now.
  const host = await world.hostNow();
  const planned = async (on: Host): Promise<Planned> => {
    const one = await planOn(world, { model, subject, host: on, wishes }, force);
    if (one.forced) onForced?.(one.forced, canTakeAll(one.plan) && (await world.engine()).rehearses);
    return one;
  };
  const first = await planned(host);
  const template = subject.geometry.chatTemplate ?? null;
  // Starts its thread now, beside the load of the weights.
  const renderer = template === null ? undefined : new TemplateRenderer({ file: name, template, now });
  const load = async (plan: LoadPlan): Promise<EngineSession> => {
    const engine = await world.engine();
    const tried = await rehearseLoad(world, { model, subject, plan, host });
    const promptStates = promptCache ? await promptStatesOf(world, model, plan) : undefined;
    const loaded = await engine.load({ path, ...plan, ...(promptStates && { promptStates }) }, world.signal);
    const count = { counted: await loaded.memoryInUse(), foreseen: foreseenByFormula(subject, plan, host) };
    const explained = { ...plan, reasons: [...plan.reasons, ...tried, sayEngineCount(count)] };
    const tooLong = (tokens: Tokens, maxTokens: Tokens | undefined) =>
      promptTooLong({ tokens, ctx: loaded.ctx, maxTokens, subject, host, wishes });
    const chat = { renderer, template, at: now };
    return new EngineSession(explained, count, loaded, chat, samplingOf(subject.header), tooLong);
  };
  const told = async (planOfLoad: LoadPlan, error: unknown): Promise<never> => {
    if (!isOslmError(error, "out-of-memory")) throw error;
    const now = await world.hostNow();
    const ways = waysAfter(stuck(world, { model, wishes }), { subject, host: now, wishes, plan: planOfLoad });
    throw ranOut(model, planOfLoad, now, { engine: error.facts.reason, ways });
  };
  try {
    return await load(first.plan).catch(async (error: unknown) => {
      // A GPU that the driver shows and the engine cannot use: what was to lie there must fit the RAM as well.
      if (!isOslmError(error, "no-gpu") || host.gpuLayers !== undefined) return told(first.plan, error);
      const { plan } = await planned({ ...host, gpus: [] });
      const reasons = ["no GPU library of llama.cpp runs here: on the CPU", ...plan.reasons];
      return load({ ...plan, reasons }).catch((again: unknown) => told(plan, again));
    });
  } catch (error) {
    await renderer?.dispose();
    throw error;
  }
}

interface Planned {
  readonly plan: LoadPlan;
  /** By how much it does not fit. */
  readonly forced: Shortage | null;
}

function stuck({ machine }: World, { model, wishes }: Pick<Misfit, "model" | "wishes">): Stuck {
  return { command: `oslm run ${quoted(model.ref)}`, wishes, machine };
}

async function planOn(world: World, load: Misfit, force: boolean): Promise<Planned> {
  const { model, subject, host, wishes } = load;
  const plan = planLoad(subject, host, wishes);
  if (plan.fits) return { plan, forced: null };
  if (force) return { plan: forcePlan(subject, host, wishes, plan), forced: plan.shortage };
  const further = (await smallerModels(world, load)).map((ref) =>
    again(stuck(world, load), { command: `oslm run ${quoted(ref)}` }),
  );
  throw doesNotFit(model, plan, waysOut(stuck(world, load), { subject, host, wishes, plan }, { further }));
}

interface Template {
  readonly renderer: TemplateRenderer | undefined;
  /** Null for a base model. */
  readonly template: string | null;
  readonly at: Date;
}

class EngineSession implements Session {
  readonly ctx: number;
  readonly chats: boolean;
  private readonly renderer: TemplateRenderer | undefined;
  private readonly template: string | null;
  private readonly at: Date;

  constructor(
    readonly plan: LoadPlan,
    readonly engine: EngineCount,
    private readonly loaded: LoadedModel,
    { renderer, template, at }: Template,
    private readonly defaults: Omit<Sampling, "seed">,
    private readonly tooLong: (tokens: Tokens, maxTokens: Tokens | undefined) => Error,
  ) {
    this.renderer = renderer;
    this.template = template;
    this.at = at;
    this.ctx = loaded.ctx;
    this.chats = renderer !== undefined;
  }

  async *answer(
    messages: readonly Message[],
    { thinking, grammar, ...options }: AnswerOptions,
  ): AsyncGenerator<AnswerEvent, Receipt> {
    const sampling = { ...this.defaults, seed: randomInt(2 ** 32), ...options.sampling };
    const text = await this.#prompt(messages, thinking);
    const prompt = encodePrompt(this.loaded, text);
    if (prompt.length >= this.ctx) throw this.tooLong(prompt.length, options.maxTokens);
    const splitter = this.chats ? new ThinkSplitter(text) : undefined;
    const constraint = grammar && this.#constraint(grammar, text, thinking);
    const exact = options.exact || options.sampling.seed !== undefined || sampling.temp === 0;
    for await (const event of this.loaded.generate(prompt, { ...options, ...constraint, sampling, exact })) {
      if (event.type === "text") yield* splitter?.add(event.text) ?? [event];
      else if (event.type === "token") yield event;
      else {
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
      templateSha256: this.template === null ? null : hashText(this.template),
      at: this.at.toISOString(),
      promptSha256: hashText(text),
      grammarSha256: grammar === undefined ? null : hashText(grammar.gbnf),
    };
  }

  async promptTokens(messages: readonly Message[], thinking?: Thinking): Promise<Tokens> {
    return encodePrompt(this.loaded, await this.#prompt(messages, thinking)).length;
  }

  tokens(text: string): Tokens {
    return this.loaded.tokenize(text, false).length;
  }

  follows(grammar: Grammar, text: string): boolean {
    return this.loaded.follows(grammar, text);
  }

  /** A model that thinks does so before the grammar holds. */
  #constraint(grammar: Grammar, prompt: string, thinking: Thinking | undefined): { grammar: Grammar } {
    const block = thinking === "off" ? "none" : thinkingOf(prompt, this.template);
    return { grammar: block === "none" ? grammar : afterThinking(grammar, block) };
  }

  async #prompt(messages: readonly Message[], thinking: Thinking | undefined): Promise<string> {
    const text = await this.#render(messages, thinking);
    return thinking === "off" ? withoutThinking(text, this.template) : text;
  }

  async #render(messages: readonly Message[], thinking: Thinking | undefined): Promise<string> {
    const safe = messages.map(({ role, content }) => ({ role, content: defuse(this.loaded, content) }));
    if (!this.renderer) return safe.map(({ content }) => content).join("\n\n");
    const options = { variables: thinkingVariables(thinking) };
    try {
      return await this.renderer.render(safe, this.loaded.tokenTexts, options);
    } catch (error) {
      // Some templates (Gemma 2, early Mistral) refuse the system role; llama.cpp says it in the first question too.
      const merged = mergeSystem(safe);
      if (merged === undefined || !isOslmError(error, "bad-template")) throw error;
      return this.renderer.render(merged, this.loaded.tokenTexts, options).catch(() => {
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
    repeatPenalty: key("penalty_repeat", 0, 10, SAMPLING.repeatPenalty),
    presencePenalty: SAMPLING.presencePenalty,
    frequencyPenalty: SAMPLING.frequencyPenalty,
    repeatLastN: Math.round(key("penalty_last_n", 0, 1_000_000, SAMPLING.repeatLastN)),
  };
}
