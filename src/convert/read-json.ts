// JSON of strangers: an object in which no key comes twice, since two readers could take different ones of them.
import { OslmError } from "../errors.js";
import { refusePointer } from "./lfs-pointer.js";

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The vocabulary with the most merges has half a million; each takes fifty times the memory of the three bytes that make it. */
const MAX_PARTS = 2_000_000;

/** Deeper ones are nobody's; the scan and JSON.parse need no stack for them. */
const MAX_DEPTH = 64;

/** @throws OslmError malformed-checkpoint */
export function readJson(file: string, bytes: Uint8Array): JsonObject {
  const refuse = (reason: string): never => {
    throw new OslmError("malformed-checkpoint", { file, reason });
  };
  refusePointer(file, bytes);
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    refuse("its JSON is not UTF-8");
  }
  const problem = problemOf(text);
  if (problem !== undefined) refuse(problem);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    refuse("its JSON cannot be read");
  }
  if (!isObject(value)) return refuse("its JSON is no object");
  return value;
}

/** Of what JSON.parse would take without a word. A walk by hand: a regular expression runs out of stack in a long string. */
function problemOf(text: string): string | undefined {
  const open: (Set<string> | null)[] = [];
  let parts = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === OBJECT || char === ARRAY) {
      open.push(char === OBJECT ? new Set() : null);
      if (++parts > MAX_PARTS) return `its JSON has more than ${MAX_PARTS} objects and lists`;
      if (open.length > MAX_DEPTH) return `its JSON is nested more than ${MAX_DEPTH} deep`;
    } else if (char === OBJECT_END || char === ARRAY_END) open.pop();
    else if (char === QUOTE) {
      const start = i;
      for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++) if (text.charCodeAt(i) === BACKSLASH) i++;
      const keys = open.at(-1);
      if (!keys || !COLON.test(text.slice(i + 1, i + 40))) continue;
      const key = unescaped(text.slice(start, i + 1));
      if (keys.has(key)) return `it has the key ${JSON.stringify(key.slice(0, 100))} twice`;
      keys.add(key);
    }
  }
  return undefined;
}

const [OBJECT, OBJECT_END, ARRAY, ARRAY_END, QUOTE, BACKSLASH] = [...'{}[]"\\'].map((char) => char.charCodeAt(0));
const COLON = /^\s*:/;

function unescaped(literal: string): string {
  if (!literal.includes("\\")) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return literal;
  }
}
