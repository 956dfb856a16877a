// Whether a template asks for what its caller sets.
import { codeOf } from "./code-of.js";

/** `set a =`, `set a, b =`, `for a in` and what stands behind. */
const BINDING = /^\{%[-+]?\s*(?:set|for)\s([^=%]*?)(?:[=%]|\bin\b)(.*)$/s;

/**
 * Whether one of the variables is the caller's to set: it is read before the template sets it or loops with it, or asked whether it
 * is defined. Members (`message.thinking`) and names of arguments (`namespace(thinking=true)`) are not variables.
 * @param template hostile text; nothing of it is run
 */
export function readsVariable(template: string, names: readonly string[]): boolean {
  const tags = codeOf(template);
  return names.some((name) => {
    const read = new RegExp(`(?<![.\\w])${name}\\b(?!\\s*=[^=])`);
    const asked = new RegExp(`(?<![.\\w])${name}\\s+is\\s+(?:not\\s+)?defined\\b`);
    const first = tags.find((tag) => read.test(boundIn(tag)) || read.test(readIn(tag)));
    return first !== undefined && (read.test(readIn(first)) || tags.some((tag) => asked.test(tag)));
  });
}

const boundIn = (tag: string): string => BINDING.exec(tag)?.[1] ?? "";
const readIn = (tag: string): string => BINDING.exec(tag)?.[2] ?? tag;
