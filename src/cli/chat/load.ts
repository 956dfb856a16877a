// The model of a chat, loaded while the person types already, and another one in its place.
import { findProjector, soundProjector } from "../../app/pull/find-projector.js";
import { absolutePath, type LocalModel } from "../../app/run/local-model.js";
import { openAnother } from "../../app/run/open-another.js";
import { type ReadImage, readImages } from "../../app/run/read-images.js";
import type { World } from "../../app/world.js";
import { OslmError } from "../../errors.js";
import type { ShownImage } from "../../model/saved-chat.js";
import type { ChatModel, Models } from "../../ui/chat/chat-parts.js";
import type { Context } from "../context.js";
import { type ImageOptions, refuseBeside } from "../image-flags.js";
import { answerOptions, type RunOptions } from "../run-flags.js";
import { chatModel } from "./chat-model.js";
import { chatOutput, type Tell } from "./chat-output.js";
import { ImageShelf } from "./image-shelf.js";
import { type OpenSession, openImages, openTexts } from "./open-session.js";
import { storedModel, storedNames } from "./stored-model.js";

interface Opened {
  readonly local: LocalModel;
  readonly session: OpenSession;
  readonly model: ChatModel;
}

interface Given {
  readonly draft: LocalModel | undefined;
  /** For the first question. */
  readonly images: readonly ReadImage[];
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
  readonly shelf: ImageShelf;
  readonly #hangUp = () => this.#end.abort(new OslmError("interrupted", { signal: "SIGHUP" }));

  constructor(
    { world, ...context }: Context,
    private readonly first: LocalModel,
    private readonly given: Given,
    private readonly options: RunOptions & ImageOptions,
  ) {
    this.shelf = new ImageShelf(async (file) => {
      const [image] = await readImages(world, [file]);
      if (image === undefined) throw new Error("nothing was read");
      return image;
    }, given.images);
    this.ended = AbortSignal.any([world.signal, this.#end.signal]);
    const signal = AbortSignal.any([this.ended, this.#left.signal]);
    this.#context = new Promise<Tell>((resolve) => {
      this.#start = resolve;
    }).then((tell) => ({ ...context, world: { ...world, signal }, out: chatOutput(context.out, tell) }));
    this.#local = first;
    this.#opened = this.#open(first, given.images.length > 0);
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
    const context = await this.#endingWith(given);
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
        open: (there) => this.#begin({ ...context, world: there }, local, false),
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
      if (freed) this.#opened = this.#open(before.local, before.model.sees === "now");
      throw error;
    }
  }

  /** Its texts go through the other library from then on as well: both at once would be two copies of the weights. */
  async see(given: AbortSignal): Promise<ChatModel> {
    const before = await this.#opened;
    if (before.model.sees !== "later") return before.model;
    const context = await this.#endingWith(given);
    await this.#checkEyes(context.world, before.local);
    context.out.note("The model is loaded again, with its projector.");
    this.#several = true;
    await before.session.dispose();
    try {
      const after = await this.#begin(context, before.local, true);
      this.#opened = Promise.resolve(after);
      return after.model;
    } catch (error) {
      this.#opened = this.#open(before.local, false);
      throw error;
    }
  }

  /** An image for the current model. @throws OslmError what is wrong with it, or missing for it */
  async look(file: string): Promise<ShownImage> {
    refuseBeside(this.#optionsOf(this.#local));
    const { world } = await this.#context;
    const { sha256 } = await this.shelf.take(file);
    await this.#checkEyes(world, this.#local);
    return { file: absolutePath(world, file), sha256 };
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
  #open(local: LocalModel, seeing: boolean): Promise<Opened> {
    const opened = this.#context.then((context) => this.#begin(context, local, seeing));
    opened.catch((error: unknown) => this.#end.abort(error));
    return opened;
  }

  async #begin(context: Context, local: LocalModel, seeing: boolean): Promise<Opened> {
    context.world.signal.throwIfAborted();
    const { draft, quant: _, mmproj, ...options } = this.#optionsOf(local);
    const { images } = this.given;
    if (seeing) refuseBeside({ ...options, ...(draft && { draft }) });
    const session = seeing
      ? await openImages(context, local, { ctx: options.ctx, force: options.force, mmproj, images })
      : await openTexts(context, local, options, draft === undefined ? undefined : this.given.draft);
    if (this.#several) await session.record();
    const could = mmproj !== undefined || (await soundProjector(context.world, local)) !== null;
    const sees = seeing ? "now" : could ? "later" : "never";
    return { local, session, model: chatModel(local, session, answerOptions(options), { sees, shelf: this.shelf }) };
  }

  /** The context, ended by that signal as well. */
  async #endingWith(given: AbortSignal): Promise<Context> {
    const context = await this.#context;
    const { signal } = context.world;
    return { ...context, world: { ...context.world, signal: AbortSignal.any([signal, given]) } };
  }

  /** What was given for the first model is not for another. */
  #optionsOf(local: LocalModel): RunOptions & ImageOptions {
    if (this.#isFirst(local)) return this.options;
    const { lora: _, draft: __, mmproj: ___, ...others } = this.options;
    return others;
  }

  /** All that reading images takes, but for loading it. @throws OslmError what is missing, or in the way */
  async #checkEyes(world: World, local: LocalModel): Promise<void> {
    const options = this.#optionsOf(local);
    refuseBeside(options);
    (await world.images()).check();
    await findProjector(world, local, options.mmproj);
  }

  #isFirst({ paths: [path] }: LocalModel): boolean {
    return path === this.first.paths[0];
  }

  async #learnNames(): Promise<void> {
    // For Tab only.
    this.#names = await storedNames(await this.#context).catch(() => []);
  }
}
