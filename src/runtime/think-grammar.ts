// Lets a model think before an answer that must follow a grammar.
import type { Grammar } from "./engine.js";
import { CLOSE_THINKING, OPEN_THINKING } from "./think-marks.js";

const NAME = "oslm-answer";

/** A text up to and with the mark at its end: each rule is what has been seen of it. */
const THOUGHT = [...CLOSE_THINKING].map((letter, seen) => {
  const done = letter === ">" ? '">"' : `"${letter}" oslm-thought${seen + 1}`;
  const again = letter === "<" ? "" : ' | "<" oslm-thought1';
  return `oslm-thought${seen} ::= ${done}${again} | [^${letter === "<" ? "" : letter}<] oslm-thought0`;
});

/**
 * The same grammar with a thinking block before it.
 * @param thinking `open` where the prompt has begun the block, `may` where the model may begin one
 */
export function afterThinking({ gbnf, root }: Grammar, thinking: "open" | "may"): Grammar {
  const block = thinking === "open" ? "oslm-thought0 oslm-space" : `( "${OPEN_THINKING}" oslm-thought0 oslm-space )?`;
  const rules = [`${NAME} ::= ${block} ${root}`, "oslm-space ::= [ \\n]{0,4}", ...THOUGHT];
  return { gbnf: `${gbnf.trimEnd()}\n${rules.join("\n")}\n`, root: NAME };
}
