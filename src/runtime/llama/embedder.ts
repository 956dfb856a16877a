// A loaded model that makes vectors of texts.
import type { Llama, LlamaEmbeddingContext, LlamaModel, Token } from "node-llama-cpp";
import { OslmError } from "../../errors.js";
import type { Embedder } from "../engine.js";
import { buildOf } from "./build-of.js";

export class LlamaEmbedder implements Embedder {
  readonly build: Embedder["build"];
  readonly marks: number;

  constructor(
    private readonly llama: Llama,
    private readonly model: LlamaModel,
    private readonly context: LlamaEmbeddingContext,
    readonly ctx: number,
  ) {
    this.build = buildOf(llama);
    this.marks = context.calculateInputLength([]);
  }

  tokenize(text: string): number[] {
    return text === "" ? [] : this.model.tokenize(text);
  }

  async embed(tokens: readonly number[]): Promise<Float32Array> {
    try {
      // The library adds the marks to the array that it is given.
      const { vector } = await this.context.getEmbeddingFor([...tokens] as Token[]);
      return Float32Array.from(vector);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new OslmError("generation-failed", { reason }, { cause });
    }
  }

  async dispose(): Promise<void> {
    await this.llama.dispose();
  }
}
