// Chat templates rendered in a thread of their own, with a deadline and a memory limit.
import { Worker } from "node:worker_threads";
import { OslmError } from "../../errors.js";
import type { Message, TemplateInput } from "./render.js";

export interface TemplateSource {
  /** Named in errors. */
  readonly file: string;
  readonly template: string;
  readonly now: Date;
}

/** Texts of the tokenizer's begin and end tokens; templates write them themselves. */
export interface TokenTexts {
  readonly bosToken: string;
  readonly eosToken: string;
}

export interface RenderOptions {
  readonly variables?: TemplateInput["variables"];
  readonly deadlineMs?: number;
}

type Reply = { text: string } | { error: string };

/** A normal template takes a few milliseconds; a hostile one can loop for minutes. */
const DEADLINE_MS = 5_000;
const MEMORY_MB = 256;
/** Addresses for compiled code. V8 would reserve 500 MB more than this takes, of which `ulimit -v` leaves none over. */
const CODE_MB = 16;

/** Renders one model's template as often as a conversation needs. The thread starts at once, beside the model's load. */
export class TemplateRenderer {
  readonly #worker: Worker;
  readonly #source: TemplateSource;
  /** The thread answers one after another. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(source: TemplateSource, script = new URL("./worker.js", import.meta.url)) {
    this.#source = source;
    this.#worker = new Worker(script, {
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, codeRangeSizeMb: CODE_MB },
    });
    this.#worker.unref();
    // A failure is reported to the render() that waits for it; without one it concerns nobody.
    this.#worker.on("error", () => {});
  }

  /**
   * The prompt text for `messages`.
   * @throws OslmError bad-template: syntax, raise_exception, no answer within 5 s, more than 256 MB
   */
  async render(messages: readonly Message[], texts: TokenTexts, options: RenderOptions = {}): Promise<string> {
    const text = this.#last.then(() => this.#render(messages, texts, options));
    this.#last = text.catch(() => {});
    return text;
  }

  async #render(
    messages: readonly Message[],
    texts: TokenTexts,
    { variables = {}, deadlineMs = DEADLINE_MS }: RenderOptions,
  ): Promise<string> {
    const { file, ...source } = this.#source;
    const input: TemplateInput = { ...source, ...texts, messages, variables };
    const worker = this.#worker;
    const reply = await new Promise<Reply>((resolve) => {
      const settle = (answer: Reply): void => {
        clearTimeout(timer);
        worker.off("message", settle).off("error", fail).off("exit", end).unref();
        resolve(answer);
      };
      const fail = (error: Error): void => settle({ error: error.message });
      const end = (): void => settle({ error: "it exhausted its memory" });
      const timer = setTimeout(() => {
        settle({ error: `it gave no prompt within ${deadlineMs / 1000} s` });
        void worker.terminate();
      }, deadlineMs);
      worker.ref();
      worker.on("message", settle).on("error", fail).on("exit", end);
      worker.postMessage(input);
    });
    if ("error" in reply) throw new OslmError("bad-template", { file, reason: reply.error });
    return reply.text;
  }

  async dispose(): Promise<void> {
    await this.#worker.terminate();
  }
}
