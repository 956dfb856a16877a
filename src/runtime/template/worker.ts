// The thread that templates run in: they may loop for ever, and then this thread is ended from outside.
import { parentPort } from "node:worker_threads";
import { renderConversation } from "./conversation.js";
import { leavesOut } from "./leaves-out.js";
import type { Message, TemplateInput } from "./render.js";

parentPort?.on("message", (input: TemplateInput) => {
  try {
    const text = renderConversation(input);
    parentPort?.postMessage({ text, leavesOut: leavesOutQuestion(input, text) });
  } catch (error) {
    parentPort?.postMessage({ error: reasonOf(error) });
  }
});

function leavesOutQuestion(input: TemplateInput, text: string): boolean {
  const render = (messages: readonly Message[]): string => renderConversation({ ...input, messages });
  return leavesOut(render, input.messages, input.messages.length - 1, text);
}

/** An error may quote half the template. */
const LONGEST_REASON = 500;

function reasonOf(error: unknown): string {
  if (error instanceof RangeError && /call stack/.test(error.message)) return "it calls itself, or nests, too deeply";
  return (error instanceof Error ? error.message : String(error)).slice(0, LONGEST_REASON);
}
