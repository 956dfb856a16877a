// What a chat template provides for, read from its text: nothing of it is run.
import { hasChannels, knowsThinking } from "../think-marks.js";
import { codeOf } from "./code-of.js";
import { LONGEST_TEMPLATE } from "./longest.js";

export interface TemplateSkills {
  /** It writes the tools that a caller offers (function calling). */
  readonly tools: boolean;
  /** It knows thinking before the answer. */
  readonly thinking: boolean;
}

/** The names under which templates are given tools: nearly all; SmolLM 3; Firefunction. */
const TOOLS = /\b(tools|xml_tools|python_tools|functions)\b/;

/** @param template null for a base model; hostile text, looked at as far as one may go that is rendered */
export function skillsOf(template: string | null): TemplateSkills {
  if (template === null) return { tools: false, thinking: false };
  const text = template.slice(0, LONGEST_TEMPLATE);
  return { tools: codeOf(text).some((tag) => TOOLS.test(tag)), thinking: knowsThinking(text) || hasChannels(text) };
}
