// One loaded model with one context and the sequences of tokens in it.
import type { Llama, LlamaContext, LlamaContextSequence, LlamaModel, Token } from "node-llama-cpp";
import { OslmError } from "../../errors.js";
import type { EngineBuild, FinishReason, GenerateEvent, GenerateOptions, LoadedModel, LoadOptions } from "../engine.js";
import { buildOf } from "./build-of.js";
import { encodeInfill } from "./encode-infill.js";
import type { Guesser } from "./guesser.js";
import { SequencePool } from "./sequence-pool.js";
import { allowsGuesses, type Guessing, speculate } from "./speculate.js";
import { TextAssembler } from "./text-assembler.js";

export class LlamaLoadedModel implements LoadedModel {
  readonly build: EngineBuild;
  readonly ctx: number;
  readonly beginToken: number | undefined;
  readonly tokenTexts: LoadedModel["tokenTexts"];
  readonly #pool: SequencePool<LlamaContextSequence>;
  readonly #guessers: ReadonlyMap<LlamaContextSequence, Guesser>;

  constructor(
    private readonly llama: Llama,
    private readonly model: LlamaModel,
    context: LlamaContext,
    private readonly options: LoadOptions,
    readonly loadMs: number,
    guessers: readonly Guesser[] = [],
  ) {
    this.build = buildOf(llama);
    // The library rounds contexts up; what fit promised is what was asked for.
    this.ctx = Math.min(options.ctx, context.contextSize);
    this.beginToken = (model.tokens.shouldPrependBosToken && model.tokens.bos) || undefined;
    this.tokenTexts = { bosToken: model.tokens.bosString ?? "", eosToken: model.tokens.eosString ?? "" };
    const sequences = Array.from({ length: options.sequences ?? 1 }, () => context.getSequence());
    this.#guessers = new Map(sequences.flatMap((one, index) => (guessers[index] ? [[one, guessers[index]]] : [])));
    this.#pool = new SequencePool(sequences);
  }

  get sequencesInUse(): number {
    return this.#pool.lent;
  }

  async memoryInUse(): Promise<number> {
    const { gpuVram, cpuRam } = await this.llama.getLlamaMemoryUsage();
    return gpuVram + cpuRam;
  }

  tokenize(text: string, special: boolean): number[] {
    return text === "" ? [] : this.model.tokenize(text, special);
  }

  encodeInfill(before: string, after: string): number[] | undefined {
    return encodeInfill(this.model, this.beginToken, before, after);
  }

  specialText(token: number): string | undefined {
    const attributes = this.model.getTokenAttributes(token as Token);
    return attributes.control || attributes.userDefined ? this.model.detokenize([token as Token], true) : undefined;
  }

  async *generate(prompt: readonly number[], options: GenerateOptions): AsyncGenerator<GenerateEvent, void> {
    if (prompt.length >= this.ctx) {
      throw new OslmError("prompt-too-long", { tokens: prompt.length, ctx: this.ctx });
    }
    const sequence = await this.#pool.take(prompt);
    const speculation = this.#guessers.has(sequence) ? { checked: 0, right: 0 } : undefined;
    const clock = new Clock(this.loadMs);
    const limit = Math.min(options.maxTokens ?? Number.POSITIVE_INFINITY, this.ctx - prompt.length);
    let cachedTokens = 0;
    let completionTokens = 0;
    let finishReason: FinishReason = "stop";
    try {
      cachedTokens = await reuseState(sequence, prompt);
      const last = await this.#readPrompt(sequence, prompt.slice(cachedTokens), options.signal);
      clock.promptRead();
      if (last === undefined) finishReason = "cancelled";
      else if (limit === 0) finishReason = "length";
      else {
        const text = new TextAssembler((tokens, before) => this.#detokenize(tokens, before), options.stop, prompt);
        for await (const token of this.#tokens(sequence, prompt, last, options, speculation)) {
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
    } finally {
      this.#pool.give(sequence);
    }
    const usage = { promptTokens: prompt.length, completionTokens, cachedTokens };
    yield {
      type: "done",
      finishReason,
      usage,
      timings: { ...clock.timings(completionTokens), ...(speculation && { speculation }) },
    };
  }

  async dispose(): Promise<void> {
    // Disposes of the contexts and models made with it too.
    await this.llama.dispose();
  }

  /**
   * Reads all but the last piece and returns that, ready to be evaluated with the answer; undefined when aborted. In pieces of one
   * batch, since the library looks at the signal only when the whole prompt is read.
   */
  async #readPrompt(
    sequence: LlamaContextSequence,
    tokens: readonly number[],
    signal: AbortSignal | undefined,
  ): Promise<Token[] | undefined> {
    const piece = this.options.batch;
    let start = 0;
    for (; tokens.length - start > piece; start += piece) {
      if (signal?.aborted) return undefined;
      await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(start, start + piece) as Token[]);
    }
    return signal?.aborted ? undefined : (tokens.slice(start) as Token[]);
  }

  /** Of the answer, guessed ahead where there is a guesser and the sampling allows it. */
  #tokens(
    sequence: LlamaContextSequence,
    prompt: readonly number[],
    unread: Token[],
    options: GenerateOptions,
    tally: Guessing["tally"] | undefined,
  ): AsyncIterable<Token> {
    const guesser = this.#guessers.get(sequence);
    const sampling = evaluateOptions(options);
    if (!guesser || !tally || !allowsGuesses(sampling)) return sequence.evaluate(unread, sampling);
    return speculate(sequence, prompt, unread, { guesser, ctx: this.ctx, signal: options.signal, sampling, tally });
  }

  #detokenize(tokens: readonly number[], before: readonly number[]): string {
    return this.model.detokenize(tokens as Token[], false, before as Token[]);
  }
}

/** Keeps the state of the common beginning; gives its length. At least one token is left to evaluate. */
async function reuseState(sequence: LlamaContextSequence, prompt: readonly number[]): Promise<number> {
  await sequence.adaptStateToTokens(prompt.slice(0, -1) as Token[], false);
  return sequence.nextTokenIndex;
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
