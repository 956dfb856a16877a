// The process that reads images: native decoders and native models, which a hostile file may end, and a library that writes its log to
// the output. See messages.ts for what it is told and tells.
import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import type { Bytes } from "../../model/types.js";
import { dieFirst, endWithParent } from "../child-manners.js";
import { type FromChild, IMAGE_MARK, type ToChild } from "./messages.js";

/** Of @fugood/llama.node, what is called here. */
interface Part {
  loadModel(options: Readonly<Record<string, unknown>>): Promise<Context>;
}
interface Context {
  initMultimodal(options: { path: string; use_gpu: boolean }): boolean;
  getMultimodalSupport(): { vision: boolean };
  tokenize(text: string, media: { media_paths: readonly string[] }): Promise<{ tokens: ArrayLike<number> }>;
  completion(
    options: Readonly<Record<string, unknown>>,
    tell: (piece: { token: string }) => void,
  ): Promise<{ text: string; tokens_predicted: number; stopped_eos?: boolean; stopped_words?: boolean }>;
  stopCompletion(): void;
}
type Load = Extract<ToChild, { is: "load" }>;
type Ask = Extract<ToChild, { is: "ask" }>;
type Count = Extract<ToChild, { is: "count" }>;

const REPLIES = 3;
/** Of an answer, the least that there must be room for. */
const LEAST = 1;

const say = (message: FromChild): void => {
  const line = Buffer.from(`${JSON.stringify(message)}\n`);
  // The pipe may be full for a moment.
  for (let at = 0; at < line.length; ) {
    try {
      at += writeSync(REPLIES, line, at);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EAGAIN")) throw error;
    }
  }
};

class ImageError extends Error {
  constructor(
    cause: unknown,
    readonly at: number | undefined,
    readonly place: "images" | "memory",
  ) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}

/** The first image that is not read alone either; undefined where all are. */
async function damaged(context: Context, images: readonly string[]): Promise<number | undefined> {
  for (const [at, image] of images.entries()) {
    try {
      await context.tokenize(IMAGE_MARK, { media_paths: [image] });
    } catch {
      return at;
    }
  }
  return undefined;
}

/** Could so much be had? Where it cannot the decoder says no more than that it failed. */
function isThere(bytes: Bytes): boolean {
  try {
    return new ArrayBuffer(bytes).byteLength === bytes;
  } catch {
    return false;
  }
}

type Place = Extract<FromChild, { is: "failed" }>["in"];

/** What fails in `work` failed in that place; said, and null is given. */
async function attempt<T>(place: Place, work: () => T | Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof ImageError)
      say({ is: "failed", in: error.place, reason, ...(error.at !== undefined && { at: error.at }) });
    else say({ is: "failed", in: place, reason });
    return null;
  }
}

async function load({ entry, path, projector, ...wishes }: Load): Promise<Context | null> {
  const part = await attempt("part", () => {
    const found = createRequire(entry)(entry) as Partial<Part>;
    if (typeof found.loadModel !== "function") throw new Error("it has no loadModel");
    return found as Part;
  });
  const options = {
    model: path,
    n_ctx: wishes.ctx,
    n_batch: wishes.batch,
    n_ubatch: wishes.batch,
    n_threads: wishes.threads,
    n_parallel: 1,
    n_gpu_layers: 0,
    use_mmap: wishes.useMmap,
    cache_type_k: wishes.kvType,
    cache_type_v: wishes.kvType,
    ctx_shift: false,
    // Of earlier turns only what the context holds anyway.
    state_cache_budget_mb: 0,
  };
  const context = part && (await attempt("model", () => part.loadModel(options)));
  return (
    context &&
    (await attempt("projector", () => {
      context.initMultimodal({ path: projector, use_gpu: false });
      if (!context.getMultimodalSupport().vision) throw new Error("it is not for images");
      say({ is: "loaded" });
      return context;
    }))
  );
}

interface Read {
  readonly text: string;
  readonly tokens: number;
}

/** Says how many tokens a prompt has; null where it has failed, which is said. */
async function count(context: Context, ctx: number, ask: Count | Ask): Promise<Read | null> {
  const { images, bosToken } = ask;
  const counted = async (text: string) => (await context.tokenize(text, { media_paths: images })).tokens;
  const read = await attempt("images", async () => {
    const tokens = await counted(ask.text).catch(async (error: unknown) => {
      throw new ImageError(error, await damaged(context, images), isThere(ask.decoding) ? "images" : "memory");
    });
    // Templates write the begin token, and the tokenizer does as well.
    const twice = bosToken !== "" && ask.text.startsWith(bosToken) && tokens[0] === tokens[1];
    return { text: twice ? ask.text.slice(bosToken.length) : ask.text, tokens: tokens.length - (twice ? 1 : 0) };
  });
  if (read !== null) say({ is: "read", tokens: read.tokens, fits: ctx - read.tokens >= LEAST });
  return read;
}

async function answer(context: Context, ctx: number, ask: Ask): Promise<void> {
  const { images, sampling, grammar, stop } = ask;
  const read = await count(context, ctx, ask);
  const room = read === null ? 0 : ctx - read.tokens;
  if (read === null || room < LEAST) return;
  await attempt("answer", async () => {
    let sent = 0;
    const tell = (text: string): void => {
      sent += text.length;
      if (text !== "") say({ is: "text", text });
    };
    const options = {
      prompt: read.text,
      media_paths: images,
      n_predict: Math.min(ask.maxTokens ?? room, room),
      stop,
      temperature: sampling.temp,
      top_k: sampling.topK,
      top_p: sampling.topP,
      min_p: sampling.minP,
      penalty_repeat: sampling.repeatPenalty,
      penalty_present: sampling.presencePenalty,
      penalty_freq: sampling.frequencyPenalty,
      penalty_last_n: sampling.repeatLastN,
      // The largest is the library's word for a seed of its own.
      seed: Math.min(sampling.seed, 2 ** 32 - 2),
      ...(grammar && { grammar: grammar.gbnf }),
    };
    const result = await context.completion(options, ({ token }) => tell(token));
    // What could have been the beginning of a stop text is held back to the end.
    tell(result.text.slice(sent));
    const ended = result.stopped_eos === true || result.stopped_words === true;
    say({ is: "done", finishReason: ended ? "stop" : "length", tokens: result.tokens_predicted });
  });
}

dieFirst();
endWithParent();
let loaded: { readonly context: Context; readonly ctx: number } | undefined;
/** One after the other. */
let last: Promise<void> = Promise.resolve();
createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line) as ToChild;
  if (message.is === "stop") {
    loaded?.context.stopCompletion();
    return;
  }
  last = last.then(async () => {
    if (message.is === "load") {
      const context = await load(message);
      loaded = context === null ? undefined : { context, ctx: message.ctx };
    } else if (loaded && message.is === "count") await count(loaded.context, loaded.ctx, message);
    else if (loaded && message.is === "ask") await answer(loaded.context, loaded.ctx, message);
  });
});
