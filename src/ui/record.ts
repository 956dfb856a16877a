// One thing described: `label  value` lines for people, tab-separated for programs.
import { styleText } from "node:util";
import { sanitizeLine } from "./sanitize.js";
import type { Terminal } from "./terminal.js";
import { wrap } from "./wrap.js";

/** Sentences in less are hard to read. */
const MIN_WIDTH = 20;

/** `sentence` wraps it on a terminal; other values, such as commands and paths, stay whole so that they can be pasted. */
export type Field = readonly [label: string, value: string | null, kind?: "sentence"];

/** The lines, each ended by a newline; fields without a value are left out. */
export function renderRecord(fields: readonly Field[], terminal: Terminal): string {
  const known = fields.filter((field): field is readonly [string, string, "sentence"?] => field[1] !== null);
  const width = Math.max(0, ...known.map(([label]) => label.length));
  const line = ([label, value, kind]: readonly [string, string, "sentence"?]): string => {
    const text = sanitizeLine(value);
    if (!terminal.stdoutTty) return `${label}\t${text}\n`;
    const name = label.padEnd(width);
    const room = Math.max(MIN_WIDTH, terminal.width - width - 2);
    const shown = kind === undefined ? text : wrap(text, room, "").replaceAll("\n", `\n${" ".repeat(width + 2)}`);
    return `${terminal.stdoutColor ? styleText("dim", name, { validateStream: false }) : name}  ${shown}\n`;
  };
  return known.map(line).join("");
}
