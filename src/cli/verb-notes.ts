// What the declaration of a command does not say: examples, and the exit codes it is likely to end with.
import { createRequire } from "node:module";
import type { ExitCode } from "./exit-codes.js";

export interface VerbNotes {
  /** A command line, and what it is for. */
  readonly examples: readonly (readonly [line: string, what: string])[];
  /** Besides those that every command has: 0, 1, 2, 130 and 143. */
  readonly exits: readonly ExitCode[];
}

/** Of verbs.json, which no start reads. @returns undefined for a verb that has none yet: a test names it */
export function notesOf(verb: string): VerbNotes | undefined {
  const all: Readonly<Record<string, VerbNotes>> = createRequire(import.meta.url)("./verbs.json");
  return Object.hasOwn(all, verb) ? all[verb] : undefined;
}

/** The examples as `oslm VERB --help` ends with them. */
export function exampleLines(verb: string): string {
  const examples = notesOf(verb)?.examples ?? [];
  if (examples.length === 0) return "";
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  ${width > 60 ? line : line.padEnd(width)}  ${what}`);
  return `\nExamples:\n${lines.join("\n")}\n`;
}
