// What may come next on a command line: pure, over the same command tree that parses it.
import type { Argument, Command, Option } from "commander";
import { continueList, jsonFieldsOf } from "./json-fields.js";
import { choicesOf, type Kind, kindOfArgument, kindOfFlag } from "./kinds.js";
import { quantsAfter } from "./quants-after.js";

export interface Candidate {
  readonly value: string;
  readonly description: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Paths of this disk are welcome as well. */
  readonly files: boolean;
}

/** Values that only the machine or a long table knows. */
export interface ValueSources {
  /** Those on this disk. */
  stored(): Promise<readonly Candidate[]>;
  /** Those of the catalog. */
  catalog(): Promise<readonly Candidate[]>;
  /** Labels in capitals. */
  quants(): Promise<readonly string[]>;
  /** What a file can be quantized to. */
  fileTypes(): Promise<readonly string[]>;
  licenses(): Promise<readonly Candidate[]>;
  licenseClasses(): Promise<readonly string[]>;
  checkFormats(): Promise<readonly string[]>;
  reportFormats(): Promise<readonly string[]>;
  topics(): Promise<readonly Candidate[]>;
}

/**
 * @param program with at least the command that `words` name
 * @param words everything after `oslm` up to the cursor; the last one is being typed, and may be empty
 */
export async function complete(program: Command, words: readonly string[], sources: ValueSources): Promise<Completion> {
  const current = words.at(-1) ?? "";
  const { command, positionals, pending, literal } = walk(program, words.slice(0, -1));
  const assigned = /^(--[\w-]+)=(.*)$/s.exec(current);
  if (pending !== undefined) return matching(await valuesOfFlag(command, pending, current, sources), current);
  if (assigned !== null && !literal) {
    const [, flag = "", value = ""] = assigned;
    const option = optionOf(command, flag);
    if (option === undefined) return NOTHING;
    const offered =
      option.long === "--json"
        ? plain(continueList(value, jsonFieldsOf(pathOf(command), words)))
        : await valuesOfFlag(command, option, value, sources);
    const { candidates, files } = matching(offered, value);
    return { candidates: candidates.map((one) => ({ ...one, value: `${flag}=${one.value}` })), files };
  }
  if (current.startsWith("-") && !literal) return matching({ candidates: flagsOf(command), files: false }, current);
  // `oslm help license` goes on as `oslm license` does.
  const explained = command.name() === "help" && positionals === 1 ? words.at(-2) : undefined;
  const above = explained === undefined ? command : program.commands.find((one) => named(one, explained));
  const parts = above && (above !== command || positionals === 0) ? subcommandsOf(above) : [];
  const values = await valuesOfArgument(command, positionals, current, sources);
  return matching({ candidates: [...parts, ...values.candidates], files: values.files }, current);
}

const NOTHING: Completion = { candidates: [], files: false };

function walk(program: Command, words: readonly string[]) {
  let command = program;
  let positionals = 0;
  let pending: Option | undefined;
  let literal = false;
  for (const word of words) {
    if (pending !== undefined) pending = undefined;
    else if (literal || !word.startsWith("-") || word === "-") {
      const part = positionals === 0 ? command.commands.find((one) => named(one, word)) : undefined;
      if (part === undefined) positionals++;
      else command = part;
    } else if (word === "--") literal = true;
    else {
      const option = optionOf(command, word);
      if (option?.required) pending = option;
    }
  }
  return { command, positionals, pending, literal };
}

/** `license list` */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

function named(command: Command, word: string): boolean {
  return command.name() === word || command.aliases().includes(word);
}

/** Flags of every command may stand anywhere. */
function optionOf(command: Command, word: string): Option | undefined {
  for (let at: Command | null = command; at !== null; at = at.parent) {
    const found = at.options.find(({ long, short }) => long === word || short === word);
    if (found !== undefined) return found;
  }
  return undefined;
}

function flagsOf(command: Command): Candidate[] {
  const flags: Candidate[] = [{ value: "--help", description: "explain the command" }];
  for (let at: Command | null = command; at !== null; at = at.parent) {
    for (const { long, hidden, description } of at.options) {
      if (long && !hidden) flags.push({ value: long, description });
    }
  }
  return flags;
}

function subcommandsOf(command: Command): Candidate[] {
  return command.commands
    .filter((one) => !one.name().startsWith("__"))
    .map((one) => ({ value: one.name(), description: one.description() }));
}

async function valuesOfFlag(
  command: Command,
  option: Option,
  typed: string,
  sources: ValueSources,
): Promise<Completion> {
  const choices = choicesOf(command, option);
  return choices ? plain(choices) : values(kindOfFlag(command, option), typed, sources);
}

async function valuesOfArgument(
  command: Command,
  index: number,
  typed: string,
  sources: ValueSources,
): Promise<Completion> {
  const declared: readonly Argument[] = command.registeredArguments;
  const last = declared.at(-1);
  const argument = declared[index] ?? (last?.variadic ? last : undefined);
  if (argument === undefined) return NOTHING;
  if (argument.argChoices) return plain(argument.argChoices);
  const kind = kindOfArgument(command, argument);
  if (kind !== "topic") return values(kind, typed, sources);
  const verbs = command.parent === null ? [] : subcommandsOf(command.parent);
  return { candidates: [...verbs, ...(await sources.topics())], files: false };
}

async function values(kind: Kind, typed: string, sources: ValueSources): Promise<Completion> {
  switch (kind) {
    case "storedModel":
      return { candidates: await sources.stored(), files: false };
    case "storedOrFile":
      return { candidates: await sources.stored(), files: true };
    case "anyModel":
      return anyModel(typed, sources);
    case "catalogName":
      return { candidates: await sources.catalog(), files: false };
    case "quant":
      return plain(await sources.quants());
    case "fileType":
      return plain(await sources.fileTypes());
    case "license":
      return { candidates: await sources.licenses(), files: false };
    case "licenseClass":
      return plain(await sources.licenseClasses());
    case "checkFormat":
      return plain(await sources.checkFormats());
    case "reportFormat":
      return plain(await sources.reportFormats());
    case "topic":
      return { candidates: await sources.topics(), files: false };
    case "file":
      return { candidates: [], files: true };
    case "none":
      return NOTHING;
  }
}

async function anyModel(typed: string, sources: ValueSources): Promise<Completion> {
  const [stored, catalog] = await Promise.all([sources.stored(), sources.catalog()]);
  const names = catalog.map(({ value }) => value);
  const quants = typed.includes(":") ? quantsAfter(typed, names, await sources.quants()) : [];
  return { candidates: [...stored, ...catalog, ...plain(quants).candidates], files: true };
}

function plain(words: readonly string[]): Completion {
  return { candidates: words.map((value) => ({ value, description: "" })), files: false };
}

/** Those that begin as what is typed, capitals aside, each once. */
function matching({ candidates, files }: Completion, typed: string): Completion {
  const start = typed.toLowerCase();
  const unique = new Map(candidates.map((one) => [one.value, one]));
  const fitting = [...unique.values()].filter(({ value }) => value.toLowerCase().startsWith(start));
  // Only where a path could be meant: the names of models are what is looked for.
  return {
    candidates: fitting,
    files: files && (candidates.length === 0 || /^[./~]/.test(typed) || fitting.length === 0),
  };
}
