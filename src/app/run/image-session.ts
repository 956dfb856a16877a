// A loaded model that answers about images: header, projector, fit, the part that reads images, and the template joined.
import { randomInt } from "node:crypto";
import { basename } from "node:path";
import { OslmError } from "../../errors.js";
import { ramNeeded, usableRam } from "../../fit/capacity.js";
import type { HostOverride } from "../../fit/override-host.js";
import type { LoadPlan, LoadWishes } from "../../fit/plan-load.js";
import { speaksVicuna } from "../../gguf/projector.js";
import { type VocabularyMarks, vocabularyMarks } from "../../gguf/vocabulary-marks.js";
import type { Bytes, Host, Tokens } from "../../model/types.js";
import type { ImageModel, Sampling } from "../../runtime/engine.js";
import type { Message } from "../../runtime/template/render.js";
import { TemplateRenderer } from "../../runtime/template/renderer.js";
import { type Thinking, thinkingVariables, withoutThinking } from "../../runtime/thinking.js";
import { fileSource } from "../../store/file-source.js";
import { planImages } from "../fit/plan-images.js";
import { type FoundProjector, findProjector } from "../pull/find-projector.js";
import type { World } from "../world.js";
import { type ChatTemplate, chatTemplateOf, knownFormat } from "./chat-template.js";
import { defaultSampling } from "./default-sampling.js";
import { giveAnswer } from "./give-answer.js";
import { imagePrompt } from "./image-prompt.js";
import { absolutePath, type LocalModel } from "./local-model.js";
import { checkTogether, decodingBytes, type ReadImage } from "./read-images.js";
import { type ReadModel, readModel } from "./read-model.js";
import type { AnswerEvent, AnswerOptions, Receipt } from "./session.js";

export interface ImageOrders {
  /** Memory for decoding images, those of the first prompt at least. */
  readonly decoding: Bytes;
  /** For advice where the model does not fit. */
  readonly command: string;
  /** A file in place of the model's own projector. */
  readonly mmproj?: string | undefined;
  readonly force?: boolean | undefined;
  readonly ctx?: number | undefined;
  /** As it was for another answer. */
  readonly wishes?: Pick<LoadWishes, "threads" | "batch" | "kvType">;
  /** For templates that write the date. */
  readonly now?: Date;
  /** Told of marks in the prompt that had to be broken up. */
  readonly onBroken?: (marks: readonly string[]) => void;
}

/** With images before its text. */
export interface SeenMessage extends Message {
  readonly images?: readonly ReadImage[];
}

export interface ImageSession {
  readonly plan: LoadPlan;
  readonly projector: FoundProjector;
  readonly ctx: number;
  /** False for a base model. */
  readonly chats: boolean;
  /** The name of the format known for this model, where its file has no template. */
  readonly knownTemplate: string | null;
  /** As of Session; what is the same at the beginning of the next prompt, its images included, is not read again. */
  answer(messages: readonly SeenMessage[], options: AnswerOptions): AsyncGenerator<AnswerEvent, Receipt>;
  promptTokens(messages: readonly SeenMessage[], how?: { readonly signal?: AbortSignal }): Promise<Tokens>;
  dispose(): Promise<void>;
}

/** @throws OslmError no-image-part, cannot-do without a projector, does-not-fit, load-failed, malformed-gguf */
export async function openImageSession(world: World, model: LocalModel, orders: ImageOrders): Promise<ImageSession> {
  const engine = await world.images();
  engine.check();
  const [path] = model.paths;
  const subject = await readModel(model);
  const projector = await findProjector(world, model, orders.mmproj);
  const { width } = subject.geometry;
  if (projector.width !== null && projector.width !== width) {
    const reason = `It is for a model with vectors of ${projector.width} numbers; this one's have ${width}.`;
    throw new OslmError("cannot-do", {
      what: `${basename(projector.path)} is no projector for ${model.ref}`,
      reason,
      instead: "take the projector of the same repository as the model",
    });
  }
  const plan = await planImages(world, { model, subject, projector, ...orders });
  // LLaVA's first conversions have no template, and often no name that tells.
  const byKind = speaksVicuna(projector) ? knownFormat(["vicuna"]) : null;
  const format = chatTemplateOf(model, subject.geometry) ?? byKind;
  const template = format?.text ?? null;
  const { now = world.now() } = orders;
  const renderer = template === null ? undefined : new TemplateRenderer({ file: basename(path), template, now });
  try {
    const vocabulary = await vocabularyMarks(await fileSource(path), basename(path));
    const loaded = await engine.load({ path, projector: projector.path, ...plan }, world.signal);
    return new PartSession(loaded, {
      world,
      plan,
      projector,
      subject,
      vocabulary,
      template,
      format,
      renderer,
      ...orders,
      now,
    });
  } catch (error) {
    await renderer?.dispose();
    throw error;
  }
}

interface Equipment extends ImageOrders {
  readonly world: World;
  readonly plan: LoadPlan;
  readonly projector: FoundProjector;
  readonly subject: ReadModel;
  readonly vocabulary: VocabularyMarks;
  readonly template: string | null;
  readonly format: ChatTemplate | null;
  readonly renderer: TemplateRenderer | undefined;
  readonly now: Date;
}

/** What is free beside a loaded model: the machine counts what that holds, a size from a flag knows nothing of it. */
function roomBeside(held: Bytes, now: Host, { ram }: HostOverride): Bytes {
  const said = ram === undefined ? Number.POSITIVE_INFINITY : usableRam({ ...now, ramAvailable: ram }) - held;
  return Math.max(0, Math.min(usableRam(now), said));
}

class PartSession implements ImageSession {
  /** Marks that were broken up, and told. */
  readonly #told = new Set<string>();
  readonly plan: LoadPlan;
  readonly projector: FoundProjector;
  readonly ctx: number;
  readonly chats: boolean;
  readonly knownTemplate: string | null;

  constructor(
    private readonly loaded: ImageModel,
    private readonly with_: Equipment,
  ) {
    this.plan = with_.plan;
    this.projector = with_.projector;
    this.ctx = loaded.ctx;
    this.chats = with_.template !== null;
    this.knownTemplate = with_.format?.known ?? null;
  }

  async *answer(messages: readonly SeenMessage[], options: AnswerOptions): AsyncGenerator<AnswerEvent, Receipt> {
    const { subject, template, format, now, world, projector } = this.with_;
    const { maxTokens, signal = world.signal } = options;
    const defaults = defaultSampling(subject.header);
    const sampling: Sampling = { ...defaults, seed: randomInt(2 ** 32 - 1), ...options.sampling };
    const prompt = await this.#prompt(messages, options.thinking);
    const answering = { loaded: this.loaded, plan: this.plan, template, format, at: now, lora: [] };
    const receipt = yield* giveAnswer(answering, prompt.text, sampling, options, (wishes) =>
      this.loaded.generate(prompt, { ...wishes, signal, ...(maxTokens && { maxTokens }) }),
    );
    const images = prompt.images.map(({ file, sha256 }) => ({ file: absolutePath(world, file), sha256 }));
    return { ...receipt, seen: { projector: projector.path, images } };
  }

  async promptTokens(
    messages: readonly SeenMessage[],
    { signal = this.with_.world.signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<Tokens> {
    return this.loaded.countTokens(await this.#prompt(messages, undefined), signal);
  }

  async #prompt(messages: readonly SeenMessage[], thinking: Thinking | undefined) {
    const { template, subject, onBroken, ...equipment } = this.with_;
    const images = messages.flatMap((message) => message.images ?? []);
    const decoding = await this.#roomFor(images);
    const variables = thinkingVariables(thinking);
    const about = { messages, template, variables, file: subject.header.name };
    const { text, broken } = await imagePrompt({ ...equipment, ...about });
    const news = broken.filter((mark) => !this.#told.has(mark));
    for (const mark of news) this.#told.add(mark);
    if (news.length > 0) onBroken?.(news);
    const asked = thinking === "off" ? withoutThinking(text, template) : text;
    return { text: asked, images, decoding, bosToken: equipment.vocabulary.bosToken };
  }

  /** Memory for decoding them. What was seen to when the model was loaded is still free. @throws OslmError images-do-not-fit */
  async #roomFor(images: readonly ReadImage[]): Promise<Bytes> {
    checkTogether(images);
    const { decoding: planned, world, force } = this.with_;
    const need = decodingBytes(images);
    if (need <= planned || force) return need;
    const have = roomBeside(ramNeeded(this.plan.estimate) - planned, await world.hostNow(), world.machine);
    if (need <= have) return need;
    throw new OslmError("images-do-not-fit", { images: images.length, need, have });
  }

  async dispose(): Promise<void> {
    await this.with_.renderer?.dispose();
    await this.loaded.dispose();
  }
}
