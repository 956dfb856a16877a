// What a chat template provides for, read from its text: nothing of it is run.
import { hasChannels, marksOf } from "../think-marks.js";

export interface TemplateSkills {
  /** It writes the tools that a caller offers (function calling). */
  readonly tools: boolean;
  /** It knows thinking before the answer. */
  readonly thinking: boolean;
}

/** The names under which templates are given tools: nearly all; SmolLM 3; Firefunction. */
const TOOLS = /\b(tools|xml_tools|python_tools|functions)\b/;

/** @param template null for a base model */
export function skillsOf(template: string | null): TemplateSkills {
  if (template === null) return { tools: false, thinking: false };
  return {
    tools: TOOLS.test(codeOf(template)),
    thinking: template.includes(marksOf(template).open) || hasChannels(template),
  };
}

/** Longer ones are nobody's (render.ts). */
const LONGEST = 1_000_000;

/** What stands in `{% %}` and `{{ }}`, without texts in quotes. */
function codeOf(template: string): string {
  const tags = template.slice(0, LONGEST).match(/\{[%{][^{}]*[%}]\}/g) ?? [];
  return tags.map((tag) => tag.replace(/'[^']*'|"[^"]*"/g, "")).join("\n");
}
