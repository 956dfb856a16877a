// GBNF as far as it takes to find faults that llama.cpp does not tell, or without their place (llama.cpp: grammars/README.md and
// src/llama-grammar.cpp). What is not understood here is left to the engine.

/** What a rule may consist of; `at` is an offset into the text. */
export type Part =
  | { readonly kind: "text"; readonly empty: boolean }
  | { readonly kind: "rule"; readonly name: string; readonly at: number }
  | { readonly kind: "all" | "any"; readonly parts: readonly Part[] }
  | { readonly kind: "repeat"; readonly part: Part; readonly least: number };

export interface Rule {
  readonly at: number;
  readonly body: Part;
}

export type GbnfReading =
  | { readonly is: "rules"; readonly rules: ReadonlyMap<string, Rule> }
  | { readonly is: "fault"; readonly at: number; readonly problem: string }
  | { readonly is: "unknown" };

interface Token {
  readonly kind: string;
  readonly text: string;
  readonly at: number;
}

const MAX_TOKENS = 20_000;
const MAX_DEPTH = 100;
const SKIPPED = /(?:\s|#[^\n]*(?:\n|$))*/y;
const TOKEN =
  /(?<text>"(?:[^"\\]|\\[\s\S])*")|(?<set>\[(?:[^\]\\]|\\[\s\S])*\])|(?<is>::=)|(?<name>[A-Za-z0-9-]+)|(?<repeat>[*+?]|\{[^{}]*\})|(?<one>!?<[^<>]*>|\.)|(?<sign>[|()])/y;
const CHARACTER = /\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\[trn\\"[\]]|[^\\]/uy;
const ESCAPES: Readonly<Record<string, number>> = { "\\t": 9, "\\r": 13, "\\n": 10 };

class Fault extends Error {
  constructor(
    readonly at: number,
    problem: string,
  ) {
    super(problem);
  }
}
class Unknown extends Error {}

/** The rules; or the first place where characters or repeats allow nothing. */
export function parseGbnf(text: string): GbnfReading {
  try {
    return { is: "rules", rules: rulesOf(tokensOf(text)) };
  } catch (error) {
    if (error instanceof Fault) return { is: "fault", at: error.at, problem: error.message };
    if (error instanceof Unknown) return { is: "unknown" };
    throw error;
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = end(SKIPPED, text, 0); at < text.length; ) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups ?? {};
    const [kind, found] = Object.entries(groups).find(([, value]) => value !== undefined) ?? [];
    if (kind === undefined || found === undefined || tokens.length === MAX_TOKENS) throw new Unknown();
    tokens.push({ kind, text: found, at });
    at = end(SKIPPED, text, at + found.length);
  }
  return tokens;
}

function end(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return at + (pattern.exec(text)?.[0].length ?? 0);
}

function rulesOf(tokens: readonly Token[]): Map<string, Rule> {
  const rules = new Map<string, Rule>();
  let next = 0;
  const isSign = (sign: string): boolean => tokens[next]?.kind === "sign" && tokens[next]?.text === sign;

  function any(depth: number): Part {
    if (depth > MAX_DEPTH) throw new Unknown();
    const parts = [all(depth)];
    while (isSign("|")) {
      next++;
      parts.push(all(depth));
    }
    return { kind: "any", parts };
  }

  function all(depth: number): Part {
    const parts: Part[] = [];
    for (let part = one(depth); part !== undefined; part = one(depth)) {
      for (; tokens[next]?.kind === "repeat"; next++) {
        part = { kind: "repeat", part, least: leastOf(tokens[next] as Token) };
      }
      parts.push(part);
    }
    return { kind: "all", parts };
  }

  function one(depth: number): Part | undefined {
    const token = tokens[next];
    if (token === undefined || (token.kind === "name" && tokens[next + 1]?.kind === "is")) return undefined;
    if (isSign("(")) {
      next++;
      const inner = any(depth + 1);
      if (!isSign(")")) throw new Unknown();
      next++;
      return inner;
    }
    if (token.kind === "name") {
      next++;
      return { kind: "rule", name: token.text, at: token.at };
    }
    if (token.kind !== "text" && token.kind !== "set" && token.kind !== "one") return undefined;
    next++;
    if (token.kind !== "one") checkCharacters(token);
    return { kind: "text", empty: token.text === '""' };
  }

  while (next < tokens.length) {
    const name = tokens[next];
    if (name?.kind !== "name" || tokens[next + 1]?.kind !== "is") throw new Unknown();
    next += 2;
    rules.set(name.text, { at: name.at, body: any(0) });
  }
  return rules;
}

/** How often at least. */
function leastOf({ text, at }: Token): number {
  if (text.length === 1) return text === "+" ? 1 : 0;
  const [, low, , high] = /^\{\s*(\d+)\s*(,\s*(\d*)\s*)?\}$/.exec(text) ?? [];
  if (low === undefined) throw new Unknown();
  if (high && Number(high) < Number(low)) throw new Fault(at, `no count lies between ${low} and ${high}`);
  return Number(low);
}

/** No text has the character 0 for the engine: its texts end there. */
function checkCharacters({ kind, text, at }: Token): void {
  const negated = kind === "set" && text.startsWith("[^");
  const found: { shown: string; code: number; at: number }[] = [];
  for (let place = negated ? 2 : 1; place < text.length - 1; ) {
    CHARACTER.lastIndex = place;
    const shown = CHARACTER.exec(text)?.[0];
    if (shown === undefined) throw new Unknown();
    found.push({ shown, code: codeOf(shown), at: at + place });
    place += shown.length;
  }
  if (kind === "text") {
    const zero = found.find(({ code }) => code === 0);
    if (zero) throw new Fault(zero.at, `no text has the character ${zero.shown}`);
    return;
  }
  let highest = found.length === 0 ? 1 : 0;
  for (let index = 0; index < found.length; index++) {
    const low = found[index];
    const high = found[index + 1]?.shown === "-" ? found[index + 2] : undefined;
    if (low && high && high.code < low.code) {
      throw new Fault(low.at, `no character lies between ${low.shown} and ${high.shown}`);
    }
    highest = Math.max(highest, (high ?? low)?.code ?? 0);
    if (high) index += 2;
  }
  if (highest === 0 && !negated) throw new Fault(at, `no text has the character ${found[0]?.shown}`);
}

function codeOf(shown: string): number {
  if (/^\\[xu]/i.test(shown)) return Number.parseInt(shown.slice(2), 16);
  return ESCAPES[shown] ?? (shown.length > 1 && shown.startsWith("\\") ? shown.slice(1) : shown).codePointAt(0) ?? 0;
}
