// One thing described: `label  value` lines for people, tab-separated for programs.
import { styleText } from "node:util";
import { sanitizeLine } from "./sanitize.js";
import type { Terminal } from "./terminal.js";

/** The lines, each ended by a newline; fields without a value are left out. */
export function renderRecord(
  fields: readonly (readonly [label: string, value: string | null])[],
  terminal: Terminal,
): string {
  const known = fields.filter((field): field is readonly [string, string] => field[1] !== null);
  const width = Math.max(0, ...known.map(([label]) => label.length));
  const line = ([label, value]: readonly [string, string]): string => {
    const text = sanitizeLine(value);
    if (!terminal.stdoutTty) return `${label}\t${text}\n`;
    const name = label.padEnd(width);
    return `${terminal.stdoutColor ? styleText("dim", name, { validateStream: false }) : name}  ${text}\n`;
  };
  return known.map(line).join("");
}
