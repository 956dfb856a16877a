// Lets a model think before an answer that must follow a grammar.
import type { Grammar } from "./engine.js";
import type { ThinkMarks } from "./think-marks.js";

const NAME = "oslm-answer";

/** Letters that mean something within brackets. */
const inBrackets = (letter: string): string => (/[\][^\\-]/.test(letter) ? `\\${letter}` : letter);

/** A text up to and with the mark at its end: each rule is what has been seen of it. The mark's first letter is nowhere else in it. */
function thought(close: string): string[] {
  const first = close[0] ?? "";
  return [...close].map((letter, seen) => {
    const done = seen === close.length - 1 ? `"${letter}"` : `"${letter}" oslm-thought${seen + 1}`;
    const again = letter === first ? "" : ` | "${first}" oslm-thought1`;
    const others = letter === first ? inBrackets(first) : `${inBrackets(letter)}${inBrackets(first)}`;
    return `oslm-thought${seen} ::= ${done}${again} | [^${others}] oslm-thought0`;
  });
}

/**
 * The same grammar with a thinking block before it.
 * @param thinking `open` where the prompt has begun the block, `may` where the model may begin one
 */
export function afterThinking({ gbnf, root }: Grammar, thinking: "open" | "may", { open, close }: ThinkMarks): Grammar {
  const block = thinking === "open" ? "oslm-thought0 oslm-space" : `( "${open}" oslm-thought0 oslm-space )?`;
  const rules = [`${NAME} ::= ${block} ${root}`, "oslm-space ::= [ \\n]{0,4}", ...thought(close)];
  return { gbnf: `${gbnf.trimEnd()}\n${rules.join("\n")}\n`, root: NAME };
}
