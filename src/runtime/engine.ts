// What oslm asks of an inference engine. llama.cpp in process stands behind it today; other engines can later.
import type { PromptStates } from "../model/prompt-states.js";
import type { Bytes, Milliseconds, Tokens } from "../model/types.js";

/** A LoRA adapter, and how much of it is added to the weights. */
export interface AdapterFile {
  readonly path: string;
  readonly scale: number;
}

/** A small model that guesses at what the other will say. */
export interface DraftFile {
  readonly path: string;
  /** Longer texts it does not guess at. */
  readonly ctx: Tokens;
  readonly threads: number;
  /** All that it has: they go to a GPU where one is used. */
  readonly layers: number;
}

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
  /** Where evaluated prompts of other processes are kept, and this one's shall be. */
  readonly promptStates?: (build: EngineBuild) => PromptStates;
  readonly lora?: readonly AdapterFile[];
  readonly draft?: DraftFile;
  /** Guesses from what the prompt says: texts that repeat it are faster. */
  readonly lookup?: boolean;
  /** For vectors of texts, not for answers. */
  readonly embedding?: boolean;
  /** Texts that are computed at once, each with a context of its own; default 1. */
  readonly sequences?: number;
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
  /** Tokens that came before are so much less likely; 1 leaves them alone. */
  readonly repeatPenalty: number;
  /** Taken from the logit of what came before: once, and for each time it came. */
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  /** How many tokens back the three look, prompt included. */
  readonly repeatLastN: Tokens;
  readonly seed: number;
}

/** What an answer must look like, in GBNF (llama.cpp: grammars/README.md). */
export interface Grammar {
  readonly gbnf: string;
  /** The rule that the whole answer follows. */
  readonly root: string;
}

/** What is wrong with a grammar; line and column count from 1 and are 0 where the place is not known. */
export interface GrammarFault {
  readonly line: number;
  readonly column: number;
  readonly problem: string;
}

export interface GenerateOptions {
  readonly sampling: Sampling;
  /** Of the answer from its first token; without one it is free. */
  readonly grammar?: Grammar;
  /** Undefined: until the model ends its answer or the context is full. */
  readonly maxTokens?: Tokens;
  /** Texts that end the answer; they are not part of it. */
  readonly stop: readonly string[];
  /**
   * Reuses of an evaluated prompt only what a first reading would have computed in the same way: to the bit with one sequence. With
   * several a decode takes a part of a prompt's batch and tokens of others, in a first reading as well: then it is the nearest there is.
   */
  readonly exact?: boolean;
  /** Yields each token with so many of the likeliest in its place. */
  readonly probabilities?: number;
  readonly signal?: AbortSignal;
}

/** A token, and the logarithm of its probability: after temperature, top-k and the like, and a grammar. */
export interface ScoredToken {
  readonly id: number;
  /** May be part of a character. */
  readonly text: string;
  readonly logprob: number;
}

export type FinishReason = "stop" | "length" | "cancelled";

export interface Usage {
  readonly promptTokens: Tokens;
  readonly completionTokens: Tokens;
  /** Of the prompt's tokens, those whose evaluated state was still in the context, or on the disk. */
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
  /** Of guessed tokens, how many were checked and how many were right; only where guesses were made use of. */
  readonly speculation?: { readonly checked: Tokens; readonly right: Tokens };
}

export type GenerateEvent =
  | { readonly type: "text"; readonly text: string }
  /** Only where probabilities were asked for; `top` begins with the likeliest. */
  | ({ readonly type: "token"; readonly top: readonly ScoredToken[] } & ScoredToken)
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
  /** Token ids that ask for the text between the two, as this model was trained for it; undefined when it was not. */
  encodeInfill(before: string, after: string): number[] | undefined;
  /**
   * A token that stands for one certain text, undefined for ordinary ones. `control` ones are honoured only where `special` is
   * true; the others, which a vocabulary defines besides, in every text.
   */
  specialToken(token: number): { readonly text: string; readonly control: boolean } | undefined;
  /**
   * Evaluates the prompt, reusing the state of an earlier call where the beginning is the same, and yields the answer.
   * Calls may overlap: as many run at once as the load has sequences, and the others wait.
   * Aborting ends it with a `done` event whose reason is `cancelled`; what was generated stays part of the answer.
   * The prompt must be shorter than `ctx`. Nothing that was evaluated is ever shifted out to make room.
   * @throws OslmError generation-failed, no-numbers; RangeError for a longer prompt
   */
  generate(prompt: readonly number[], options: GenerateOptions): AsyncGenerator<GenerateEvent, void>;
  /** Tokens of the vocabulary. */
  readonly vocabulary: number;
  /**
   * For each of the tokens from `from` on the natural logarithms of the probabilities of what may follow, by token id; the array is used
   * again. The context begins anew. No other call may overlap.
   * @throws OslmError generation-failed, no-numbers; the signal's reason, without waiting for what is under way
   */
  predict(tokens: readonly number[], from: number, signal?: AbortSignal): AsyncGenerator<Float64Array, void>;
  /** Whether a whole text follows a grammar. */
  follows(grammar: Grammar, text: string): boolean;
  dispose(): Promise<void>;
}

export interface Embedder {
  readonly build: EngineBuild;
  /** The most tokens of a text that can be embedded. */
  readonly ctx: Tokens;
  /** Token ids of `text`; special tokens in it stay text. The marks that the model wants around it are not among them. */
  tokenize(text: string): number[];
  /** How many marks there will be besides. */
  readonly marks: number;
  /** As of LoadedModel. */
  memoryInUse(): Promise<Bytes>;
  /**
   * The vector of a text of at most `ctx` tokens, as the model's pooling gives it: of any length.
   * @throws OslmError generation-failed, no-numbers; the signal's reason, without waiting for what is under way
   */
  embed(tokens: readonly number[], signal?: AbortSignal): Promise<Float32Array>;
  dispose(): Promise<void>;
}

export interface Engine {
  /** Can loads be tried here at all? */
  readonly rehearses: boolean;
  /** Begins what a load needs first, while something else is waited for. Never throws: the load tells what goes wrong. */
  warmUp(): void;
  /** Tries a load in a process of its own. Never fails because of the file; throws the signal's reason only. */
  rehearse(options: LoadOptions, wishes: RehearsalWishes, signal?: AbortSignal): Promise<Rehearsal>;
  /** What is wrong with a grammar, tried in a process of its own; undefined where nothing is, or it cannot be tried here. */
  tryGrammar(grammar: string, signal?: AbortSignal): Promise<GrammarFault | undefined>;
  /** @throws OslmError no-backend, no-gpu when layers were to go to a GPU and none can be used, load-failed, out-of-memory */
  load(options: LoadOptions, signal?: AbortSignal): Promise<LoadedModel>;
  /** The same for a model that makes vectors of texts. `batch` must hold a whole text. */
  loadEmbedder(options: LoadOptions, signal?: AbortSignal): Promise<Embedder>;
}

export interface ImageLoadOptions
  extends Pick<LoadOptions, "path" | "ctx" | "threads" | "batch" | "useMmap" | "kvType"> {
  /** Absolute path of the GGUF file that turns images into what the model reads. */
  readonly projector: string;
}

export interface PromptImage {
  /** For messages. */
  readonly file: string;
  /** By its first bytes: `png`. */
  readonly kind: string;
  /** The whole file, which has been checked. */
  readonly bytes: Uint8Array;
}

/** A text with a mark for each image, in their order; special tokens in it are honoured. */
export interface ImagePrompt {
  readonly text: string;
  readonly images: readonly PromptImage[];
  /** Memory that decoding them takes at most. */
  readonly decoding: Bytes;
  /** What the begin token looks like; of two in a row one is left out. */
  readonly bosToken: string;
}

/** What can be wished of an answer about images. */
export type ImageGenerateOptions = Pick<GenerateOptions, "sampling" | "grammar" | "maxTokens" | "stop" | "signal">;

/** A model that reads images. It answers one prompt at a time; what the next one begins with in the same way it does not read again. */
export interface ImageModel {
  readonly build: EngineBuild;
  readonly loadMs: Milliseconds;
  readonly ctx: Tokens;
  /** As of LoadedModel. @throws OslmError generation-failed, bad-image, image-prompt-too-long, out-of-memory */
  generate(prompt: ImagePrompt, options: ImageGenerateOptions): AsyncGenerator<GenerateEvent, void>;
  /** Those of its images included. @throws OslmError bad-image, generation-failed, out-of-memory; the signal's reason */
  countTokens(prompt: ImagePrompt, signal?: AbortSignal): Promise<Tokens>;
  dispose(): Promise<void>;
}

export interface ImageEngine {
  /** @throws OslmError no-image-part where it is not installed, load-failed, out-of-memory; the signal's reason */
  load(options: ImageLoadOptions, signal?: AbortSignal): Promise<ImageModel>;
  /** Throws what `load` would throw for want of the part, before anything else is done. */
  check(): void;
}
