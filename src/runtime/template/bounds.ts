// What a template may take. Its thread has a limit of memory, but where one call of the JavaScript engine breaks that limit, V8
// ends the whole process; so nothing may grow that far within a step.
import type { Evaluator, Node, Value } from "./evaluator.js";
import { type Methods, wrap } from "./text-methods.js";

/** Half a million tokens, besides the messages; no context takes in more. */
const CHARS = 2_000_000;
/** How often a template may hold what is said, in values of its own. */
const COPIES = 4;
const ITEMS = 200_000;
/** Real templates take a few hundred for each message; so many take less than a second. */
const STEPS = 1_000_000;
const STEPS_PER_CHAR = 20;
/** The steps that each round of a loop takes, even of an empty one, and each call: the engine makes a scope for it. */
const ROUND = 50;
const CALL = 20;
/** Of statements in statements and macros in macros: more would break the stack, and the engine hides that error. */
const LEVELS = 1_000;
/** Of lists in lists. */
const DEPTH = 100;
/** What an item counts besides its text. */
const ITEM = 8;

interface Weight {
  readonly chars: number;
  readonly depth: number;
}

/** The template takes too much: it is not to be tried another way. */
export class BoundError extends Error {}

export class Bounds {
  readonly #chars: number;
  readonly #mostSteps: number;
  readonly #weights = new WeakMap<Value, Weight>();
  /** What loops go through. */
  readonly #looped = new Set<unknown>();
  #steps = 0;
  #level = 0;

  /** @param said characters of the messages */
  constructor(said: number) {
    this.#chars = CHARS + COPIES * said;
    this.#mostSteps = STEPS + STEPS_PER_CHAR * said;
  }

  /** What `take` gives for a node. @throws BoundError if it is one step too many or too large */
  step(node: Node | undefined, take: () => Value): Value {
    this.#count(node?.type === "CallExpression" ? CALL : 1);
    if (node?.type === "For") this.#looped.add(sourceOf(node));
    if (++this.#level > LEVELS) throw new BoundError(`it calls itself, or nests, deeper than ${LEVELS}`);
    try {
      const value = take();
      const { value: content } = value;
      if (typeof content === "string") this.#demand(content.length);
      else if (typeof content === "object") this.#weigh(value);
      if (this.#looped.has(node) && Array.isArray(content)) this.#count(ROUND * content.length);
      return value;
    } finally {
      this.#level--;
    }
  }

  /** Bounds the steps that make much of little. */
  guard(interpreter: Evaluator): void {
    const applyFilter = interpreter.applyFilter.bind(interpreter);
    const evaluateArguments = interpreter.evaluateArguments.bind(interpreter);
    interpreter.applyFilter = (operand, filter, scope) => {
      interpreter.evaluateArguments = (nodes, inner) => {
        interpreter.evaluateArguments = evaluateArguments;
        const given = evaluateArguments(nodes, inner);
        this.#checkFilter(nameOf(filter), operand, [...given[0], ...given[1].values()]);
        return given;
      };
      try {
        return applyFilter(operand, filter, scope);
      } finally {
        interpreter.evaluateArguments = evaluateArguments;
      }
    };
  }

  #checkFilter(name: string, operand: Value, given: readonly Value[]): void {
    const widest = Math.max(
      0,
      ...given.map(({ value }) => (typeof value === "string" ? value.length : Number(value) || 0)),
    );
    if (name === "join") this.#demand(lengthOf(operand) * widest);
    if (name === "indent") this.#demand(partsOf(operand.value, "\n") * widest);
    if (name === "tojson") {
      const { chars, depth } = this.#weigh(operand);
      this.#demand((chars / ITEM) * depth * widest);
    }
  }

  /** The methods that make much of one text. */
  guardText(text: string, methods: Methods): void {
    for (const name of ["replace", "split"]) {
      wrap(methods, name, (call, given, scope) => {
        const [mark, other] = given.map(({ value }) => (typeof value === "string" ? value : ""));
        const parts = partsOf(text, mark ?? "");
        if (name === "split") this.#demandItems(mark ? parts : text.length / 2);
        else this.#demand(text.length + parts * ((other ?? "").length + ITEM));
        return call(given, scope);
      });
    }
  }

  /** With what it holds; lists may hold the same list many times. */
  #weigh(value: Value): Weight {
    const { value: content } = value;
    if (typeof content === "string") return { chars: content.length + ITEM, depth: 0 };
    if (!Array.isArray(content) && !(content instanceof Map)) return { chars: ITEM, depth: 0 };
    const known = this.#weights.get(value);
    if (known !== undefined) return known;
    // A namespace may come to hold itself.
    this.#weights.set(value, { chars: ITEM, depth: 0 });
    const parts: Iterable<Value> = content.values();
    const items = Array.isArray(content) ? content.length : content.size;
    this.#demandItems(items);
    this.#count(items);
    let chars = ITEM;
    let depth = 0;
    for (const part of parts) {
      const weight = this.#weigh(part);
      chars += weight.chars;
      depth = Math.max(depth, weight.depth);
    }
    const weight = { chars, depth: depth + 1 };
    this.#demand(chars);
    if (weight.depth > DEPTH) throw new BoundError(`it nests lists deeper than ${DEPTH}`);
    // What namespaces hold changes.
    if (value.type === "NamespaceValue") this.#weights.delete(value);
    else this.#weights.set(value, weight);
    return weight;
  }

  #count(steps: number): void {
    this.#steps += steps;
    if (this.#steps > this.#mostSteps) throw new BoundError(`it takes more than ${millions(this.#mostSteps)} steps`);
  }

  #demand(chars: number): void {
    if (chars > this.#chars) throw new BoundError(`it makes more than ${millions(this.#chars)} characters of its own`);
  }

  #demandItems(items: number): void {
    const most = ITEMS + this.#chars - CHARS;
    if (items > most) throw new BoundError(`it makes lists of more than ${most} items`);
  }
}

function nameOf(filter: Node): string {
  const named = filter.type === "CallExpression" ? (filter as Node & { readonly callee?: Node }).callee : filter;
  return String(named?.value);
}

function sourceOf(loop: Node): unknown {
  const { iterable } = loop as Node & { readonly iterable?: Node & { readonly lhs?: Node } };
  return iterable?.type === "SelectExpression" ? iterable.lhs : iterable;
}

const millions = (count: number): string => `${Math.round(count / 1e5) / 10} million`;

function lengthOf({ value }: Value): number {
  return typeof value === "string" || Array.isArray(value) ? value.length : 0;
}

/** How many parts `mark` divides a text into; an empty one stands before every letter. */
function partsOf(text: unknown, mark: string): number {
  if (typeof text !== "string") return 0;
  if (mark === "") return text.length + 1;
  let parts = 1;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) parts++;
  return parts;
}
