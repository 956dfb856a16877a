// The model of a chat, loaded while the person types already, and another one in its place.
import type { LocalModel } from "../../app/local-model.js";
import { openAnother } from "../../app/open-another.js";
import type { RecordedSession } from "../../app/record-load.js";
import { OslmError } from "../../errors.js";
import type { ChatModel, Models } from "../../ui/chat/chat-parts.js";
import type { Context } from "../context.js";
import { answerOptions, type RunOptions } from "../run-flags.js";
import { startSession } from "../stream-answer.js";
import { chatModel } from "./chat-model.js";
import { chatOutput, type Tell } from "./chat-output.js";
import { storedModel, storedNames } from "./stored-model.js";

interface Opened {
  readonly local: LocalModel;
  readonly session: RecordedSession;
  readonly model: ChatModel;
}

export class Load implements Models {
  /** Aborted when the chat has to end: by a signal, with its terminal, or since there is no model. */
  readonly ended: AbortSignal;
  readonly #end = new AbortController();
  readonly #left = new AbortController();
  readonly #context: Promise<Context>;
  #local: LocalModel;
  #opened: Promise<Opened>;
  /** Were other models loaded before, or beside it? */
  #several = false;
  #names: readonly string[] = [];
  #start: (tell: Tell) => void = () => {};
  readonly #hangUp = () => this.#end.abort(new OslmError("interrupted", { signal: "SIGHUP" }));

  constructor(
    { world, ...context }: Context,
    private readonly first: LocalModel,
    private readonly draft: LocalModel | undefined,
    private readonly options: RunOptions,
  ) {
    this.ended = AbortSignal.any([world.signal, this.#end.signal]);
    const signal = AbortSignal.any([this.ended, this.#left.signal]);
    this.#context = new Promise<Tell>((resolve) => {
      this.#start = resolve;
    }).then((tell) => ({ ...context, world: { ...world, signal }, out: chatOutput(context.out, tell) }));
    this.#local = first;
    this.#opened = this.#open(first);
    // Not once: where nobody listens any more, a library that cleans up at signals ends the process.
    process.on("SIGHUP", this.#hangUp);
  }

  /** Begins it: what is imported for that would hold up whatever is to be seen first. */
  start(tell: Tell): void {
    this.#start(tell);
    void this.#learnNames();
  }

  /** What answers, or will. */
  get local(): LocalModel {
    return this.#local;
  }

  get current(): Promise<ChatModel> {
    return this.#opened.then(({ model }) => model);
  }

  names(): readonly string[] {
    return this.#names;
  }

  async use(name: string, given: AbortSignal): Promise<ChatModel> {
    const before = await this.#opened;
    const whole = await this.#context;
    const { signal } = whole.world;
    const context = { ...whole, world: { ...whole.world, signal: AbortSignal.any([signal, given]) } };
    void this.#learnNames();
    const local = await storedModel(context, name, this.options.acceptLicense);
    if (local.paths[0] === before.local.paths[0]) return before.model;
    const { ctx, force = false, lora, draft } = this.options;
    if (!this.#isFirst(local) && (lora || draft))
      context.out.note(`--lora and --draft are for ${this.first.ref} alone.`);
    // With two of them in the process its memory says nothing of either.
    await before.session.record();
    this.#several = true;
    let freed = false;
    try {
      const after = await openAnother(context.world, {
        model: local,
        wishes: ctx === undefined ? {} : { ctx },
        force,
        held: before.session.plan,
        open: (there) => this.#begin({ ...context, world: there }, local),
        async free() {
          freed = true;
          await before.session.dispose();
        },
      });
      this.#local = local;
      this.#opened = Promise.resolve(after);
      if (!freed) await before.session.dispose();
      return after.model;
    } catch (error) {
      if (freed) this.#opened = this.#open(before.local);
      throw error;
    }
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
    await this.#opened.then(({ session }) => session.dispose()).catch(() => {});
  }

  /** Without it the chat ends. */
  #open(local: LocalModel): Promise<Opened> {
    const opened = this.#context.then((context) => this.#begin(context, local));
    opened.catch((error: unknown) => this.#end.abort(error));
    return opened;
  }

  async #begin(context: Context, local: LocalModel): Promise<Opened> {
    context.world.signal.throwIfAborted();
    const { draft: _, quant: __, lora, ...options } = this.options;
    // What was given for one model is not for another.
    const [adapters, draft] = this.#isFirst(local) ? [lora, this.draft] : [];
    const session = await startSession(context, local, { ...options, ...(adapters && { lora: adapters }) }, draft);
    if (this.#several) await session.record();
    return { local, session, model: chatModel(local, session, answerOptions(options)) };
  }

  #isFirst({ paths: [path] }: LocalModel): boolean {
    return path === this.first.paths[0];
  }

  async #learnNames(): Promise<void> {
    // For Tab only.
    this.#names = await storedNames(await this.#context).catch(() => []);
  }
}
