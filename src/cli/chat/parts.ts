// What a chat is made of, whatever shows it.
import { join } from "node:path";
import type { LocalModel } from "../../app/run/local-model.js";
import { isOslmError, type OslmError } from "../../errors.js";
import { quoted } from "../../model/quoted.js";
import type { SavedChat, ShownImage } from "../../model/saved-chat.js";
import { ChatFolder } from "../../store/chat-folder.js";
import { ChatHistory } from "../../store/chat-history.js";
import type { Chat } from "../../ui/chat/chat.js";
import type { FaceParts } from "../../ui/chat/chat-parts.js";
import { copyText } from "../../ui/chat/copy-text.js";
import { editText } from "../../ui/chat/edit-text.js";
import type { Settings } from "../../ui/chat/settings.js";
import type { ChatOptions } from "../chat-flags.js";
import type { Context } from "../context.js";
import { takeInterrupts } from "../interrupts.js";
import { reportOf } from "../report.js";
import { answerOptions, type RunOptions } from "../run-flags.js";
import { type Beginning, beginning } from "./beginning.js";
import { titleOf } from "./chat-model.js";
import type { Load } from "./load.js";
import { keptOf, savedChats } from "./saved-chats.js";

interface Asked {
  readonly load: Load;
  readonly options: RunOptions & ChatOptions;
  /** For the first question. */
  readonly images: readonly ShownImage[];
}

/** @throws OslmError usage, no-chat, bad-chat for a conversation that cannot go on */
export function chatParts(context: Context, { load, options, images }: Asked): FaceParts {
  const { out, world, env } = context;
  const { local } = load;
  const model = identityOf(local);
  const folder = new ChatFolder(join(world.state, "chats"), world.now);
  const begun = beginning(folder, options, local.ref, (text) => out.warn(text));
  const settings = settingsOf(options);
  return {
    title: titleOf(local),
    models: load,
    saved: savedChats(folder, () => identityOf(load.local), world.now),
    name: begun.name,
    system: options.system,
    settings,
    history: new ChatHistory(join(world.state, "chat-history.jsonl")),
    look: (file) => load.look(file),
    explain: (error) => explain(error, load),
    copy: (text) => copyText(text, env, out.terminal),
    edit: editText(env),
    takeInterrupts,
    now: () => performance.now(),
    begun(chat) {
      load.start((text, kind) => chat.face.tell(text, kind));
      resume(chat, begun, { model, options, settings });
      if (images.length > 0) chat.happened({ type: "attached", images });
    },
  };
}

function identityOf({ ref, stored }: LocalModel): SavedChat["model"] {
  return { ref, commit: stored?.commit ?? null };
}

/** Flags that were given go before what was saved. */
function resume(
  chat: Chat,
  { name, saved }: Beginning,
  { model, options, settings }: { model: SavedChat["model"]; options: RunOptions; settings: Settings },
): void {
  if (saved === undefined) return;
  const kept = keptOf(saved);
  const system = options.system ?? kept.system;
  chat.resume(name, { ...kept, system, settings: { ...kept.settings, ...settings } });
  const { ref, commit } = saved.model;
  if (ref !== model.ref) chat.face.tell(`It was with ${ref} before; ${model.ref} goes on with it.`, "warning");
  else if (commit !== model.commit) {
    const old = commit?.slice(0, 12) ?? "a file";
    chat.face.tell(`It was with ${ref} at ${old} before; the model has changed since.`, "warning");
  }
}

function settingsOf(options: RunOptions): Settings {
  const { sampling, maxTokens, stop } = answerOptions(options);
  return { ...sampling, ...(maxTokens === undefined ? {} : { maxTokens }), ...(stop.length > 0 ? { stop } : {}) };
}

/** A failure that ends an answer and not the chat; a model that cannot be loaded ends it, or one that never has an answer. */
function explain(error: unknown, { ended, local }: Load): string | undefined {
  if (!isOslmError(error) || isOslmError(error, "no-numbers") || ended.aborted) return undefined;
  const { message, detail, hint: usual } = reportOf(error);
  const hint = hintOf(error, local) ?? usual;
  return [message, detail, hint && `Try: ${hint}`].filter(Boolean).join("\n  ");
}

/** What helps in a chat, where that is something else than outside. */
function hintOf(error: OslmError, { ref }: LocalModel): string | undefined {
  if (isOslmError(error, "no-chat")) return "/load   (it lists the saved ones)";
  if (!isOslmError(error, "prompt-too-long")) return undefined;
  const { fits, needed } = error.facts;
  const larger = fits ? `, or leave and go on with oslm chat ${quoted(ref)} --ctx ${needed} --continue` : "";
  return `shorten the question${larger}`;
}
