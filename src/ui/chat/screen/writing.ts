// What keys do to a message that is being written.

import type { Chat } from "../chat.js";
import { completions } from "../commands.js";
import { type Draft, draftOf, EMPTY, erase, insert, move, moveLine, paste, type Step, textOf } from "./draft.js";
import type { HistoryWalk } from "./history-walk.js";
import type { Key } from "./keys.js";

/** What a key means besides a change of the draft. */
export type Wish = "send" | "interrupt" | "leave" | "redraw" | "edit" | "thinking" | "suspend";

export interface Written {
  readonly draft: Draft;
  readonly wish?: Wish;
  /** What Tab can become. */
  readonly hint?: string;
}

const WISHES: Readonly<Record<string, Wish>> = { c: "interrupt", l: "redraw", g: "edit", t: "thinking", z: "suspend" };
const STEPS: Readonly<Record<string, Step>> = { b: "left", f: "right", a: "lineStart", e: "lineEnd" };
const ERASED: Readonly<Record<string, Step>> = { w: "wordLeft", u: "lineStart", k: "lineEnd", h: "wordLeft" };

export function write(draft: Draft, key: Key, chat: Chat, history: HistoryWalk): Written {
  if (key.type === "text") return { draft: insert(draft, key.text) };
  if (key.type === "paste") return { draft: paste(draft, key.text) };
  const { name, ctrl, alt, shift } = key;
  const byWord = ctrl || alt;
  switch (name) {
    case "enter":
      return alt || shift || ctrl || isOpen(draft) ? { draft: insert(draft, "\n") } : { draft, wish: "send" };
    case "left":
      return { draft: move(draft, byWord ? "wordLeft" : "left") };
    case "right":
      return { draft: move(draft, byWord ? "wordRight" : "right") };
    case "home":
      return { draft: move(draft, ctrl ? "start" : "lineStart") };
    case "end":
      return { draft: move(draft, ctrl ? "end" : "lineEnd") };
    case "backspace":
      return { draft: erase(draft, byWord ? "wordLeft" : "left") };
    case "delete":
      return { draft: erase(draft, byWord ? "wordRight" : "right") };
    case "up":
      return { draft: moveLine(draft, "up") ?? recalled(history.back(textOf(draft)), draft) };
    case "down":
      return { draft: moveLine(draft, "down") ?? recalled(history.forward(), draft) };
    case "tab":
      return complete(draft, chat);
    default:
      return ctrl ? control(draft, name, history) : alt ? word(draft, name) : { draft };
  }
}

/** Without the quotes that begin and end a message of several lines. */
export function messageOf(draft: Draft): string {
  const text = textOf(draft);
  const quoted = /^\s*"""\n?([\s\S]*?)\n?"""\s*$/.exec(text);
  return quoted?.[1] ?? text;
}

function isOpen(draft: Draft): boolean {
  const text = textOf(draft).trim();
  return text.startsWith('"""') && (text.length < 6 || !text.endsWith('"""'));
}

function control(draft: Draft, letter: string, history: HistoryWalk): Written {
  if (letter === "j") return { draft: insert(draft, "\n") };
  if (letter === "d") return draft.cells.length === 0 ? { draft, wish: "leave" } : { draft: erase(draft, "right") };
  if (letter === "p") return { draft: recalled(history.back(textOf(draft)), draft) };
  if (letter === "n") return { draft: recalled(history.forward(), draft) };
  const wish = WISHES[letter];
  if (wish !== undefined) return { draft, wish };
  const [step, erased] = [STEPS[letter], ERASED[letter]];
  if (step !== undefined) return { draft: move(draft, step) };
  return { draft: erased === undefined ? draft : erase(draft, erased) };
}

function word(draft: Draft, letter: string): Written {
  if (letter === "b") return { draft: move(draft, "wordLeft") };
  if (letter === "f") return { draft: move(draft, "wordRight") };
  return { draft: letter === "d" ? erase(draft, "wordRight") : draft };
}

function recalled(text: string | undefined, draft: Draft): Draft {
  return text === undefined ? draft : text === "" ? EMPTY : draftOf(text);
}

/** As far as all that it can become have in common. */
function complete(draft: Draft, chat: Chat): Written {
  const text = textOf(draft);
  const found = draft.cursor === draft.cells.length ? completions(text, chat) : [];
  const [only] = found;
  if (only === undefined) return { draft };
  if (found.length === 1) return { draft: insert(EMPTY, `${only} `) };
  return { draft: insert(EMPTY, commonStart(found)), hint: found.map((line) => line.replace(/^\S+ /, "")).join("  ") };
}

function commonStart([first = "", ...others]: readonly string[]): string {
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length);
}
