// What quantizing lost: a model and a smaller file of it read the same text, and what they expect of each next token is compared.
import { OslmError } from "../../errors.js";
import { formatRef, type ModelRef } from "../../model/ref.js";
import type { Bytes, Tokens } from "../../model/types.js";
import { type Divergence, DivergenceSum } from "../../quantize/divergence.js";
import type { LoadedModel } from "../../runtime/engine.js";
import { type LocalGate, passLocalPolicy } from "../license/local-policy.js";
import { loadModel } from "../run/load-model.js";
import { findLocal, type LocalModel } from "../run/local-model.js";
import { readModel } from "../run/read-model.js";
import { README_PATH } from "../shipped.js";
import { notStored } from "../stored/find-stored.js";
import type { World } from "../world.js";

/** Read where no text is given: English, and shipped with oslm. */
export const DEFAULT_TEXT = README_PATH;

/** Pieces of a text are read each by itself, and the second half of each counts: as llama.cpp's own tool does, so that figures compare. */
const PIECE: Tokens = 512;
const SHORTEST: Tokens = 32;

export interface CompareRequest {
  readonly source: ModelRef;
  readonly quantized: ModelRef;
  readonly text: string;
  /** Of the text, at most so many. */
  readonly tokens: Tokens;
  readonly gate: LocalGate;
}

export interface Comparison extends Divergence {
  readonly source: { readonly ref: string; readonly size: Bytes };
  readonly quantized: { readonly ref: string; readonly size: Bytes };
}

export type CompareEvent = { readonly type: "compared"; readonly tokens: Tokens; readonly total: Tokens };

/**
 * Holds both models at once, and of their expectations one position.
 * @throws OslmError not-stored, does-not-fit, usage for a text that is too short, cannot-do for models of different vocabularies
 */
export async function* compareModels(
  world: World,
  { source, quantized, text, tokens, gate }: CompareRequest,
): AsyncGenerator<CompareEvent, Comparison> {
  const [first, second] = [await found(world, source), await found(world, quantized)];
  if (first.paths[0] === second.paths[0]) {
    throw new OslmError("usage", {
      problem: "both are the same file",
      detail: "Nothing would differ.",
      help: "oslm quantize --compare SOURCE QUANTIZED",
    });
  }
  for (const model of [first, second]) await passLocalPolicy(world, model, gate);
  const one = await open(world, first);
  try {
    const other = await open(world, second);
    try {
      const pieces = piecesOf({ text, tokens }, one, other);
      const sum = new DivergenceSum();
      yield* read(pieces, { one: one.model, other: other.model, sum, signal: world.signal });
      const { ref, size } = one;
      return { source: { ref, size }, quantized: { ref: other.ref, size: other.size }, ...sum.result() };
    } finally {
      await other.model.dispose();
    }
  } finally {
    await one.model.dispose();
  }
}

/** All of one length. @throws OslmError cannot-do, usage */
function piecesOf(
  { text, tokens }: Pick<CompareRequest, "text" | "tokens">,
  one: Open,
  other: Open,
): readonly (readonly number[])[] {
  const [all, same] = [one, other].map(({ model }) => model.tokenize(text, false).slice(0, tokens));
  if (all === undefined || one.model.vocabulary !== other.model.vocabulary || String(all) !== String(same)) {
    throw new OslmError("cannot-do", {
      what: `${other.ref} cannot be compared with ${one.ref}`,
      reason: "Their vocabularies differ: it is no smaller file of the same model.",
      instead: "oslm show MODEL   (tells what a file is)",
    });
  }
  const size = Math.min(PIECE, one.model.ctx, other.model.ctx, all.length);
  if (size < SHORTEST) {
    if (all.length === tokens) {
      const detail = `Fewer than ${SHORTEST} say nothing; some thousand say much.`;
      throw new OslmError("usage", { problem: `--tokens ${tokens} is too few`, detail, help: "--tokens 8192" });
    }
    throw new OslmError("usage", {
      problem: `the text has ${all.length} tokens`,
      detail: `Fewer than ${SHORTEST} say nothing; some thousand say much.`,
      help: "a longer text with --text",
    });
  }
  const begin = one.model.beginToken;
  return Array.from({ length: Math.floor(all.length / size) }, (_, at) => {
    const piece = all.slice(at * size, (at + 1) * size);
    return begin === undefined ? piece : [begin, ...piece.slice(1)];
  });
}

async function* read(
  pieces: readonly (readonly number[])[],
  how: {
    readonly one: LoadedModel;
    readonly other: LoadedModel;
    readonly sum: DivergenceSum;
    readonly signal: AbortSignal;
  },
): AsyncGenerator<CompareEvent, void> {
  const { one, other, sum, signal } = how;
  const size = pieces[0]?.length ?? 0;
  const half = Math.floor(size / 2);
  const total = pieces.length * (size - 1 - half);
  let tokens = 0;
  for (const piece of pieces) {
    // After the last one nothing follows that it could be measured by.
    const known = piece.slice(0, -1);
    const expected = one.predict(known, half, signal);
    const expectedToo = other.predict(known, half, signal);
    for (const next of piece.slice(half + 1)) {
      const [left, right] = [await expected.next(), await expectedToo.next()];
      if (left.done || right.done) throw new RangeError("a position without a prediction");
      sum.add(next, left.value, right.value);
      tokens++;
      yield { type: "compared", tokens, total };
    }
    await expected.return();
    await expectedToo.return();
  }
}

async function found(world: World, ref: ModelRef): Promise<LocalModel> {
  const model = await findLocal(world, ref);
  if (model === undefined) throw await notStored(world, formatRef(ref));
  return model;
}

interface Open {
  readonly ref: string;
  readonly model: LoadedModel;
  readonly size: Bytes;
}

async function open(world: World, model: LocalModel): Promise<Open> {
  const subject = await readModel(model);
  const ctx = Math.min(PIECE, subject.geometry.ctxTrain || PIECE);
  const wishes = { ctx, kvType: "f16" } as const;
  const { loaded } = await loadModel(world, { model, subject, wishes }, (engine, options) =>
    engine.load(options, world.signal),
  );
  return { ref: model.ref, model: loaded, size: subject.headers.reduce((sum, { fileSize }) => sum + fileSize, 0) };
}
