// How models set their thinking apart from their answer. Seen in the templates that llama.cpp keeps (models/templates).

export interface ThinkMarks {
  readonly open: string;
  readonly close: string;
}

/** Qwen 3, DeepSeek R1 and most others. */
export const USUAL_MARKS: ThinkMarks = { open: "<think>", close: "</think>" };
const OTHERS: readonly ThinkMarks[] = [
  // Ministral 3 and Magistral.
  { open: "[THINK]", close: "[/THINK]" },
  { open: "<seed:think>", close: "</seed:think>" },
  // Command A and R7B.
  { open: "<|START_THINKING|>", close: "<|END_THINKING|>" },
  // Gemma 4. The mark is a token, the word is not.
  { open: "<|channel>thought", close: "<channel|>" },
];

/** Those of a template; the usual ones where it has none. @param template null for a base model */
export function marksOf(template: string | null): ThinkMarks {
  return OTHERS.find(({ open }) => template?.includes(open)) ?? USUAL_MARKS;
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
