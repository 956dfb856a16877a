// One loaded model with one context and one sequence of tokens in it.
import type { Llama, LlamaContext, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { OslmError } from "../../errors.js";
import type { EngineBuild, FinishReason, GenerateEvent, GenerateOptions, LoadedModel, LoadOptions } from "../engine.js";
import { TextAssembler } from "./text-assembler.js";

export class LlamaLoadedModel implements LoadedModel {
  readonly build: EngineBuild;
  readonly ctx: number;
  readonly beginToken: number | undefined;
  readonly tokenTexts: LoadedModel["tokenTexts"];
  readonly #sequence: LlamaContextSequence;

  constructor(
    private readonly llama: Llama,
    private readonly model: LlamaModel,
    context: LlamaContext,
    private readonly options: LoadOptions,
    readonly loadMs: number,
  ) {
    this.build = { engine: "llama.cpp", release: llama.llamaCppRelease.release, backend: llama.gpu || "cpu" };
    // The library rounds contexts up; what fit promised is what was asked for.
    this.ctx = Math.min(options.ctx, context.contextSize);
    this.beginToken = (model.tokens.shouldPrependBosToken && model.tokens.bos) || undefined;
    this.tokenTexts = { bosToken: model.tokens.bosString ?? "", eosToken: model.tokens.eosString ?? "" };
    // By default it copies what a sliding window or a state holds every 8,192 tokens: some 220 MB each time for Gemma 2 2B. The price:
    // on such models a conversation beyond 8,192 tokens is read anew wherever it branches. Below that nothing is lost: as many tokens are
    // taken from the state with them as without.
    this.#sequence = context.getSequence({ checkpoints: { interval: false, max: 1 } });
  }

  async memoryInUse(): Promise<number> {
    const { gpuVram, cpuRam } = await this.llama.getLlamaMemoryUsage();
    return gpuVram + cpuRam;
  }

  tokenize(text: string, special: boolean): number[] {
    return text === "" ? [] : this.model.tokenize(text, special);
  }

  specialText(token: number): string | undefined {
    const attributes = this.model.getTokenAttributes(token as Token);
    return attributes.control || attributes.userDefined ? this.model.detokenize([token as Token], true) : undefined;
  }

  async *generate(prompt: readonly number[], options: GenerateOptions): AsyncGenerator<GenerateEvent, void> {
    if (prompt.length >= this.ctx) {
      throw new OslmError("prompt-too-long", { tokens: prompt.length, ctx: this.ctx });
    }
    const clock = new Clock(this.loadMs);
    const limit = Math.min(options.maxTokens ?? Number.POSITIVE_INFINITY, this.ctx - prompt.length);
    let cachedTokens = 0;
    let completionTokens = 0;
    let finishReason: FinishReason = "stop";
    try {
      cachedTokens = await this.#reuseState(prompt);
      const last = await this.#readPrompt(prompt.slice(cachedTokens), options.signal);
      clock.promptRead();
      if (last === undefined) finishReason = "cancelled";
      else if (limit === 0) finishReason = "length";
      else {
        const text = new TextAssembler((tokens, before) => this.#detokenize(tokens, before), options.stop);
        for await (const token of this.#sequence.evaluate(last, evaluateOptions(options))) {
          clock.token();
          completionTokens++;
          const piece = text.add(token);
          if (piece !== "") yield { type: "text", text: piece };
          if (text.stopped) break;
          if (options.signal?.aborted) finishReason = "cancelled";
          else if (completionTokens >= limit) finishReason = "length";
          else continue;
          break;
        }
        const rest = text.end();
        if (rest !== "") yield { type: "text", text: rest };
      }
    } catch (cause) {
      throw new OslmError(
        "generation-failed",
        { reason: cause instanceof Error ? cause.message : String(cause) },
        { cause },
      );
    }
    const usage = { promptTokens: prompt.length, completionTokens, cachedTokens };
    yield { type: "done", finishReason, usage, timings: clock.timings(completionTokens) };
  }

  async dispose(): Promise<void> {
    // Disposes of the contexts and models made with it too.
    await this.llama.dispose();
  }

  /** Keeps the state of the common beginning; gives its length. At least one token is left to evaluate. */
  async #reuseState(prompt: readonly number[]): Promise<number> {
    await this.#sequence.adaptStateToTokens(prompt.slice(0, -1) as Token[], false);
    return this.#sequence.nextTokenIndex;
  }

  /**
   * Reads all but the last piece and returns that, ready to be evaluated with the answer; undefined when aborted. In pieces of one
   * batch, since the library looks at the signal only when the whole prompt is read. One iterator takes them all, at the price of a token
   * that nobody wants after each: every evaluation of its own makes a sampler that holds 12 bytes for each token of the vocabulary
   * until Node collects it, and Node does not know of them (AddonSampler.cpp): 100 MB for 8,192 tokens of Qwen 2.
   */
  async #readPrompt(tokens: readonly number[], signal: AbortSignal | undefined): Promise<Token[] | undefined> {
    const { batch } = this.options;
    const pieces: Token[][] = [];
    for (let start = 0; start < tokens.length; start += batch) {
      pieces.push(tokens.slice(start, start + batch) as Token[]);
    }
    const last = pieces.pop();
    const [first, ...others] = pieces;
    if (first !== undefined && !signal?.aborted) {
      const reading = this.#sequence.evaluate(first, { temperature: 0, yieldEogToken: true });
      await reading.next();
      for (const piece of others) if (!signal?.aborted) await reading.next(piece);
      await reading.return();
    }
    return signal?.aborted ? undefined : last;
  }

  #detokenize(tokens: readonly number[], before: readonly number[]): string {
    return this.model.detokenize(tokens as Token[], false, before as Token[]);
  }
}

function evaluateOptions({ sampling }: GenerateOptions) {
  return {
    temperature: sampling.temp,
    topK: sampling.topK,
    topP: sampling.topP,
    minP: sampling.minP,
    seed: sampling.seed,
  };
}

/** Measures one generation. */
class Clock {
  readonly #start = performance.now();
  #prompt: number | undefined;
  #first: number | undefined;
  #last = 0;

  constructor(private readonly loadMs: number) {}

  promptRead(): void {
    this.#prompt = performance.now();
  }

  token(): void {
    this.#last = performance.now();
    this.#first ??= this.#last;
  }

  timings(tokens: number) {
    const end = performance.now();
    const seconds = (this.#last - (this.#first ?? this.#last)) / 1000;
    return {
      loadMs: round(this.loadMs),
      promptMs: round((this.#first ?? this.#prompt ?? end) - this.#start),
      firstTokenMs: round((this.#first ?? end) - this.#start),
      totalMs: round(end - this.#start),
      tokensPerSecond: round(seconds > 0 ? (tokens - 1) / seconds : 0),
    };
  }
}

/** More digits would only look exact. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
