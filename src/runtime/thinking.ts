// How models are asked to think, or not to, before they answer.
import { hasSwitch, knowsThinking, marksOf } from "./think-marks.js";

/** `off` asks for an answer without thinking, `on` for thinking; left to the model's template where neither is asked. */
export type Thinking = "on" | "off";

/**
 * What templates call the switch: Qwen 3, GLM 4.5, SmolLM 3 and Nemotron `enable_thinking`; DeepSeek V3.1, Granite 3.2 and
 * Kimi K2 `thinking` (their tokenizer_config.json on the Hub).
 */
export function thinkingVariables(thinking: Thinking | undefined): Readonly<Record<string, boolean>> {
  return thinking === undefined ? {} : { enable_thinking: thinking === "on", thinking: thinking === "on" };
}

/**
 * Whether an answer to this prompt begins inside a thinking block, may begin with one, or has none.
 * @param template null for a base model
 */
export function thinkingOf(prompt: string, template: string | null): "open" | "may" | "none" {
  const { open, close, answer } = marksOf(template);
  const end = prompt.trimEnd();
  if (end.endsWith(open)) return "open";
  const over = end.endsWith(close) || (answer !== undefined && end.endsWith(answer));
  return template !== null && knowsThinking(template) && !over ? "may" : "none";
}

/**
 * The prompt with an empty thinking block, for templates that know no switch: the model goes on with the answer. One whose switch is
 * off is as it should be (Granite 3.3), unless it begins the thinking all the same.
 */
export function withoutThinking(prompt: string, template: string | null): string {
  const thinking = thinkingOf(prompt, template);
  if (thinking === "none" || (thinking === "may" && hasSwitch(template ?? ""))) return prompt;
  const { open, close } = marksOf(template);
  return `${thinking === "open" ? prompt.trimEnd() : prompt + open}\n\n${close}\n\n`;
}
