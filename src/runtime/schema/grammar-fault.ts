// What is wrong with a person's grammar, with its place, as far as it shows without the engine.
import type { GrammarFault } from "../engine.js";
import { type Part, parseGbnf, type Rule } from "./parse-gbnf.js";

type Rules = ReadonlyMap<string, Rule>;

/** More than that is left to the engine: each rule is looked at once for each rule. */
const MAX_RULES = 1000;

/**
 * Ranges that hold nothing, rules that are not there, that begin with themselves, and a root that can never end: some of that llama.cpp
 * takes and then matches nothing. Undefined where none is found, which does not say that the engine takes it.
 */
export function grammarFault(text: string): GrammarFault | undefined {
  const fault = (at: number, problem: string): GrammarFault => {
    const before = text.slice(0, at).split("\n");
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, problem };
  };
  const reading = parseGbnf(text);
  if (reading.is === "fault") return fault(reading.at, reading.problem);
  if (reading.is === "unknown" || reading.rules.size > MAX_RULES) return undefined;
  const { rules } = reading;
  for (const { body } of rules.values()) {
    const missing = namesIn(body).find(({ name }) => !rules.has(name));
    if (missing) return fault(missing.at, `there is no rule ${missing.name}`);
  }
  const circular = leftRecursive(rules);
  if (circular) return fault(circular.rule.at, `the rule ${circular.name} begins with itself`);
  const root = rules.get("root");
  if (root && !closure(rules, canEnd).has("root")) return fault(root.at, "no text ever comes to the end of root");
  return undefined;
}

function namesIn(part: Part): readonly Extract<Part, { kind: "rule" }>[] {
  if (part.kind === "rule") return [part];
  if (part.kind === "repeat") return namesIn(part.part);
  return part.kind === "text" ? [] : part.parts.flatMap(namesIn);
}

/** The rules for which `holds`, where it may hold because it does for others. */
function closure(rules: Rules, holds: (part: Part, known: ReadonlySet<string>) => boolean): ReadonlySet<string> {
  const known = new Set<string>();
  for (let before = -1; before < known.size; ) {
    before = known.size;
    for (const [name, { body }] of rules) if (!known.has(name) && holds(body, known)) known.add(name);
  }
  return known;
}

function canEnd(part: Part, known: ReadonlySet<string>): boolean {
  return holdsOf(part, known, canEnd, true);
}

function canBeEmpty(part: Part, known: ReadonlySet<string>): boolean {
  return holdsOf(part, known, canBeEmpty, part.kind === "text" && part.empty);
}

function holdsOf(part: Part, known: ReadonlySet<string>, holds: typeof canEnd, ofText: boolean): boolean {
  if (part.kind === "text") return ofText;
  if (part.kind === "rule") return known.has(part.name);
  if (part.kind === "repeat") return part.least === 0 || holds(part.part, known);
  return part.kind === "any"
    ? part.parts.some((one) => holds(one, known))
    : part.parts.every((one) => holds(one, known));
}

/** The first rule that leads back to itself before any character. */
function leftRecursive(rules: Rules): { readonly name: string; readonly rule: Rule } | undefined {
  const empty = closure(rules, canBeEmpty);
  const first = new Map([...rules].map(([name, { body }]) => [name, new Set(beginnings(body, empty))]));
  for (const [name, rule] of rules) {
    const reached = new Set(first.get(name));
    for (const next of reached) for (const other of first.get(next) ?? []) reached.add(other);
    if (reached.has(name)) return { name, rule };
  }
  return undefined;
}

function beginnings(part: Part, empty: ReadonlySet<string>): readonly string[] {
  if (part.kind === "rule") return [part.name];
  if (part.kind === "repeat") return beginnings(part.part, empty);
  if (part.kind === "text") return [];
  if (part.kind === "any") return part.parts.flatMap((one) => beginnings(one, empty));
  const stop = part.parts.findIndex((one) => !canBeEmpty(one, empty));
  return part.parts.slice(0, stop < 0 ? undefined : stop + 1).flatMap((one) => beginnings(one, empty));
}
