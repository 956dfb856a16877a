// Python loops through texts letter by letter; the engine refuses to. Llama 3.2 Vision looks so for images in contents that are texts.
import type { Node, Value } from "./evaluator.js";

/** What a loop goes through: a text as the list of its letters, and all else as it is. */
export function lettersOf(value: Value, evaluate: (node: Node) => Value): Value {
  if (value.type !== "StringValue") return value;
  const letters = [...String(value.value)].map((letter) => ({ type: "StringLiteral", value: letter }));
  return evaluate({ type: "ArrayLiteral", value: letters });
}
