// The model of a chat, loaded while the person types already.
import type { LocalModel } from "../../app/local-model.js";
import type { Session } from "../../app/session.js";
import { OslmError } from "../../errors.js";
import type { ChatModel } from "../../ui/chat/chat-parts.js";
import type { Output } from "../../ui/output.js";
import type { Context } from "../context.js";
import { answerOptions, type RunOptions } from "../run-flags.js";
import { startSession } from "../stream-answer.js";
import { chatModel } from "./chat-model.js";

export class Load {
  readonly model: Promise<ChatModel>;
  /** Aborted when the chat has to end: by a signal, with its terminal, or since there is no model. */
  readonly ended: AbortSignal;
  readonly #end = new AbortController();
  readonly #left = new AbortController();
  readonly #session: Promise<Session>;
  #start: (tell: (text: string) => void) => void = () => {};
  readonly #hangUp = () => this.#end.abort(new OslmError("interrupted", { signal: "SIGHUP" }));

  constructor(context: Context, local: LocalModel, draft: LocalModel | undefined, options: RunOptions) {
    const { signal } = context.world;
    this.ended = AbortSignal.any([signal, this.#end.signal]);
    const world = { ...context.world, signal: AbortSignal.any([this.ended, this.#left.signal]) };
    const started = new Promise<(text: string) => void>((resolve) => {
      this.#start = resolve;
    });
    this.#session = started.then((tell) => {
      world.signal.throwIfAborted();
      // What --verbose tells must not tear what the chat shows.
      const out = Object.create(context.out, { note: { value: tell } }) as Output;
      return startSession({ ...context, world, out }, local, options, draft);
    });
    this.model = this.#session.then((session) => chatModel(local, session, answerOptions(options)));
    this.model.catch((error: unknown) => this.#end.abort(error));
    // Not once: where nobody listens any more, a library that cleans up at signals ends the process.
    process.on("SIGHUP", this.#hangUp);
  }

  /** Begins it: what is imported for that would hold up whatever is to be seen first. @param tell for what --verbose explains */
  start(tell: (text: string) => void): void {
    this.#start(tell);
  }

  /** @throws why the chat had to end, when it had to */
  throwIfEnded(): void {
    this.ended.throwIfAborted();
  }

  /** Ends the load, or what it has loaded. */
  async dispose(): Promise<void> {
    process.off("SIGHUP", this.#hangUp);
    this.#left.abort(new OslmError("interrupted", { signal: "SIGINT" }));
    // One that was not begun ends at once.
    this.#start(() => {});
    await this.#session.then((session) => session.dispose()).catch(() => {});
  }
}
