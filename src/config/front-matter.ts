// The YAML at the head of a model card.
import { parse } from "yaml";

/** Real ones have a few kilobytes. */
const MAX_LENGTH = 64 * 1024;

const HEAD = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---\s*(?:\n|$)/;

/** The card below its head. */
export function withoutFrontMatter(card: string): string {
  const [head = ""] = HEAD.exec(card.slice(0, MAX_LENGTH)) ?? [];
  return card.slice(head.length);
}

/** Plain values; undefined where there is none, or nothing that can be read: a card is free text, and no reason to refuse a model. */
export function readFrontMatter(card: string): unknown {
  const [, text] = HEAD.exec(card.slice(0, MAX_LENGTH)) ?? [];
  if (text === undefined) return undefined;
  try {
    return parse(text, { schema: "core", maxAliasCount: 0, logLevel: "silent" });
  } catch {
    return undefined;
  }
}
