// Reads and runs templates as Python's Jinja2 does, where the engine is stricter.
import { type Environment, Interpreter, parse, tokenize } from "@huggingface/jinja";

type Program = ReturnType<typeof parse>;

/** @throws Error of syntax */
export function programOf(template: string): Program {
  // Jinja2 writes every line break of a template as "\n" (its newline_sequence).
  return parse(tokenize(template.replace(/\r\n?/g, "\n"), { lstrip_blocks: true, trim_blocks: true }));
}

/** @throws Error that a step of the program throws */
export function runProgram(program: Program, environment: Environment): unknown {
  const interpreter: Evaluator = new Interpreter(environment);
  const evaluate = interpreter.evaluate.bind(interpreter);
  interpreter.evaluate = (node, scope) => {
    const pairs = node?.type === "ObjectLiteral" ? numbered(node) : undefined;
    return pairs === undefined ? evaluate(node, scope) : numberedObject(pairs, (part) => evaluate(part, scope));
  };
  return interpreter.run(program).value;
}

// The package's types do not resolve from an ES module.
interface Evaluator {
  evaluate(node: Node | undefined, scope: unknown): Value;
  run(program: Program): Value;
}
interface Node {
  readonly type: string;
  readonly value?: unknown;
}
interface Value {
  value?: unknown;
  readonly builtins: ReadonlyMap<string, Value>;
}
type Pair = readonly [key: Node & { readonly value: number }, value: Node];

/** The pairs of a dictionary whose keys are all numbers, in their order; Seed-OSS writes its thinking budgets so. */
function numbered(node: Node): readonly Pair[] | undefined {
  const pairs = [...(node.value as ReadonlyMap<Node, Node>)];
  const numbers = pairs.filter((pair): pair is [Pair[0], Node] => pair[0].type === "IntegerLiteral");
  return pairs.length > 0 && numbers.length === pairs.length
    ? numbers.sort(([one], [other]) => one.value - other.value)
    : undefined;
}

/** The engine has texts alone as keys: named by its numbers, and with numbers for who loops over it. */
function numberedObject(pairs: readonly Pair[], evaluate: (node: Node) => Value): Value {
  const named = pairs.map(([key, value]) => [{ type: "StringLiteral", value: String(key.value) }, value] as const);
  const object = evaluate({ type: "ObjectLiteral", value: new Map(named) });
  const items = evaluate({ type: "ArrayLiteral", value: pairs.map((value) => ({ type: "ArrayLiteral", value })) });
  for (const name of ["items", "dictsort"]) {
    const method = object.builtins.get(name);
    if (method !== undefined) method.value = () => items;
  }
  return object;
}
