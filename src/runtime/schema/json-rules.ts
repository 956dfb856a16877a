// GBNF rules for JSON itself (llama.cpp: grammars/README.md), and how to write texts in that language.

/**
 * Numbers have as many digits as JavaScript keeps. Between tokens there is little space, since small models go on with it
 * for ever where it is free.
 */
export const JSON_RULES: Readonly<Record<string, string>> = {
  value: "object | array | string | number | boolean | null",
  object: '"{" ws ( member ( comma member )* )? ws "}"',
  member: "string colon value",
  array: '"[" ws ( value ( comma value )* )? ws "]"',
  string: '"\\"" char* "\\""',
  char: '[^"\\\\\\x00-\\x1F\\x7F] | "\\\\" ( ["\\\\/bfnrt] | "u" [0-9a-fA-F]{4} )',
  natural: '"0" | [1-9] [0-9]{0,14}',
  integer: '"-"? natural',
  fraction: '( "." [0-9]{1,15} )? ( [eE] [-+]? [0-9]{1,2} )?',
  number: "integer fraction",
  boolean: '"true" | "false"',
  null: '"null"',
  date: '[0-9]{4} "-" ( long "-" ( days29 | "3" [01] ) | short "-" ( days29 | "30" ) | "02-" days28 ) | leap "-02-29"',
  long: '"0" [13578] | "1" [02]',
  short: '"0" [469] | "11"',
  days28: '"0" [1-9] | "1" [0-9] | "2" [0-8]',
  days29: 'days28 | "29"',
  leap: '[0-9]{2} ( "0" [48] | fourth ) | ( [0] [048] | fourth ) "00"',
  fourth: "[2468] [048] | [13579] [26]",
  time: '( [01] [0-9] | "2" [0-3] ) ":" [0-5] [0-9] ":" [0-5] [0-9] ( "." [0-9]{3} )? ( "Z" | [-+] ( [01] [0-9] | "2" [0-3] ) ":" [0-5] [0-9] )',
  uuid: '[0-9a-f]{8} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{4} "-" [0-9a-f]{12}',
  comma: 'ws "," ws',
  colon: 'ws ":" ws',
  ws: '| " " | "\\n" [ \\t]{0,20}',
};

/** A JSON value as a GBNF literal. */
export function jsonLiteral(value: unknown): string {
  return `"${JSON.stringify(value).replace(/[\\"]/g, "\\$&")}"`;
}

/** The engine repeats by copying; what is counted higher is left to the check of the result. */
const MAX_REPEATS = 1000;

/** `{2,5}` and the like; no upper end where `most` is undefined or very high. */
export function repeats(least: number, most: number | undefined): string {
  const low = Math.min(Math.max(0, least), MAX_REPEATS);
  if (most === undefined || most > MAX_REPEATS) return low === 0 ? "*" : `{${low},}`;
  return `{${low},${Math.max(low, most)}}`;
}
