// What a chat is made of: the model, the place where it is kept, the face that shows it.
import type { ShownImage } from "../../model/saved-chat.js";
import type { Milliseconds, Tokens } from "../../model/types.js";
import type { Chat } from "./chat.js";
import type { ChatMessage, Conversation, Ending, Turn } from "./conversation.js";
import type { Edited } from "./edit-text.js";
import type { Settings } from "./settings.js";

/** The model as a chat sees it. */
export interface ChatModel {
  /** Its name, short. */
  readonly title: string;
  readonly ctx: Tokens;
  /** False for a base model. */
  readonly chats: boolean;
  /** Whether it reads images: now, once it is loaded for that (`Models.see`), or never. */
  readonly sees: "now" | "later" | "never";
  /** The name of the format known for this model, where its file has no template. */
  readonly knownTemplate: string | null;
  /** Sentences for /model and /license. */
  readonly about: string;
  readonly license: string;
  /** Answers the last message. When `signal` is aborted it ends with what there is. Throws what `explain` knows to explain. */
  answer(messages: readonly ChatMessage[], settings: Settings, signal: AbortSignal): AsyncGenerator<AnswerPart>;
}

/** The models that may answer. */
export interface Models {
  /** What answers now, or will. Rejected where nothing can any more, which ends the chat. */
  readonly current: Promise<ChatModel>;
  /** Some that `use` knows. */
  names(): readonly string[];
  /**
   * From now on that one answers; the same as before where it did already. When it cannot, or `signal` is aborted, the one before
   * stays `current`, or is loaded again. Throws what `explain` knows to explain.
   */
  use(name: string, signal: AbortSignal): Promise<ChatModel>;
  /** From now on the current one reads images as well; as with `use` otherwise. */
  see(signal: AbortSignal): Promise<ChatModel>;
}

export type AnswerPart =
  /** So many questions at the beginning, with their answers, had to go so that this one fits. */
  | { readonly type: "dropped"; readonly turns: number; readonly tokens: Tokens }
  /** Why an image that was shown is not sent any more. */
  | { readonly type: "unseen"; readonly reason: string }
  | { readonly type: "thinking" | "text"; readonly text: string }
  | {
      readonly type: "done";
      readonly ending: Ending;
      readonly used: Tokens;
      readonly tokens: Tokens;
      readonly tokensPerSecond: number;
    };

/** What is kept of a conversation. */
export type Kept = Pick<Conversation, "system" | "turns" | "forgotten" | "settings">;

/** Where conversations are kept. All of it happens at once: it must also work while the process ends. */
export interface SavedChats {
  /** A name that nobody has chosen, for a conversation that begins now. */
  newName(): string;
  /** False for what cannot be a name. */
  isName(name: string): boolean;
  /** The saved ones, the latest first. */
  names(): readonly string[];
  /** A line for each. */
  list(): string;
  /** Throws the system's errors. */
  write(name: string, kept: Kept): void;
  /** To go on with it. Throws what `explain` knows to explain. */
  open(name: string): Kept;
  /** Forgets one that a name of its own replaces; nothing happens to those that a person has named. */
  replaced(name: string): void;
}

/** What shows a chat. */
export interface Face {
  /** What help says of the keys. */
  readonly keys: string;
  /** oslm's own words. */
  tell(text: string, kind?: "note" | "warning"): void;
  /** A question that was not typed just now. */
  question(text: string): void;
  thinking(piece: string): void | Promise<void>;
  /** Waits while the reader is slower than the model. */
  answer(piece: string): void | Promise<void>;
  /** The answer is complete, or as complete as it will be. */
  ended(turn: Turn): void;
  /** A text to go on writing. */
  draft(text: string): void | Promise<void>;
  /** Something of the conversation is new. */
  changed(): void;
  /** Another model answers, or is loaded to do so. */
  model(title: string): void;
  leave(): void;
}

export interface ChatParts {
  readonly models: Models;
  readonly saved: SavedChats;
  /** Where this conversation is kept. */
  readonly name: string;
  readonly system: string | undefined;
  readonly settings: Settings;
  /** An image that may be shown: the current model can see, and the file is one. Throws what `explain` knows to explain. */
  look(file: string): Promise<ShownImage>;
  /** The sentence for a failure that does not end the chat; undefined for one that does. */
  explain(error: unknown): string | undefined;
  /** Puts a text into the clipboard, and gives what to say of it. */
  copy(text: string): string | Promise<string>;
  now(): Milliseconds;
}

/** What was typed before, for the Up key. */
export interface History {
  /** Oldest first. */
  read(): readonly string[];
  add(typed: string): void;
}

export interface FaceParts extends ChatParts {
  /** The name of the model at the beginning. */
  readonly title: string;
  readonly history: History;
  /** Opens the person's editor with a text, and gives what it is then; undefined where there is no editor. */
  readonly edit: ((text: string) => Promise<Edited>) | undefined;
  /** Ctrl-C as a signal goes to `taker` from now on, until what is returned is called. */
  takeInterrupts(taker: () => void): () => void;
  /** Called once the chat stands, before the first question. */
  begun(chat: Chat): void;
}
