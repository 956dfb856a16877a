// The folder of conversations as a chat sees it.

import type { SavedChat } from "../../model/saved-chat.js";
import type { ChatFolder } from "../../store/chat-folder.js";
import type { Kept, SavedChats } from "../../ui/chat/chat-parts.js";
import { readSettings } from "../../ui/chat/settings.js";
import { formatAgo } from "../../ui/format.js";
import { sanitizeLine } from "../../ui/sanitize.js";

/** @param model what answers in this process */
export function savedChats(folder: ChatFolder, model: () => SavedChat["model"], now: () => Date): SavedChats {
  return {
    newName: () => folder.newName(),
    isName: (name) => folder.isName(name),
    names: () => folder.names(),
    list: () =>
      folder
        .names()
        .slice(0, 20)
        .map((name) => line(folder, name, now()))
        .join("\n"),
    open: (name) => keptOf(folder.open(name)),
    replaced: (name) => folder.replaced(name),
    write(name, { system, turns, forgotten, settings }) {
      folder.write(name, {
        model: model(),
        system: system ?? null,
        settings: { ...settings },
        forgotten,
        turns: turns.map((turn) => ({ ...turn, thoughtMs: Math.round(turn.thoughtMs), ending: turn.ending ?? null })),
      });
    },
  };
}

/** What a chat goes on with. A question without any answer was lost with its process. */
export function keptOf({ system, turns, forgotten, settings }: SavedChat): Kept {
  const last = turns.at(-1);
  const whole = last?.ending === null && last.answer === "" ? turns.slice(0, -1) : turns;
  return {
    system: system ?? undefined,
    turns: whole.map((turn) => ({ ...turn, ending: turn.ending ?? "cancelled" })),
    forgotten: Math.min(forgotten, whole.length),
    settings: readSettings(settings),
  };
}

function line(folder: ChatFolder, name: string, now: Date): string {
  try {
    const { model, turns, updatedAt } = folder.read(name);
    const first = sanitizeLine(turns[0]?.question ?? "").slice(0, 40);
    return `${name}  ${sanitizeLine(model.ref)}  ${formatAgo(new Date(updatedAt), now)}  ${first}`;
  } catch {
    return `${name}  cannot be read`;
  }
}
