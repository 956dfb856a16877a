// The YAML of oslm.yaml and policy files: plain maps, lists and values, and nothing that YAML can do besides.
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { OslmError } from "../errors.js";
import type { Located, NamedFile, Place } from "../model/located.js";

/** Real files nest five deep. */
const MAX_DEPTH = 20;

/**
 * Parses YAML 1.2 with its core schema.
 * @throws OslmError bad-policy for whatever is no YAML, for doubled keys, and for tags, anchors and aliases
 */
export function parseOslmYaml(text: string, source: NamedFile): Located {
  const lines = new LineCounter();
  const fail = (problem: string, offset: number): OslmError => {
    const { line, col } = lines.linePos(offset);
    return new OslmError("bad-policy", {
      ...source,
      line: Math.max(1, line),
      column: Math.max(1, col),
      key: "",
      problem,
    });
  };
  if (nestsTooDeeply(text)) throw fail("it is nested too deeply", 0);
  const options = { version: "1.2", schema: "core", strict: true, prettyErrors: false } as const;
  const document = parseDocument(text, { ...options, lineCounter: lines });
  // A tag that the schema does not have is only a warning there.
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) throw fail(plainWords(problem.message), problem.pos[0]);

  const place = (node: unknown): Place => {
    const { line, col } = lines.linePos((node as Node | null)?.range?.[0] ?? 0);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const locate = (node: unknown, depth: number): Located => {
    const offset = (node as Node | null)?.range?.[0] ?? 0;
    if (depth > MAX_DEPTH) throw fail("it is nested too deeply", offset);
    if (isAlias(node)) throw fail("aliases have no place here; write the value out", offset);
    if (node !== null && (isMap(node) || isSeq(node) || isScalar(node)) && (node.anchor ?? node.tag) !== undefined) {
      throw fail("anchors and tags have no place here", offset);
    }
    if (isMap(node)) {
      const entries = node.items.map(({ key, value }) => {
        if (!isScalar(key) || typeof key.value !== "string") throw fail("a key has to be a plain word", offset);
        return {
          ...place(key),
          key: key.value,
          value: value === null ? nothing(place(key)) : locate(value, depth + 1),
        };
      });
      return { kind: "map", entries, ...place(node) };
    }
    if (isSeq(node)) return { kind: "list", items: node.items.map((item) => locate(item, depth + 1)), ...place(node) };
    const value = isScalar(node) ? node.value : null;
    if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      return { kind: "value", value, ...place(node) };
    }
    throw fail("this kind of value has no place here", offset);
  };
  return document.contents === null ? nothing({ line: 1, column: 1 }) : locate(document.contents, 0);
}

/** The parser calls itself for each level, and thousands of them would end the process: `[[[[...` and `- - - -...`. */
function nestsTooDeeply(text: string): boolean {
  let depth = 0;
  for (const [sign] of text.matchAll(/[[\]{}]/g)) {
    depth += sign === "[" || sign === "{" ? 1 : -1;
    if (depth > MAX_DEPTH) return true;
  }
  return /^[ \t]*(?:[-?:][ \t]+){20}/m.test(text);
}

function nothing(place: Place): Located {
  return { kind: "value", value: null, ...place };
}

function plainWords(message: string): string {
  return message.split("\n")[0]?.replace(/[.:]$/, "") ?? message;
}
