// What a template does, apart from what it writes.
import { LONGEST_TEMPLATE } from "./longest.js";

/**
 * Each `{% %}` and `{{ }}`, without texts in quotes; `message['tools']` is `message.tools`.
 * @param template hostile text, looked at as far as one may go that is rendered
 */
export function codeOf(template: string): readonly string[] {
  const tags = template.slice(0, LONGEST_TEMPLATE).match(/\{[%{][^{}]*[%}]\}/g) ?? [];
  const members = tags.map((tag) => tag.replace(/(?<=[\w\])])\[(['"])(\w+)\1\]/g, ".$2"));
  return members.map((tag) => tag.replace(/'[^']*'|"[^"]*"/g, ""));
}
