// A conversation apart from any screen: what was said, what of it the model still hears, and what changes that.
import type { ShownImage } from "../../model/saved-chat.js";
import type { Milliseconds, Tokens } from "../../model/types.js";
import type { Settings } from "./settings.js";

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
  /** Those before it. */
  readonly images?: readonly ShownImage[];
}

export type Ending = "stop" | "length" | "cancelled";

export interface Turn {
  readonly question: string;
  readonly images?: readonly ShownImage[];
  /** Empty until the model says something. */
  readonly answer: string;
  readonly thinking: string;
  /** From the first thought to the first word of the answer. */
  readonly thoughtMs: Milliseconds;
  /** Undefined while it is being answered. */
  readonly ending: Ending | undefined;
}

export interface Conversation {
  readonly system: string | undefined;
  readonly turns: readonly Turn[];
  /** Images that go with the next question. */
  readonly attached: readonly ShownImage[];
  /** So many of the first turns did not fit the context any more: they stay to be read, and are not sent. */
  readonly forgotten: number;
  readonly settings: Settings;
  /** What the last answer left in the context. */
  readonly used: Tokens;
  /** Size of the context; 0 while the model loads. */
  readonly total: Tokens;
  /** Of the last answer; 0 before the first. */
  readonly tokensPerSecond: number;
}

export type Happening =
  | { readonly type: "loaded"; readonly total: Tokens }
  /** Until the next "loaded" no model answers. */
  | { readonly type: "unloaded" }
  /** Another model answers from now on. It hears all of it again, as far as its own context goes. */
  | { readonly type: "exchanged" }
  | { readonly type: "attached"; readonly images: readonly ShownImage[] }
  /** With what is attached. */
  | { readonly type: "asked"; readonly question: string }
  | { readonly type: "thought"; readonly text: string; readonly ms: Milliseconds }
  | { readonly type: "said"; readonly text: string }
  | {
      readonly type: "ended";
      readonly ending: Ending;
      readonly used: Tokens;
      readonly tokensPerSecond: number;
    }
  /** The last turn is taken back, question and answer; its images are attached again. */
  | { readonly type: "withdrawn" }
  | { readonly type: "forgot"; readonly turns: number }
  | { readonly type: "cleared" }
  | { readonly type: "instructed"; readonly system: string | undefined }
  | { readonly type: "set"; readonly settings: Settings }
  | { readonly type: "resumed"; readonly saved: Pick<Conversation, "system" | "turns" | "forgotten" | "settings"> };

export function newConversation(system: string | undefined, settings: Settings): Conversation {
  return { system, turns: [], attached: [], forgotten: 0, settings, used: 0, total: 0, tokensPerSecond: 0 };
}

/** The conversation after something happened. */
export function change(before: Conversation, happening: Happening): Conversation {
  switch (happening.type) {
    case "loaded":
      return { ...before, total: happening.total };
    case "unloaded":
      return { ...before, total: 0 };
    case "exchanged":
      return { ...before, forgotten: 0, used: 0, tokensPerSecond: 0 };
    case "attached":
      return { ...before, attached: happening.images };
    case "asked": {
      const { question } = happening;
      const images = before.attached.length > 0 ? { images: before.attached } : {};
      const turn: Turn = { question, ...images, answer: "", thinking: "", thoughtMs: 0, ending: undefined };
      return { ...before, turns: [...before.turns, turn], attached: [] };
    }
    case "thought":
      return changeLast(before, (turn) => ({ thinking: turn.thinking + happening.text, thoughtMs: happening.ms }));
    case "said":
      return changeLast(before, (turn) => ({ answer: turn.answer + happening.text }));
    case "ended": {
      const { ending, used, tokensPerSecond } = happening;
      const ended = changeLast(before, (turn) => ({
        ending,
        answer: turn.answer.trim(),
        thinking: turn.thinking.trim(),
      }));
      return { ...ended, used, tokensPerSecond };
    }
    case "withdrawn": {
      const turns = before.turns.slice(0, -1);
      const attached = [...(before.turns.at(-1)?.images ?? []), ...before.attached];
      return { ...before, turns, attached, forgotten: Math.min(before.forgotten, turns.length) };
    }
    case "forgot":
      return { ...before, forgotten: Math.min(before.forgotten + happening.turns, before.turns.length) };
    case "cleared":
      return { ...before, turns: [], attached: [], forgotten: 0, used: 0 };
    case "instructed":
      return { ...before, system: happening.system };
    case "set":
      return { ...before, settings: happening.settings };
    case "resumed":
      return { ...before, ...happening.saved, used: 0 };
    default:
      return happening satisfies never;
  }
}

/** What the model is to hear: the system prompt and the turns that are not forgotten. Thinking is not repeated to it. */
export function messagesOf({ system, turns, forgotten }: Conversation): ChatMessage[] {
  const said = turns
    .slice(forgotten)
    .flatMap(({ question, images, answer }): ChatMessage[] => [
      { role: "user", content: question, ...(images && { images }) },
      ...(answer === "" ? [] : [{ role: "assistant", content: answer } as const]),
    ]);
  return system === undefined ? said : [{ role: "system", content: system }, ...said];
}

function changeLast(before: Conversation, edit: (turn: Turn) => Partial<Turn>): Conversation {
  const last = before.turns.at(-1);
  if (last === undefined) return before;
  return { ...before, turns: [...before.turns.slice(0, -1), { ...last, ...edit(last) }] };
}
