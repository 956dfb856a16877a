// What a chat says of its context, and of its images.
import { basename } from "node:path";
import type { ShownImage } from "../../model/saved-chat.js";
import type { Tokens } from "../../model/types.js";
import type { Turn } from "./conversation.js";

/** Of questions that have to go. @param tokens what that saves */
export function droppedText(turns: number, tokens: Tokens): string {
  const what =
    turns === 1 ? "the first question and its answer are" : `the first ${turns} questions and their answers are`;
  return `the context is full: ${what} no longer sent to the model (${tokens} tokens less)`;
}

/** Of an answer that was cut. @param full whether by the context, not by a limit */
export function lengthText(tokens: Tokens, full: boolean): string {
  return full
    ? `The context is full, and the answer ends after ${tokens} tokens. The next question makes room; --ctx raises the limit.`
    : `The answer was cut after ${tokens} tokens; /set max-tokens raises the limit.`;
}

export const THOUGHT_TEXT = "The model thought and gave no answer; /show thinking has what it thought.";

/** Whether the model thought, and then said nothing. */
export function onlyThought({ answer, thinking }: Pick<Turn, "answer" | "thinking">): boolean {
  return answer.trim() === "" && thinking.trim() !== "";
}

/** `cat.png, dog.jpg`. */
export function imageNames(images: readonly ShownImage[]): string {
  return images.map(({ file }) => basename(file)).join(", ");
}

/** The question with the names of its images before it. */
export function questionText({ question, images }: Pick<Turn, "question" | "images">): string {
  return images === undefined ? question : `[${imageNames(images)}] ${question}`;
}
