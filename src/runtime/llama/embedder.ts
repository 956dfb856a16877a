// A loaded model that makes vectors of texts.
import { basename } from "node:path";
import type { Llama, LlamaEmbeddingContext, LlamaModel, Token } from "node-llama-cpp";
import { isOslmError, OslmError } from "../../errors.js";
import { stepOf } from "../computing.js";
import type { Embedder } from "../engine.js";
import { buildOf } from "./build-of.js";

export class LlamaEmbedder implements Embedder {
  readonly build: Embedder["build"];
  readonly marks: number;
  /** The end of a step that was broken off. */
  #left: Promise<void> | undefined;

  constructor(
    private readonly llama: Llama,
    private readonly model: LlamaModel,
    private readonly context: LlamaEmbeddingContext,
    readonly ctx: number,
    private readonly path: string,
  ) {
    this.build = buildOf(llama);
    this.marks = context.calculateInputLength([]);
  }

  tokenize(text: string): number[] {
    return text === "" ? [] : this.model.tokenize(text);
  }

  async memoryInUse(): Promise<number> {
    const { gpuVram, cpuRam } = await this.llama.getLlamaMemoryUsage();
    return gpuVram + cpuRam;
  }

  async embed(tokens: readonly number[], signal?: AbortSignal): Promise<Float32Array> {
    signal?.throwIfAborted();
    await this.#left;
    // The library adds the marks to the array that it is given.
    const work = this.context.getEmbeddingFor([...tokens] as Token[]);
    try {
      const result = await stepOf(work, signal);
      if (result !== undefined) return this.#checked(Float32Array.from(result.vector));
      const gone = (): void => {
        this.#left = undefined;
      };
      this.#left = work.then(gone, gone);
    } catch (cause) {
      if (isOslmError(cause)) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new OslmError("generation-failed", { reason }, { cause });
    }
    throw signal?.reason;
  }

  #checked(vector: Float32Array): Float32Array {
    if (vector.every(Number.isFinite)) return vector;
    throw new OslmError("no-numbers", { file: basename(this.path) });
  }

  async dispose(): Promise<void> {
    const end = () => this.llama.dispose();
    // As a loaded model: whoever broke off is not to wait.
    if (this.#left !== undefined) return void this.#left.then(end);
    await end();
  }
}
