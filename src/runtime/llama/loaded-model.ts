// One loaded model with one context and the sequences of tokens in it.
import type { Llama, LlamaContext, LlamaModel, Token } from "node-llama-cpp";
import { isOslmError, OslmError } from "../../errors.js";
import type {
  EngineBuild,
  FinishReason,
  GenerateEvent,
  GenerateOptions,
  Grammar,
  LoadedModel,
  LoadOptions,
} from "../engine.js";
import { MARK_TOKENS } from "../think-marks.js";
import { answerTokens, type Metadata, type Said } from "./answer-tokens.js";
import { buildOf } from "./build-of.js";
import { checkProbability, tryNumbers } from "./check-numbers.js";
import { Clock } from "./clock.js";
import { encodeInfill } from "./encode-infill.js";
import { followsGrammar, grammarState } from "./grammar.js";
import type { Guesser } from "./guesser.js";
import { Lane } from "./lane.js";
import { LanePool } from "./lane-pool.js";
import { predict } from "./predict.js";
import { PrefixState } from "./prefix-state.js";
import { NO_SHIFT, samplingOptions } from "./sampling-options.js";
import { scored } from "./scored.js";
import { allowsGuesses, speculate, type Tally } from "./speculate.js";
import { TextAssembler } from "./text-assembler.js";

export class LlamaLoadedModel implements LoadedModel {
  readonly build: EngineBuild;
  readonly ctx: number;
  readonly beginToken: number | undefined;
  readonly tokenTexts: LoadedModel["tokenTexts"];
  readonly #lanes: readonly Lane[];
  readonly #pool: LanePool<Lane>;
  /** It was seen to compute numbers. */
  #computes = false;
  /** The latest prompt that was read to its end. */
  #prompt: readonly number[] = [];
  /** Control tokens that are shown: some models (Phi 4) have the marks of thinking as such, which else leave no text. */
  readonly #marks: ReadonlyMap<number, string>;

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
    const states = options.promptStates?.(this.build);
    this.#lanes = Array.from({ length: options.sequences ?? 1 }, (_, index) => {
      // By default it copies what a sliding window or a state holds every 8,192 tokens: some 220 MB each time for Gemma 2 2B. The price:
      // on such models a conversation beyond 8,192 tokens is read anew wherever it branches. Below that nothing is lost: as many tokens are
      // taken from the state with them as without.
      const sequence = context.getSequence({ checkpoints: { interval: false, max: 1 } });
      return new Lane(sequence, new PrefixState(sequence, states, options.batch), guessers[index]);
    });
    this.#pool = new LanePool(this.#lanes);
    const groups = MARK_TOKENS.map((group) =>
      group.flatMap((text): [number, string][] => {
        const [token] = model.tokenize(text, true);
        return token !== undefined && this.specialToken(token)?.text === text ? [[token, text]] : [];
      }),
    );
    this.#marks = new Map(groups.filter((found, index) => found.length === MARK_TOKENS[index]?.length).flat());
  }

  get lanesInUse(): number {
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

  specialToken(token: number): { readonly text: string; readonly control: boolean } | undefined {
    const { control, unknown, userDefined } = this.model.getTokenAttributes(token as Token);
    if (!control && !unknown && !userDefined) return undefined;
    return { text: this.model.detokenize([token as Token], true), control: control || unknown };
  }

  async *generate(prompt: readonly number[], options: GenerateOptions): AsyncGenerator<GenerateEvent, void> {
    if (prompt.length >= this.ctx) throw new RangeError(`${prompt.length} tokens in a context of ${this.ctx}`);
    const lane = await this.#pool.take(prompt);
    await lane.left;
    let tally: Tally | undefined;
    const clock = new Clock(this.loadMs);
    const limit = Math.min(options.maxTokens ?? Number.POSITIVE_INFINITY, this.ctx - prompt.length);
    let cachedTokens = 0;
    let completionTokens = 0;
    let finishReason: FinishReason = "stop";
    try {
      const { probabilities: count = 0, signal } = options;
      // A grammar ends the process where a model computes no numbers, and guesses come without probabilities.
      const tells = options.grammar === undefined && lane.guesser === undefined;
      if (!tells && !this.#computes)
        this.#computes = await tryNumbers(lane, prompt[0] as Token | undefined, this.options.path, signal);
      // A step that was broken off may still use the sequence.
      const known = lane.left ? { cached: 0 } : await lane.prefix.reuse(prompt, options.exact ?? false);
      cachedTokens = known.cached;
      const last = await this.#readPrompt(lane, prompt, known, signal);
      clock.promptRead();
      if (last !== undefined) this.#prompt = prompt;
      if (last === undefined) finishReason = "cancelled";
      else {
        const text = new TextAssembler((tokens, before) => this.#detokenize(tokens, before), options.stop, prompt);
        const grammar = options.grammar && (await grammarState(this.llama, this.model, options.grammar));
        const answer: Token[] = [];
        const how = {
          ...samplingOptions(options, (count) => [...prompt.slice(-count), ...answer].slice(-count) as Token[]),
          ...(grammar && { grammarEvaluationState: grammar }),
        };
        // Probabilities of all cost a pass over the whole vocabulary for each token: only where asked.
        const metadata = { probabilities: count > 0, confidence: tells } as Metadata;
        const { guesser, sequence } = lane;
        if (guesser && count === 0 && allowsGuesses(how)) tally = { checked: 0, right: 0 };
        const tokens: AsyncGenerator<Said, void> =
          guesser && tally
            ? speculate(sequence, prompt, last, { guesser, ctx: this.ctx, signal, sampling: how, tally })
            : answerTokens(sequence, last, metadata, { ...how, yieldEogToken: true });
        try {
          for (;;) {
            const step = await lane.step(tokens, undefined, signal);
            if (step === undefined) {
              finishReason = "cancelled";
              break;
            }
            if (step.done) break;
            const { token, probabilities, confidence } = step.value;
            if (confidence !== undefined) {
              checkProbability(confidence, this.options.path);
              this.#computes = true;
            }
            if (this.model.isEogToken(token)) break;
            clock.token();
            completionTokens++;
            answer.push(token);
            if (probabilities !== undefined) yield scored(this.model, token, probabilities, count);
            const piece = text.add(token);
            if (piece !== "") yield { type: "text", text: piece };
            if (text.stopped) break;
            if (signal?.aborted) finishReason = "cancelled";
            else if (completionTokens >= limit) finishReason = "length";
            else continue;
            break;
          }
        } finally {
          // Behind a step that was left it would wait for that.
          if (lane.left === undefined) await tokens.return();
        }
        const rest = text.end();
        if (rest !== "") yield { type: "text", text: rest };
      }
    } catch (cause) {
      if (isOslmError(cause)) throw cause;
      throw new OslmError(
        "generation-failed",
        { reason: cause instanceof Error ? cause.message : String(cause) },
        { cause },
      );
    } finally {
      this.#pool.give(lane);
    }
    const usage = { promptTokens: prompt.length, completionTokens, cachedTokens };
    yield {
      type: "done",
      finishReason,
      usage,
      timings: { ...clock.timings(completionTokens), ...(tally && { speculation: tally }) },
    };
  }

  get vocabulary(): number {
    return this.model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  }

  async *predict(
    tokens: readonly number[],
    from: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Float64Array, void> {
    const lane = await this.#pool.take(tokens);
    try {
      const { path } = this.options;
      yield* predict(lane.sequence, { tokens, from, vocabulary: this.vocabulary, path }, signal);
    } catch (cause) {
      if (signal?.aborted || isOslmError(cause)) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new OslmError("generation-failed", { reason }, { cause });
    } finally {
      this.#pool.give(lane);
    }
  }

  follows(grammar: Grammar, text: string): boolean {
    return followsGrammar(this.llama, grammar, text);
  }

  async dispose(): Promise<void> {
    // Disposes of the contexts and models made with it too.
    const end = () => this.llama.dispose();
    const left = this.#lanes.flatMap((lane) => lane.left ?? []);
    // Whoever broke off is not to wait; mostly the process ends now.
    if (left.length > 0) return void Promise.all(left).then(end);
    if (this.#lanes.length === 1) await this.#lanes[0]?.prefix.keep(this.#prompt);
    await end();
  }

  /**
   * Reads all but the last piece and returns that, ready to be evaluated with the answer; undefined when aborted. In pieces of one
   * batch, since the library looks at the signal only when the whole prompt is read. One iterator takes them all, at the price of a token
   * that nobody wants after each: every evaluation of its own makes a sampler that holds 12 bytes for each token of the vocabulary
   * until Node collects it, and Node does not know of them (AddonSampler.cpp): 100 MB for 8,192 tokens of Qwen 2.
   */
  async #readPrompt(
    lane: Lane,
    prompt: readonly number[],
    { cached, stop = 0 }: { readonly cached: number; readonly stop?: number },
    signal: AbortSignal | undefined,
  ): Promise<Token[] | undefined> {
    const { batch } = this.options;
    let start = cached;
    let reading: AsyncGenerator<Token, void, Token | Token[] | undefined> | undefined;
    while (prompt.length - start > batch && !signal?.aborted) {
      const end = start < stop && stop < start + batch ? stop : start + batch;
      const tokens = prompt.slice(start, end) as Token[];
      reading ??= lane.sequence.evaluate(tokens, { ...NO_SHIFT, temperature: 0, yieldEogToken: true });
      // The first call begins it, and takes no tokens.
      if ((await lane.step(reading, tokens, signal)) === undefined) return undefined;
      lane.prefix.wasRead(start, end);
      if (end === stop) await lane.prefix.keep(prompt.slice(0, end));
      start = end;
    }
    await reading?.return();
    return signal?.aborted ? undefined : (prompt.slice(start) as Token[]);
  }

  #detokenize(tokens: readonly number[], before: readonly number[]): string {
    const mark = tokens.length === 1 ? this.#marks.get(tokens[0] ?? -1) : undefined;
    if (mark !== undefined) return mark;
    return this.model.detokenize(tokens as Token[], false, before as Token[]);
  }
}
