// What is on the screen of a chat, as data.
import stringWidth from "string-width";
import type { Milliseconds } from "../../../model/types.js";
import { formatDuration } from "../../format.js";
import type { Conversation } from "../conversation.js";
import type { Draft } from "./draft.js";
import { draftLines } from "./draft-lines.js";
import { paint, type Span, span, wrapSpans } from "./spans.js";

export interface View {
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  /** What scrolls away: it is written once. */
  readonly done: readonly string[];
  /** The end of the answer that is being given. */
  readonly growing: readonly string[];
  readonly draft: Draft;
  /** Said below the draft until the next key. */
  readonly hint: string;
  readonly chat: Conversation;
  readonly doing: "nothing" | "thinking" | "answering";
  /** How long it does that. */
  readonly ms: Milliseconds;
  /** Another program has the terminal, or the chat is over: nothing is shown. */
  readonly hidden: boolean;
}

/** What is redrawn at each change: always less than the screen is tall, for what is taller cannot be erased. */
export interface Frame {
  readonly text: string;
  /** Where the terminal's cursor belongs, from the first line. */
  readonly cursor: { readonly x: number; readonly y: number } | undefined;
}

const PROMPT = "> ";

export function frameOf(view: View): Frame {
  if (view.hidden) return { text: "", cursor: undefined };
  const { columns, color, draft } = view;
  const height = draftHeight(view.rows);
  const { lines, row, column } = draftLines(draft, Math.max(4, columns - PROMPT.length - 1), height);
  const first = [span(PROMPT, "accent"), ...(draft.cells.length === 0 ? placeholder(view) : [span(lines[0] ?? "")])];
  const written = [first, ...lines.slice(1).map((line) => [span("  "), span(line)])];
  const top = [...view.growing.slice(-growingHeight(view.rows)), ""];
  const below = view.hint === "" ? status(view) : view.hint;
  const [bottom = []] = wrapSpans([span(below, "dim")], Math.max(4, columns - 1));
  const text = [...top, ...[...written, bottom].map((line) => paint(line, color))].join("\n");
  return { text, cursor: { x: PROMPT.length + column, y: top.length + row } };
}

/** So many lines of a message are shown at once. */
function draftHeight(rows: number): number {
  return Math.max(1, Math.min(10, Math.floor(rows / 3)));
}

/** So many lines of an answer may be unfinished. */
export function growingHeight(rows: number): number {
  return Math.max(1, Math.min(16, rows - draftHeight(rows) - 4));
}

function placeholder({ chat, doing }: View): readonly Span[] {
  return chat.turns.length === 0 && doing === "nothing" ? [span("Ask something, or /? for help", "dim")] : [];
}

/** What does not fit the line is left out, from its end. */
function status(view: View): string {
  const parts = statusParts(view);
  while (parts.length > 1 && stringWidth(parts.join(" · ")) >= view.columns) parts.pop();
  return parts.join(" · ");
}

function statusParts({ title, chat, doing, ms }: View): string[] {
  const { used, total, tokensPerSecond } = chat;
  if (doing !== "nothing") return [title, `${total === 0 ? "loading" : doing} ${formatDuration(ms)}`, "Ctrl-C stops"];
  if (total === 0) return [title, "loading"];
  const context = used === 0 ? `context ${count(total)}` : `${count(used)} of ${count(total)} tokens`;
  const speed = tokensPerSecond > 0 ? [`${tokensPerSecond.toFixed(tokensPerSecond < 10 ? 1 : 0)} tokens/s`] : [];
  return [title, context, ...speed];
}

function count(tokens: number): string {
  return tokens.toLocaleString("en");
}
