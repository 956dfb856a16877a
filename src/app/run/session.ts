// What a loaded model does for whoever asks it, and what decided its answers.
import type { LoadPlan } from "../../fit/plan-load.js";
import type { EngineCount } from "../../model/load-record.js";
import type { ShownImage } from "../../model/saved-chat.js";
import type { Estimate, Tokens } from "../../model/types.js";
import type { AdapterFile, EngineBuild, GenerateEvent, Grammar, Sampling } from "../../runtime/engine.js";
import type { Message } from "../../runtime/template/render.js";
import type { Thinking } from "../../runtime/thinking.js";

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
export interface Wording {
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
  /** The name of the format known for this model, where its file has no template. */
  readonly knownTemplate: string | null;
  /** Whether the template made the last prompt without the question in it. */
  readonly leavesOut: boolean;
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
