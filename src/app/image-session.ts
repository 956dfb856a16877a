// A loaded model that answers about images: header, projector, fit, the part that reads images, and the template joined.
import { randomInt } from "node:crypto";
import { basename } from "node:path";
import { OslmError } from "../errors.js";
import type { LoadPlan } from "../fit/plan-load.js";
import { speaksVicuna } from "../gguf/projector.js";
import { type VocabularyMarks, vocabularyMarks } from "../gguf/vocabulary-marks.js";
import type { ImageModel, Sampling } from "../runtime/engine.js";
import { knownTemplate } from "../runtime/template/known.js";
import type { Message } from "../runtime/template/render.js";
import { TemplateRenderer } from "../runtime/template/renderer.js";
import { type Thinking, thinkingVariables, withoutThinking } from "../runtime/thinking.js";
import { constraintFor, splitterFor } from "../runtime/thinking-apart.js";
import { fileSource } from "../store/file-source.js";
import { hashText } from "../store/hash-text.js";
import { chatTemplateOf } from "./chat-template.js";
import { defaultSampling } from "./default-sampling.js";
import { type FoundProjector, findProjector } from "./find-projector.js";
import { imagePrompt } from "./image-prompt.js";
import type { LocalModel } from "./local-model.js";
import { planImages } from "./plan-images.js";
import { decodingBytes, type ReadImage } from "./read-images.js";
import { type ReadModel, readModel } from "./read-model.js";
import type { AnswerEvent, AnswerOptions, Receipt } from "./session.js";
import type { World } from "./world.js";

export interface ImageOrders {
  readonly images: readonly ReadImage[];
  /** A file in place of the model's own projector. */
  readonly mmproj?: string | undefined;
  readonly force?: boolean | undefined;
  readonly ctx?: number | undefined;
  /** Told of marks in the prompt that had to be broken up. */
  readonly onBroken?: (marks: readonly string[]) => void;
}

export interface ImageSession {
  readonly plan: LoadPlan;
  readonly projector: FoundProjector;
  readonly ctx: number;
  /** Answers the last of `messages`, with the images before its text. */
  answer(messages: readonly Message[], options: AnswerOptions): AsyncGenerator<AnswerEvent, Receipt>;
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
  const byKind = speaksVicuna(projector) ? knownTemplate(["vicuna"])?.template : undefined;
  const template = chatTemplateOf(model, subject.geometry)?.text ?? byKind ?? null;
  const now = world.now();
  const renderer = template === null ? undefined : new TemplateRenderer({ file: basename(path), template, now });
  try {
    const vocabulary = await vocabularyMarks(await fileSource(path), basename(path));
    const loaded = await engine.load({ path, projector: projector.path, ...plan }, world.signal);
    return new PartSession(loaded, { world, plan, projector, subject, vocabulary, template, renderer, now, ...orders });
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
  readonly renderer: TemplateRenderer | undefined;
  readonly now: Date;
}

class PartSession implements ImageSession {
  readonly plan: LoadPlan;
  readonly projector: FoundProjector;
  readonly ctx: number;

  constructor(
    private readonly loaded: ImageModel,
    private readonly with_: Equipment,
  ) {
    this.plan = with_.plan;
    this.projector = with_.projector;
    this.ctx = loaded.ctx;
  }

  async *answer(messages: readonly Message[], options: AnswerOptions): AsyncGenerator<AnswerEvent, Receipt> {
    const { subject, images, template, vocabulary, now, world } = this.with_;
    const { thinking, grammar, stop, maxTokens, signal = world.signal } = options;
    const defaults = defaultSampling(subject.header);
    const sampling: Sampling = { ...defaults, seed: randomInt(2 ** 32 - 1), ...options.sampling };
    const text = await this.#prompt(messages, thinking);
    const shape = grammar && constraintFor(grammar, text, template, thinking);
    const splitter = template === null ? undefined : splitterFor(text, template);
    const prompt = { text, images, decoding: decodingBytes(images), bosToken: vocabulary.bosToken };
    const wishes = { sampling, stop, signal, ...(shape && { grammar: shape }), ...(maxTokens && { maxTokens }) };
    for await (const event of this.loaded.generate(prompt, wishes)) {
      if (event.type === "text") yield* splitter?.add(event.text) ?? [event];
      else {
        if (event.type === "done") yield* splitter?.end() ?? [];
        yield event;
      }
    }
    const { threads, gpuLayers, batch, useMmap, kvType } = this.plan;
    return {
      engine: this.loaded.build,
      ...{ sampling, stop, maxTokens: maxTokens ?? null, thinking: thinking ?? null, ctx: this.ctx },
      ...{ threads, gpuLayers, batch, mapped: useMmap, kvType },
      templateSha256: template === null ? null : hashText(template),
      at: now.toISOString(),
      promptSha256: hashText(text),
      grammarSha256: grammar === undefined ? null : hashText(grammar.gbnf),
      lora: [],
      guessed: false,
      images: images.map(({ sha256 }) => sha256),
    };
  }

  async #prompt(messages: readonly Message[], thinking: Thinking | undefined): Promise<string> {
    const { images, template, subject, onBroken, ...equipment } = this.with_;
    const variables = thinkingVariables(thinking);
    const about = { messages, images: images.length, template, variables, file: subject.header.name };
    const { text, broken } = await imagePrompt({ ...equipment, ...about });
    if (broken.length > 0) onBroken?.(broken);
    return thinking === "off" ? withoutThinking(text, template) : text;
  }

  async dispose(): Promise<void> {
    await this.with_.renderer?.dispose();
    await this.loaded.dispose();
  }
}
