// The methods of texts: the engine makes them for each text, and we change some.
import type { Evaluator, Value } from "./evaluator.js";

export type Methods = ReadonlyMap<string, Value>;
type Change = (text: string, methods: Methods) => void;
type Call = (given: readonly Value[], scope: unknown) => Value;

/** Where the engine's own are kept. */
const PLAIN = Symbol("plain builtins");

/** Lets `change` alter the methods of each text before a template sees them; in place of the one before. */
export function changeTextMethods(interpreter: Evaluator, change: Change): void {
  const prototype = Object.getPrototypeOf(interpreter.evaluate({ type: "StringLiteral", value: "" }, undefined));
  const own =
    Object.getOwnPropertyDescriptor(prototype, PLAIN) ?? Object.getOwnPropertyDescriptor(prototype, "builtins");
  const plain = own?.get;
  if (plain === undefined) throw new Error("the Jinja engine has changed");
  const changed = new WeakSet<object>();
  Object.defineProperty(prototype, PLAIN, { get: plain, configurable: true });
  Object.defineProperty(prototype, "builtins", {
    configurable: true,
    get(this: Value): Methods {
      const methods: Methods = plain.call(this);
      if (!changed.has(methods)) {
        changed.add(methods);
        change(String(this.value), methods);
      }
      return methods;
    },
  });
}

/** Puts something around one of them. */
export function wrap(
  methods: Methods,
  name: string,
  around: (call: Call, given: readonly Value[], scope: unknown) => Value,
): void {
  const method = methods.get(name);
  const call = method?.value as Call | undefined;
  if (method === undefined || call === undefined) return;
  method.value = (given: readonly Value[], scope: unknown) => around(call, given, scope);
}
