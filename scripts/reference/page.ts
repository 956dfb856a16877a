// What a page about a command says, taken from its declaration.
import type { Command } from "commander";
import { JSON_FIELDS } from "../../src/cli/completion/json-fields.js";
import { EXIT_CODES, type ExitCode } from "../../src/cli/exit-codes.js";
import { notesOf, type VerbNotes } from "../../src/cli/verb-notes.js";

export interface Term {
  /** `-c, --ctx <tokens>`, `<model>` */
  readonly term: string;
  readonly text: string;
}

/** A command, or a part of one such as `license report`. */
export interface Page {
  /** `oslm license report` */
  readonly path: string;
  readonly description: string;
  readonly usage: string;
  readonly arguments: readonly Term[];
  readonly options: readonly Term[];
  /** What `--json` prints, also with a flag that changes the result. */
  readonly fields: readonly Term[];
  readonly parts: readonly Page[];
  readonly examples: VerbNotes["examples"];
  readonly exits: readonly Term[];
}

/** What every command can end with. */
const ALWAYS: readonly ExitCode[] = [0, 1, 2, 130, 143];

export function pageOf(command: Command, path: string): Page {
  const helper = command.createHelp();
  const notes = notesOf(command.name()) ?? { examples: [], exits: [] };
  const parts = command.commands.filter((part) => !part.name().startsWith("__"));
  return {
    path,
    description: sentence(command.description()),
    usage: `${[path, ...command.aliases()].join("|")} ${command.usage()}`.trim(),
    arguments: command.registeredArguments.map((argument) => ({
      term: argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
      text: helper.argumentDescription(argument),
    })),
    options: optionsOf(command),
    fields: fieldsOf(path.split(" ").slice(1).join(" ")),
    parts: command.parent === null ? [] : parts.map((part) => pageOf(part, `${path} ${part.name()}`)),
    examples: notes.examples,
    exits: [...new Set([...ALWAYS, ...notes.exits])]
      .sort((left, right) => left - right)
      .map((code) => ({ term: String(code), text: EXIT_CODES[code] })),
  };
}

/** Those that are not hidden. */
export function optionsOf(command: Command): readonly Term[] {
  const helper = command.createHelp();
  return command.options
    .filter((option) => !option.hidden)
    .map((option) => ({ term: helper.optionTerm(option), text: helper.optionDescription(option) }));
}

/** @param command `license list` */
function fieldsOf(command: string): readonly Term[] {
  return Object.entries(JSON_FIELDS)
    .filter(([key]) => key === command || key.startsWith(`${command} --`))
    .map(([key, fields]) => ({
      term: `${key.slice(command.length)} --json`.trim(),
      text: fields.replaceAll(" ", ", "),
    }));
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
