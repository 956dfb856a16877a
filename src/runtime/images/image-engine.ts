// Models that read images, in a process of their own. The package's own crash, its log and its memory stay there.
import { isOslmError, OslmError } from "../../errors.js";
import type { Tokens } from "../../model/types.js";
import type {
  EngineBuild,
  GenerateEvent,
  ImageEngine,
  ImageGenerateOptions,
  ImageLoadOptions,
  ImageModel,
  ImagePrompt,
  PromptImage,
} from "../engine.js";
import { EngineLog, saysOutOfMemory } from "../llama/engine-log.js";
import { ChildEnded, ImageProcess } from "./image-process.js";
import type { FromChild } from "./messages.js";
import { findPart, type PartPlaces } from "./part.js";

/** An answer should have this much room where a longer context is proposed. */
const ANSWER_ROOM = 512;

/** After a token the library looks whether it shall stop; a large model takes a second for one. */
const STOP_MS = 5000;

/** @param script the child's; the one beside this file where it is not given */
export function createImageEngine(places: PartPlaces, script?: URL): ImageEngine {
  return {
    check: () => void findPart(places),
    async load(options, signal) {
      const { entry, release } = findPart(places);
      const build = { engine: "llama.cpp (@fugood/llama.node)", release, backend: "cpu" };
      const started = performance.now();
      const start = (ending?: AbortSignal): Promise<ImageProcess> =>
        startChild(new ImageProcess(script), entry, options, ending);
      const child = await start(signal);
      return new ChildModel(child, start, { build, loadMs: performance.now() - started, ctx: options.ctx });
    },
  };
}

async function startChild(
  child: ImageProcess,
  entry: string,
  options: ImageLoadOptions,
  signal: AbortSignal | undefined,
): Promise<ImageProcess> {
  try {
    child.tell({ is: "load", entry, ...options });
    const reply = await child.next(signal);
    if (reply.is !== "loaded") throw loadFailed(reply, child.log, options);
    return child;
  } catch (error) {
    await child.kill();
    throw error instanceof ChildEnded ? endedWhileLoading(error.message, child.log, options) : error;
  }
}

class ChildModel implements ImageModel {
  readonly build: EngineBuild;
  readonly loadMs: number;
  readonly ctx: number;
  /** Undefined where the last question ended it: the next one starts another. */
  #child: ImageProcess | undefined;

  constructor(
    child: ImageProcess,
    private readonly start: (signal?: AbortSignal) => Promise<ImageProcess>,
    { build, loadMs, ctx }: Pick<ImageModel, "build" | "loadMs" | "ctx">,
  ) {
    this.#child = child;
    this.build = build;
    this.loadMs = loadMs;
    this.ctx = ctx;
  }

  async *generate(prompt: ImagePrompt, options: ImageGenerateOptions): AsyncGenerator<GenerateEvent, void> {
    const { sampling, grammar, maxTokens, stop, signal } = options;
    const { images } = prompt;
    const started = performance.now();
    let first: number | undefined;
    let promptTokens = 0;
    let pieces = 0;
    const done = (finishReason: "stop" | "length" | "cancelled", completionTokens: number): GenerateEvent => {
      const end = performance.now();
      const seconds = (end - (first ?? end)) / 1000;
      return {
        type: "done",
        finishReason,
        usage: { promptTokens, completionTokens, cachedTokens: 0 },
        timings: {
          loadMs: this.loadMs,
          // The first token is drawn from what reading the prompt computed.
          promptMs: (first ?? end) - started,
          firstTokenMs: (first ?? end) - started,
          totalMs: end - started,
          tokensPerSecond: seconds > 0 ? Math.max(0, completionTokens - 1) / seconds : 0,
        },
      };
    };
    const child = await this.#started(signal);
    child.tell({
      ...{ is: "ask", ...toldPrompt(prompt), sampling, stop },
      ...(grammar && { grammar }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
    });
    let quiet = false;
    try {
      for (;;) {
        const reply = await child.next(signal);
        quiet = isLast(reply);
        if (reply.is === "read") {
          promptTokens = reply.tokens;
          if (!reply.fits) throw tooLong(reply.tokens, this.ctx);
        } else if (reply.is === "text") {
          first ??= performance.now();
          pieces += 1;
          yield { type: "text", text: reply.text };
        } else if (reply.is === "done") {
          yield done(reply.finishReason, reply.tokens);
          return;
        } else if (reply.is === "failed") throw askFailed(reply, images);
      }
    } catch (error) {
      if (!signal?.aborted || isOslmError(error)) throw whyEnded(error, child, first === undefined ? images : []);
      yield done("cancelled", pieces);
    } finally {
      // Also where whoever listened has gone: the next question would hear the rest of this answer.
      if (!quiet && !(first !== undefined && (await stopGently(child)))) await this.#end(child);
    }
  }

  async countTokens(prompt: ImagePrompt, signal?: AbortSignal): Promise<Tokens> {
    const { images } = prompt;
    const child = await this.#started(signal);
    child.tell({ is: "count", ...toldPrompt(prompt) });
    let quiet = false;
    try {
      const reply = await child.next(signal);
      quiet = reply.is === "read" || isLast(reply);
      if (reply.is === "read") return reply.tokens;
      if (reply.is === "failed") throw askFailed(reply, images);
      throw new OslmError("generation-failed", { reason: `it answered ${reply.is}` });
    } catch (error) {
      throw whyEnded(error, child, images);
    } finally {
      if (!quiet) await this.#end(child);
    }
  }

  async dispose(): Promise<void> {
    await this.#child?.kill();
  }

  async #started(signal: AbortSignal | undefined): Promise<ImageProcess> {
    this.#child ??= await this.start(signal);
    return this.#child;
  }

  /** Nothing stops the library while it reads an image: its process is ended. */
  async #end(child: ImageProcess): Promise<void> {
    this.#child = undefined;
    await child.kill();
  }
}

/** Whether a child says no more of a prompt, and can take another: an image that is refused harms nothing. */
function isLast(reply: FromChild): boolean {
  if (reply.is === "failed") return reply.in === "images";
  return reply.is === "done" || (reply.is === "read" && !reply.fits);
}

/** Ends an answer between two of its tokens; false where that takes too long. What was read of the prompt stays. */
async function stopGently(child: ImageProcess): Promise<boolean> {
  child.tell({ is: "stop" });
  try {
    const late = AbortSignal.timeout(STOP_MS);
    while ((await child.next(late)).is === "text");
    return true;
  } catch {
    return false;
  }
}

/** @param reading the images, where nothing was answered yet */
function whyEnded(error: unknown, { log }: ImageProcess, reading: readonly PromptImage[]): unknown {
  if (!(error instanceof ChildEnded)) return error;
  return reading.length > 0 && isForMemory(error.message, log)
    ? noMemory(reading, error.message)
    : new OslmError("generation-failed", { reason: ended(error.message, log) });
}

function toldPrompt({ text, images, decoding, bosToken }: ImagePrompt) {
  return { text, decoding, bosToken, images: images.map(dataUrl) };
}

function dataUrl({ kind, bytes }: PromptImage): string {
  return `data:image/${kind};base64,${Buffer.from(bytes).toString("base64")}`;
}

function tooLong(tokens: number, ctx: number): OslmError {
  const needed = Math.ceil((tokens + ANSWER_ROOM) / 1024) * 1024;
  return new OslmError("image-prompt-too-long", { tokens, ctx, needed });
}

function askFailed(
  { in: place, reason, at }: Extract<FromChild, { is: "failed" }>,
  images: readonly PromptImage[],
): OslmError {
  if (place === "memory" || saysOutOfMemory(reason)) return noMemory(images, reason);
  // The bounds have been checked: what the decoder refuses now is damaged.
  if (place === "images") {
    const image = at === undefined ? undefined : images[at];
    const file = image?.file ?? "one of the images";
    return new OslmError("bad-image", { file, is: "malformed", reason });
  }
  return new OslmError("generation-failed", { reason });
}

function loadFailed(reply: FromChild, log: string, { path, projector }: ImageLoadOptions): OslmError {
  if (reply.is !== "failed") return new OslmError("load-failed", { file: path, reason: `it answered ${reply.is}` });
  const lines = new EngineLog();
  lines.write("error", log);
  const reason = (reply.in === "part" ? undefined : lines.reason()) ?? reply.reason;
  const file = reply.in === "part" ? "the part for images" : reply.in === "model" ? path : projector;
  return new OslmError(saysOutOfMemory(reason) ? "out-of-memory" : "load-failed", { file, reason });
}

function endedWhileLoading(how: string, log: string, { path }: ImageLoadOptions): OslmError {
  const kind = isForMemory(how, log) ? "out-of-memory" : "load-failed";
  return new OslmError(kind, { file: path, reason: ended(how, log) });
}

/** Linux kills what takes too much; a limit on addresses makes C++ give up. */
function isForMemory(how: string, log: string): boolean {
  return saysOutOfMemory(log) || how.includes("SIGKILL");
}

function noMemory(images: readonly PromptImage[], reason: string): OslmError {
  return new OslmError("out-of-memory", { file: images.map(({ file }) => file).join(", "), reason });
}

/** How the process ended, with what it said last. */
function ended(how: string, log: string): string {
  const last = log
    .trim()
    .split("\n")
    .findLast((line) => /assert|error|fail/i.test(line));
  return `the process that reads images has gone: ${how}${last === undefined ? "" : ` (${last.trim().slice(0, 300)})`}`;
}
