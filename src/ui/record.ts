// One thing described: `label  value` lines for people, tab-separated for programs.
import { styleText } from "node:util";
import { sanitizeLine } from "./sanitize.js";
import type { Terminal } from "./terminal.js";
import { wrap } from "./wrap.js";

/** A value beside its label has so much room, or goes below it. */
const BESIDE = 26;
const BELOW = "  ";

/** A terminal wraps values at words; `whole` ones, such as commands and paths, stay so that they can be pasted. */
export type Field = readonly [label: string, value: string | null, kind?: "whole"];

/** The lines, each ended by a newline; fields without a value are left out. */
export function renderRecord(fields: readonly Field[], terminal: Terminal): string {
  const known = fields.filter((field): field is readonly [string, string, "whole"?] => field[1] !== null);
  const width = Math.max(0, ...known.map(([label]) => label.length));
  const room = terminal.width - width - 2;
  const line = ([label, value, kind]: readonly [string, string, "whole"?]): string => {
    const text = sanitizeLine(value);
    if (!terminal.stdoutTty) return `${label}\t${text}\n`;
    const below = room < BESIDE && text.length > room;
    const indent = below ? BELOW : " ".repeat(width + 2);
    const name = below ? label : label.padEnd(width);
    const shown = kind === "whole" ? text : wrap(text, terminal.width - indent.length, "");
    const dim = terminal.stdoutColor ? styleText("dim", name, { validateStream: false }) : name;
    return `${dim}${below ? `\n${BELOW}` : "  "}${shown.replaceAll("\n", `\n${indent}`)}\n`;
  };
  return known.map(line).join("");
}
