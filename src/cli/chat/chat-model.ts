// A loaded model as a chat sees it.
import { basename } from "node:path";
import type { SeenMessage } from "../../app/run/image-session.js";
import type { LocalModel } from "../../app/run/local-model.js";
import { makeRoom } from "../../app/run/make-room.js";
import type { AnswerEvent, AnswerOptions, Session } from "../../app/run/session.js";
import { quoted } from "../../model/quoted.js";
import type { Tokens } from "../../model/types.js";
import type { AnswerPart, ChatModel } from "../../ui/chat/chat-parts.js";
import type { ChatMessage } from "../../ui/chat/conversation.js";
import type { Settings } from "../../ui/chat/settings.js";
import { sanitizeLine } from "../../ui/sanitize.js";
import { LEAVES_OUT } from "../leaves-out.js";
import type { ImageShelf } from "./image-shelf.js";

/** A session about texts, or about images as well. */
export interface ChatSession
  extends Pick<Session, "plan" | "ctx" | "chats" | "knownTemplate">,
    Partial<Pick<Session, "leavesOut">> {
  promptTokens(messages: readonly SeenMessage[], how: { readonly signal: AbortSignal }): Promise<Tokens>;
  answer(messages: readonly SeenMessage[], options: AnswerOptions): AsyncGenerator<AnswerEvent, unknown>;
}

interface Eyes extends Pick<ChatModel, "sees"> {
  readonly shelf: ImageShelf;
}

const BLIND: Readonly<Record<ChatModel["sees"], string | null>> = {
  now: null,
  later: "the model cannot be loaded for images",
  never: "this model reads no images",
};

/** @param base what the command line says of answers; what a chat has set goes before */
export function chatModel(
  local: LocalModel,
  session: ChatSession,
  base: AnswerOptions,
  { sees, shelf }: Eyes,
): ChatModel {
  const { ctx } = session;
  let told = false;
  async function* answer(
    said: readonly ChatMessage[],
    settings: Settings,
    signal: AbortSignal,
  ): AsyncGenerator<AnswerPart> {
    const options = { ...answerOptions(base, settings), signal };
    const { messages, lost } = await shelf.messages(said, BLIND[sees]);
    for (const reason of lost) yield { type: "unseen", reason };
    const promptTokens = (some: readonly SeenMessage[]) => session.promptTokens(some, { signal });
    const room = await makeRoom({ ctx, promptTokens }, messages, options.maxTokens);
    if (session.leavesOut && !told) yield { type: "unseen", reason: LEAVES_OUT };
    told ||= session.leavesOut === true;
    if (room.dropped > 0) yield { type: "dropped", turns: room.dropped, tokens: room.tokens };
    for await (const event of session.answer(room.messages, options)) {
      if (event.type === "text" || event.type === "thinking") yield { type: event.type, text: event.text };
      else if (event.type === "done") {
        const { promptTokens, completionTokens } = event.usage;
        yield {
          type: "done",
          ending: event.finishReason,
          used: promptTokens + completionTokens,
          tokens: completionTokens,
          tokensPerSecond: event.timings.tokensPerSecond,
        };
      }
    }
  }
  return {
    title: titleOf(local),
    ctx,
    chats: session.chats,
    sees,
    knownTemplate: session.knownTemplate,
    about: about(local, session),
    license: license(local),
    answer,
  };
}

/** The path of a file is long, and its name says enough. */
export function titleOf({ ref, stored }: LocalModel): string {
  return sanitizeLine(stored ? ref : basename(ref));
}

function answerOptions(base: AnswerOptions, settings: Settings): AnswerOptions {
  const { maxTokens, stop, thinking: _, ...sampling } = settings;
  const { maxTokens: _limit, ...others } = base;
  return { ...others, sampling, stop: stop ?? [], ...(maxTokens === undefined ? {} : { maxTokens }) };
}

function about({ ref, quant, stored, paths }: LocalModel, { plan, ctx }: ChatSession): string {
  const commit = stored?.commit ? ` at commit ${stored.commit.slice(0, 12)}` : "";
  const where =
    plan.gpuLayers > 0
      ? `${plan.gpuLayers} layers on the GPU`
      : `${plan.threads} CPU thread${plan.threads === 1 ? "" : "s"}`;
  return [`${ref} (${quant})${commit}`, `context ${ctx} tokens, cache ${plan.kvType}, ${where}`, paths[0]].join("\n");
}

function license({ ref, stored }: LocalModel): string {
  const known = stored ? `${stored.license.id} (${stored.license.class}). ` : "";
  return `${known}What it asks for: oslm license ${quoted(ref)}`;
}
