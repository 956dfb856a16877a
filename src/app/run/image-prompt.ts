// The text of a prompt about images: what the model's template makes of the messages, with a mark for each image before its message.
import { OslmError } from "../../errors.js";
import type { VocabularyMarks } from "../../gguf/vocabulary-marks.js";
import { IMAGE_MARK } from "../../runtime/images/messages.js";
import { sealMarks } from "../../runtime/images/seal-marks.js";
import type { Message } from "../../runtime/template/render.js";
import type { TemplateRenderer } from "../../runtime/template/renderer.js";

export interface ImagePromptParts {
  /** Each with the images that come before its text. */
  readonly messages: readonly (Message & { readonly images?: readonly unknown[] })[];
  readonly vocabulary: VocabularyMarks;
  /** Null for a base model, whose texts are joined. */
  readonly template: string | null;
  readonly renderer: TemplateRenderer | undefined;
  readonly variables: Readonly<Record<string, boolean>>;
  /** For messages. */
  readonly file: string;
}

/** With the marks that the messages held, which are broken up. @throws OslmError bad-template, malformed-gguf for marks that cannot be */
export async function imagePrompt(
  parts: ImagePromptParts,
): Promise<{ readonly text: string; readonly broken: readonly string[] }> {
  const { messages, vocabulary, template, renderer, file } = parts;
  const broken = new Set<string>();
  const safe = messages.map(({ role, content, images = [] }): Message => {
    const sealed = sealMarks(content, vocabulary.marks, template, file);
    for (const mark of sealed.broken) broken.add(mark);
    return { role, content: `${IMAGE_MARK}\n`.repeat(images.length) + sealed.text };
  });
  const text = renderer ? await render(renderer, safe, parts) : safe.map(({ content }) => content).join("\n\n");
  return { text, broken: [...broken] };
}

/** @throws OslmError bad-template also where not all images are in it */
async function render(
  renderer: TemplateRenderer,
  messages: readonly Message[],
  { messages: asked, vocabulary, variables, file }: ImagePromptParts,
): Promise<string> {
  const images = asked.reduce((sum, message) => sum + (message.images?.length ?? 0), 0);
  const text = await renderer.render(messages, vocabulary, { variables });
  if (text.split(IMAGE_MARK).length - 1 === images) return text;
  throw new OslmError("bad-template", { file, reason: "it leaves out what is asked, or the images" });
}
