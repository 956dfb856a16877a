// What oslm asks of an inference engine. llama.cpp in process stands behind it today; other engines can later.
import type { Bytes, Milliseconds, Tokens } from "../model/types.js";

export interface LoadOptions {
  /** Absolute path of the GGUF file, or of its first shard. */
  readonly path: string;
  readonly ctx: Tokens;
  readonly threads: number;
  /** Tokens of a prompt that are read in one step; between steps the abort signal is looked at. */
  readonly batch: Tokens;
  /** Layers placed on GPUs; 0 keeps everything on the CPU. */
  readonly gpuLayers: number;
  /** True maps the file; false reads the weights into memory of their own. See fit for when which is smaller. */
  readonly useMmap: boolean;
  readonly kvType: "f16" | "q8_0" | "q4_0";
}

/** How a load went that was tried where it could do no harm. */
export type Rehearsal =
  | { readonly is: "fine" /** What the engine itself counts for weights and context. */; readonly ram: Bytes }
  /** As the load will be, with the same reason. */
  | { readonly is: "refused"; readonly reason: string }
  | { readonly is: "out-of-memory"; readonly reason: string }
  /** It would end or block the process that loads it. */
  | { readonly is: "hostile"; readonly reason: string }
  /** It cannot be tried here. */
  | { readonly is: "unknown" };

export interface RehearsalWishes {
  /** Takes all the memory, and `spare` more for computing; without it everything but memory is tried. */
  readonly real: boolean;
  readonly spare: Bytes;
  /** Of the weights, to know how long it may take. */
  readonly bytes: Bytes;
}

/** How the next token is drawn. `temp` 0 takes the likeliest token always. */
export interface Sampling {
  readonly temp: number;
  readonly topP: number;
  readonly topK: number;
  readonly minP: number;
  readonly seed: number;
}

export interface GenerateOptions {
  readonly sampling: Sampling;
  /** Undefined: until the model ends its answer or the context is full. */
  readonly maxTokens?: Tokens;
  /** Texts that end the answer; they are not part of it. */
  readonly stop: readonly string[];
  readonly signal?: AbortSignal;
}

export type FinishReason = "stop" | "length" | "cancelled";

export interface Usage {
  readonly promptTokens: Tokens;
  readonly completionTokens: Tokens;
  /** Of the prompt's tokens, those whose evaluated state was still in the context. */
  readonly cachedTokens: Tokens;
}

export interface Timings {
  readonly loadMs: Milliseconds;
  /** Reading the prompt. */
  readonly promptMs: Milliseconds;
  /** From the start of the prompt to the first token of the answer. */
  readonly firstTokenMs: Milliseconds;
  readonly totalMs: Milliseconds;
  /** Of the answer, first token excluded. */
  readonly tokensPerSecond: number;
}

export type GenerateEvent =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "done";
      readonly finishReason: FinishReason;
      readonly usage: Usage;
      readonly timings: Timings;
    };

export interface EngineBuild {
  readonly engine: string;
  readonly release: string;
  readonly backend: string;
}

export interface LoadedModel {
  readonly build: EngineBuild;
  readonly loadMs: Milliseconds;
  /** The most tokens that prompt and answer may have together. */
  readonly ctx: Tokens;
  /** Bytes the engine itself reports for weights and context; for comparison with the estimate. */
  memoryInUse(): Promise<Bytes>;
  /** The token that this model's texts must begin with, when its tokenizer asks for one. */
  readonly beginToken: number | undefined;
  /** What the begin and end tokens look like in text; empty where there are none. Chat templates need them. */
  readonly tokenTexts: { readonly bosToken: string; readonly eosToken: string };
  /** Token ids of `text`. Special tokens in it are honoured only where `special` is true. */
  tokenize(text: string, special: boolean): number[];
  /** The text of one special token, or undefined when the id is an ordinary token. */
  specialText(token: number): string | undefined;
  /**
   * Evaluates the prompt, reusing the state of an earlier call where the beginning is the same, and yields the answer.
   * Aborting ends it with a `done` event whose reason is `cancelled`; what was generated stays part of the answer.
   * @throws OslmError generation-failed; prompt-too-long when no token of an answer would fit
   */
  generate(prompt: readonly number[], options: GenerateOptions): AsyncGenerator<GenerateEvent, void>;
  dispose(): Promise<void>;
}

export interface Engine {
  /** Can loads be tried here at all? */
  readonly rehearses: boolean;
  /** Begins what a load needs first, while something else is waited for. Never throws: the load tells what goes wrong. */
  warmUp(): void;
  /** Tries a load in a process of its own. Never fails because of the file; throws the signal's reason only. */
  rehearse(options: LoadOptions, wishes: RehearsalWishes, signal?: AbortSignal): Promise<Rehearsal>;
  /** @throws OslmError no-backend, no-gpu when layers were to go to a GPU and none can be used, load-failed, out-of-memory */
  load(options: LoadOptions, signal?: AbortSignal): Promise<LoadedModel>;
}
