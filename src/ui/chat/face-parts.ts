// What every face of a chat gets, besides what the chat itself needs.
import type { Chat, ChatParts } from "./chat.js";

/** What was typed before, for the Up key. */
export interface History {
  /** Oldest first. */
  read(): readonly string[];
  add(typed: string): void;
}

export interface FaceParts extends ChatParts {
  /** The model's name. */
  readonly title: string;
  readonly history: History;
  /** Opens the person's editor with a text, and gives what it is then; undefined where there is no editor. */
  readonly edit: ((text: string) => Promise<string>) | undefined;
  /** Ctrl-C as a signal goes to `taker` from now on, until what is returned is called. */
  takeInterrupts(taker: () => void): () => void;
  /** Called once the chat stands, before the first question. */
  begun(chat: Chat): void;
}
