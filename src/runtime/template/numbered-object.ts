// Dictionaries with numbers for keys: Seed-OSS writes its thinking budgets so. The engine has texts alone as keys.
import type { Node, Value } from "./evaluator.js";

type Pair = readonly [key: Node & { readonly value: number }, value: Node];

/** The pairs of a dictionary whose keys are all numbers, in their order. */
export function numberedPairs(node: Node | undefined): readonly Pair[] | undefined {
  if (node?.type !== "ObjectLiteral") return undefined;
  const pairs = [...(node.value as ReadonlyMap<Node, Node>)];
  const numbers = pairs.filter((pair): pair is [Pair[0], Node] => pair[0].type === "IntegerLiteral");
  return pairs.length > 0 && numbers.length === pairs.length
    ? numbers.sort(([one], [other]) => one.value - other.value)
    : undefined;
}

/** Named by its numbers, and with numbers for who loops over it. */
export function numberedObject(pairs: readonly Pair[], evaluate: (node: Node) => Value): Value {
  const named = pairs.map(([key, value]) => [{ type: "StringLiteral", value: String(key.value) }, value] as const);
  const object = evaluate({ type: "ObjectLiteral", value: new Map(named) });
  const items = evaluate({ type: "ArrayLiteral", value: pairs.map((value) => ({ type: "ArrayLiteral", value })) });
  for (const name of ["items", "dictsort"]) {
    const method = object.builtins.get(name);
    if (method !== undefined) method.value = () => items;
  }
  return object;
}
