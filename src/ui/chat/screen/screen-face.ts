// The face of a chat on the screen: what the chat says becomes a view.
import type { Milliseconds } from "../../../model/types.js";
import { sanitize, sanitizeLine } from "../../sanitize.js";
import type { Face } from "../chat-parts.js";
import type { Conversation, Turn } from "../conversation.js";
import { keysText } from "../keys-help.js";
import { thoughtLine } from "../thought-line.js";
import { draftOf, EMPTY } from "./draft.js";
import { GrowingAnswer } from "./growing-answer.js";
import { Highlighter } from "./highlight.js";
import { type Look, paint, type Span, span, wrapHanging, wrapSpans } from "./spans.js";
import { growingHeight, type View } from "./view.js";
import type { ViewStore } from "./view-app.js";

/** Lexing and drawing cost processor time that the model needs: so often a growing answer is drawn. */
const DRAW_MS: Milliseconds = 100;
/** A question that is longer is shown by its beginning. */
const QUESTION_LINES = 12;

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export class ScreenFace implements Face, ViewStore {
  readonly keys = keysText();
  readonly #listeners = new Set<() => void>();
  readonly #highlighter = new Highlighter(() => this.#draw());
  #view: View;
  #answer: GrowingAnswer | undefined;
  #thinking = false;
  #timer: NodeJS.Timeout | undefined;
  #write: ((text: string) => void) | undefined;

  /** @param leave called when the chat is to end */
  constructor(
    start: Pick<View, "title" | "color" | "chat"> & ScreenSize,
    readonly leave: () => void,
    private readonly chat: () => Conversation,
    private readonly isAnswering: () => boolean,
  ) {
    const empty = { done: [], growing: [], draft: EMPTY, hint: "", doing: "nothing", ms: 0, hidden: false } as const;
    this.#view = { ...start, ...empty };
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  view(): View {
    return this.#view;
  }

  writes(write: (text: string) => void): void {
    this.#write = write;
  }

  /** The view with some of it new, shown at once. */
  show(news: Partial<View>): void {
    this.#view = { ...this.#view, ...news };
    for (const listener of this.#listeners) listener();
  }

  /** Moves what is on the screen up into the scroll-back, and draws the frame on the empty screen. */
  redraw(): void {
    this.#write?.(`${"\n".repeat(this.#view.rows)}\u001b[H`);
  }

  /** Draws the frame once more, where it is. */
  repaint(): void {
    this.#write?.("");
  }

  /** Loads the colors of code beside the reading of the question. */
  expectCode(): void {
    if (this.#view.color) this.#highlighter.load();
  }

  /** The frame goes; what was said stays, and the last words, if there are any. */
  bye(words: string | undefined): void {
    if (words !== undefined) this.tell(words);
    this.show({ hidden: true });
  }

  tell(text: string, kind: "note" | "warning" = "note"): void {
    this.#finish();
    const lines = sanitize(text).split("\n");
    // Lists are to be read.
    const look: Look = kind === "warning" ? "number" : lines.length > 3 ? "plain" : "dim";
    const { color } = this.#view;
    this.#add(lines.flatMap((line) => wrapHanging(line, look, this.#width).map((spans) => paint(spans, color))));
  }

  question(text: string): void {
    this.#finish();
    const [first = "", ...others] = sanitize(text).split("\n");
    const lines = [
      ...this.#wrap([span("> ", "accent"), span(first)]),
      ...others.flatMap((line) => this.#wrap([span(`  ${line}`)])),
    ];
    const over = lines.length - QUESTION_LINES;
    const shown =
      over > 1 ? [...lines.slice(0, QUESTION_LINES), ...this.#wrap([span(`  [${over} more lines]`, "dim")])] : lines;
    this.#add(shown);
  }

  thinking(piece: string): void {
    this.#thinking = true;
    if (this.chat().settings.thinking === "show") this.#grow(piece, true);
    else if (this.#view.doing !== "thinking") this.show({ doing: "thinking" });
  }

  answer(piece: string): void {
    if (this.#thinking) this.#thought();
    this.#grow(piece);
  }

  ended(turn: Turn): void {
    if (this.#thinking && turn.answer === "") this.#thought();
    this.#finish();
  }

  draft(text: string): void {
    this.show({ draft: draftOf(text) });
  }

  model(title: string): void {
    this.show({ title: sanitizeLine(title) });
  }

  changed(): void {
    const before = this.#view;
    const doing = !this.isAnswering() ? "nothing" : before.doing === "nothing" ? "answering" : before.doing;
    const chat = this.chat();
    // Each word of an answer comes by here, and is drawn with others.
    const same =
      doing === before.doing &&
      chat.used === before.chat.used &&
      chat.total === before.chat.total &&
      chat.turns.length === before.chat.turns.length;
    if (same) this.#view = { ...before, chat };
    else this.show({ chat, doing });
  }

  #thought(): void {
    this.#finish();
    this.#thinking = false;
    const turn = this.chat().turns.at(-1);
    if (turn) this.#add(this.#wrap([span(`${thoughtLine(turn)} · Ctrl-T shows it`, "dim")]));
    this.show({ doing: "answering" });
  }

  #grow(piece: string, dim = false): void {
    this.#answer ??= new GrowingAnswer(() => ({
      width: this.#width,
      color: this.#view.color,
      dim,
      highlight: (code, language) => (this.#view.color ? this.#highlighter.spans(code, language) : [span(code)]),
    }));
    this.#answer.add(sanitize(piece));
    this.#timer ??= setTimeout(() => this.#draw(), DRAW_MS);
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#answer === undefined) return;
    const { finished, growing } = this.#answer.grow(growingHeight(this.#view.rows));
    this.show({ growing, ...this.#more(finished) });
  }

  /** The answer so far scrolls away. */
  #finish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rest = this.#answer?.end() ?? [];
    this.#answer = undefined;
    this.show({ growing: [], ...this.#more(rest) });
  }

  /** A block of its own, with a blank line before it. */
  #add(lines: readonly string[]): void {
    this.show(this.#more(["", ...lines]));
  }

  #more(lines: readonly string[]): Partial<View> {
    // Ink leaves out what is empty; a blank keeps the line.
    return lines.length === 0 ? {} : { done: [...this.#view.done, lines.map((line) => line || " ").join("\n")] };
  }

  #wrap(spans: readonly Span[]): string[] {
    return wrapSpans(spans, this.#width).map((line) => paint(line, this.#view.color));
  }

  /** The last column stays free: some terminals break the line after it. */
  get #width(): number {
    return Math.max(10, Math.min(this.#view.columns - 1, 110));
  }
}
