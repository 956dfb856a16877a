// Vectors of texts.
import { OslmError } from "../../errors.js";
import { type Pooling, poolingOf } from "../../gguf/pooling.js";
import type { Tokens } from "../../model/types.js";
import type { Embedder } from "../../runtime/engine.js";
import type { World } from "../world.js";
import { type LoadOrders, loadModel } from "./load-model.js";
import type { LocalModel } from "./local-model.js";
import { readModel } from "./read-model.js";

/** A text is computed at once, and the memory for that grows with it: more where it is asked for. */
const DEFAULT_CTX: Tokens = 2048;

export interface OpenEmbedder extends Embedder {
  readonly pooling: Exclude<Pooling, "none" | "rank">;
  /** The model was not made for it; its last token's state is taken, which has seen the others. */
  readonly makeshift: boolean;
  /** Tokens; 0 where that is not known. */
  readonly trainedFor: Tokens;
  readonly reasons: readonly string[];
}

/** @throws OslmError cannot-do for models that make no vector of a text; as openSession */
export async function openEmbedder(
  world: World,
  model: LocalModel,
  { ctx, ...orders }: LoadOrders & { readonly ctx?: Tokens },
): Promise<OpenEmbedder> {
  const subject = await readModel(model);
  const { ctxTrain, architecture } = subject.geometry;
  const { pooling, encoder } = poolingOf(subject.header, subject.geometry);
  const refuse = (reason: string): never => {
    throw new OslmError("cannot-do", {
      what: `${model.ref} makes no vectors of texts`,
      reason,
      instead: "a model for embeddings, such as nomic-ai/nomic-embed-text-v1.5-GGUF",
    });
  };
  if (pooling === "rank") return refuse("It ranks texts: its header asks for the pooling type rank.");
  if (architecture === "t5")
    return refuse("It reads with one half and writes with the other; the engine has no vectors of such.");
  // sentence-transformers takes the mean, but the header is what the engine goes by.
  if (pooling === "none" && encoder)
    return refuse("Its header does not say how to make one vector of the tokens' (pooling_type).");
  const most = ctx ?? Math.min(DEFAULT_CTX, ctxTrain || DEFAULT_CTX);
  if (encoder && ctxTrain > 0 && most > ctxTrain) return refuse(`It was made for ${ctxTrain} tokens, not for ${most}.`);
  // The library makes the cache for vectors in F16.
  const wishes = { ctx: most, batch: most, kvType: "f16", embedding: true } as const;
  const { plan, loaded } = await loadModel(world, { ...orders, model, subject, wishes }, (engine, load) =>
    engine.loadEmbedder(load, world.signal),
  );
  return {
    build: loaded.build,
    ctx: loaded.ctx,
    marks: loaded.marks,
    tokenize: (text) => loaded.tokenize(text),
    memoryInUse: () => loaded.memoryInUse(),
    embed: (tokens, signal) => loaded.embed(tokens, signal),
    dispose: () => loaded.dispose(),
    pooling: pooling === "none" ? "last" : pooling,
    makeshift: pooling === "none",
    trainedFor: ctxTrain,
    reasons: plan.reasons,
  };
}

export interface CutText {
  /** Which text, from 1. */
  readonly line: number;
  readonly tokens: Tokens;
  readonly kept: Tokens;
}

/**
 * The tokens of all texts, before any is computed.
 * @param truncate cuts what is too long at its end, and tells
 * @throws OslmError text-too-long
 */
export function tokensOf(
  embedder: Pick<Embedder, "tokenize" | "marks" | "ctx">,
  texts: readonly string[],
  truncate: boolean,
): { readonly all: readonly (readonly number[])[]; readonly cut: readonly CutText[] } {
  const { marks, ctx } = embedder;
  const cut: CutText[] = [];
  const all = texts.map((text, index) => {
    const tokens = embedder.tokenize(text);
    const excess = tokens.length + marks - ctx;
    if (excess <= 0) return tokens;
    const line = index + 1;
    if (!truncate) throw new OslmError("text-too-long", { line, tokens: tokens.length + marks, ctx });
    cut.push({ line, tokens: tokens.length + marks, kept: ctx });
    return tokens.slice(0, ctx - marks);
  });
  return { all, cut };
}

/** Of length 1, as cosine distances want it; a vector of zeros stays one. */
export function normalize(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length > 0 ? vector.map((value) => value / length) : vector;
}
