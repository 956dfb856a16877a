// Reads and runs templates as Python's Jinja2 does, where the engine is stricter, and within bounds.
import { type Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";
import { Bounds } from "./bounds.js";
import type { Evaluator } from "./evaluator.js";
import { LONGEST_TEMPLATE, TOO_LONG } from "./longest.js";
import { numberedObject, numberedPairs } from "./numbered-object.js";
import { stripLikePython } from "./strip.js";
import { changeTextMethods } from "./text-methods.js";

type Program = ReturnType<typeof parse>;

/** The engine reads them in the square of their number. */
const MOST_BLANKS = 1_000;

/** @throws Error of syntax, or of a template without measure */
export function programOf(template: string): Program {
  if (template.length > LONGEST_TEMPLATE) {
    throw new Error(TOO_LONG);
  }
  if (template.match(/\s+/g)?.some(({ length }) => length > MOST_BLANKS)) {
    throw new Error(`the template has more than ${MOST_BLANKS} blanks in a row`);
  }
  // Jinja2 writes every line break of a template as "\n" (its newline_sequence).
  return parse(tokenize(template.replace(/\r\n?/g, "\n"), { lstrip_blocks: true, trim_blocks: true }));
}

/**
 * @param said characters of the messages
 * @throws Error that a step of the program throws, or of a breached bound
 */
export function runProgram(program: Program, environment: Environment, said: number): unknown {
  const interpreter: Evaluator = new Interpreter(environment);
  const bounds = new Bounds(said);
  const evaluate = interpreter.evaluate.bind(interpreter);
  interpreter.evaluate = (node, scope) => {
    const pairs = numberedPairs(node);
    return bounds.step(node, () =>
      pairs ? numberedObject(pairs, (part) => evaluate(part, scope)) : evaluate(node, scope),
    );
  };
  bounds.guard(interpreter);
  changeTextMethods(interpreter, (text, methods) => {
    stripLikePython(text, methods);
    bounds.guardText(text, methods);
  });
  return interpreter.run(program).value;
}
