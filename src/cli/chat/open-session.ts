// The session of a chat: about texts alone, which is faster, or about images as well.
import { imageCommand } from "../../app/run/image-command.js";
import type { SeenMessage } from "../../app/run/image-session.js";
import type { LocalModel } from "../../app/run/local-model.js";
import { decodingBytes, PHOTOGRAPH, type ReadImage } from "../../app/run/read-images.js";
import type { Context } from "../context.js";
import type { RunOptions } from "../run-flags.js";
import { startSession } from "../stream-answer.js";
import type { ChatSession } from "./chat-model.js";

export interface OpenSession extends ChatSession {
  /** Its memory is recorded now, where that says something. */
  record(): Promise<void>;
  dispose(): Promise<void>;
}

export function openTexts(
  context: Context,
  local: LocalModel,
  options: Omit<RunOptions, "draft" | "quant">,
  draft: LocalModel | undefined,
): Promise<OpenSession> {
  return startSession(context, local, options, draft);
}

interface Seeing extends Pick<RunOptions, "ctx" | "force"> {
  readonly mmproj: string | undefined;
  /** Those that come first. */
  readonly images: readonly ReadImage[];
}

/** @throws OslmError what startImages throws */
export async function openImages(
  context: Context,
  local: LocalModel,
  { images, ...wishes }: Seeing,
): Promise<OpenSession> {
  const { sayReading, startImages } = await import("../start-images.js");
  const session = await startImages(context, local, {
    ...wishes,
    decoding: Math.max(decodingBytes(images), PHOTOGRAPH),
    command: imageCommand("chat", local.ref, { images, mmproj: wishes.mmproj }),
  });
  const seen = new WeakSet<ReadImage>();
  return {
    plan: session.plan,
    ctx: session.ctx,
    chats: session.chats,
    knownTemplate: session.knownTemplate,
    promptTokens: (messages, how) => session.promptTokens(messages, how),
    answer(messages, options) {
      const shown = imagesOf(messages);
      // With one more the library reads all of them again.
      if (shown.some((image) => !seen.has(image))) sayReading(context, shown.length);
      for (const image of shown) seen.add(image);
      return session.answer(messages, options);
    },
    // Its memory is another process's.
    record: async () => {},
    dispose: () => session.dispose(),
  };
}

function imagesOf(messages: readonly SeenMessage[]): readonly ReadImage[] {
  return messages.flatMap(({ images = [] }) => images);
}
