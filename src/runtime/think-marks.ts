// How models set their thinking apart from their answer. Seen in the templates that llama.cpp keeps (models/templates), and in published files.
import { readsVariable } from "./template/reads-variable.js";

export interface ThinkMarks {
  readonly open: string;
  readonly close: string;
  /** Begins the answer: at the end of a prompt, there is no thinking any more. */
  readonly answer?: string;
}

/** Qwen 3, DeepSeek R1 and most others. */
export const USUAL_MARKS: ThinkMarks = { open: "<think>", close: "</think>" };
const OTHERS: readonly ThinkMarks[] = [
  // Ministral 3 and Magistral.
  { open: "[THINK]", close: "[/THINK]" },
  { open: "<seed:think>", close: "</seed:think>" },
  // Command A and R7B.
  { open: "<|START_THINKING|>", close: "<|END_THINKING|>", answer: "<|START_RESPONSE|>" },
  // Gemma 4. The mark is a token, the word is not.
  { open: "<|channel>thought", close: "<channel|>" },
  // EXAONE Deep.
  { open: "<thought>", close: "</thought>" },
  // Marco-o1.
  { open: "<Thought>", close: "</Thought>" },
  // Granite 3.2: words, no tokens.
  { open: "Here is my thought process:", close: "Here is my response:" },
];

/** The variables by which callers ask for thinking (thinking.ts). */
const SWITCHES = ["enable_thinking", "thinking"];

/** Those of a template; the usual ones where it has none. @param template null for a base model */
export function marksOf(template: string | null): ThinkMarks {
  return OTHERS.find(({ open }) => template?.includes(open)) ?? USUAL_MARKS;
}

/** Whether thinking can be asked for, or not, by a variable. */
export function hasSwitch(template: string): boolean {
  return readsVariable(template, SWITCHES);
}

/**
 * Whether a model thinks between marks before it answers. Cogito's template has the switch alone; DeepSeek R1's first one only takes
 * the thinking of earlier answers away, and never opens one.
 */
export function knowsThinking(template: string): boolean {
  const { open, close } = marksOf(template);
  return template.includes(open) || template.includes(close) || hasSwitch(template);
}

/** gpt-oss writes every message into a channel: analysis, commentary or final (OpenAI's Harmony format). */
export const CHANNEL = "<|channel|>";
export const MESSAGE = "<|message|>";
export const MESSAGE_END = "<|end|>";
const MESSAGE_START = "<|start|>";

export function hasChannels(template: string | null): boolean {
  return template?.includes(`${CHANNEL}analysis${MESSAGE}`) ?? false;
}

/** Tokens whose text has to be seen, in groups: one counts only where a vocabulary has all of them. */
export const MARK_TOKENS: readonly (readonly string[])[] = [
  ...[USUAL_MARKS, ...OTHERS].map(({ open, close }) => [open.replace(/thought$/, ""), close]),
  [CHANNEL, MESSAGE, MESSAGE_END, MESSAGE_START],
];
