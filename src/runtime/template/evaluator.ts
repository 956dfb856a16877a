// The inside of the Jinja engine, as far as we look into it. Its package's types do not resolve from an ES module.

/** What an expression or a statement gives. */
export interface Value {
  readonly type: string;
  value?: unknown;
  readonly builtins: ReadonlyMap<string, Value>;
}

/** A part of a template. */
export interface Node {
  readonly type: string;
  readonly value?: unknown;
}

export interface Evaluator {
  evaluate(node: Node | undefined, scope: unknown): Value;
  evaluateArguments(nodes: readonly Node[], scope: unknown): [Value[], Map<string, Value>];
  applyFilter(operand: Value, filter: Node, scope: unknown): Value;
  run(program: unknown): Value;
}
