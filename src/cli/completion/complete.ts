// What may come next on a command line: pure, over the same command tree that parses it.
import type { Argument, Command, Option } from "commander";

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
  quants(): Promise<readonly string[]>;
  licenses(): Promise<readonly Candidate[]>;
}

type Kind = "anyModel" | "storedModel" | "quant" | "license" | "file" | "none";

/** By the flag that takes the value. What is not here is known by its choices, or not at all. */
const OF_FLAGS: Readonly<Record<string, Kind>> = {
  "--quant": "quant",
  "--accept-license": "license",
  "--model": "storedModel",
  "--draft": "anyModel",
  "--file": "file",
  "--output": "file",
  "--policy": "file",
  "--schema": "file",
  "--grammar": "file",
  "--lora": "file",
  "--receipt": "file",
  "--imatrix": "file",
  "--base": "file",
  "--text": "file",
};

/** Arguments that are paths. */
const FILES: readonly string[] = ["dir", "file", "in", "checkpoint", "adapter"];

/** Commands whose models are those of `oslm list`. */
const ON_STORED: readonly string[] = ["rm", "cp", "verify", "outdated", "show"];

/**
 * @param program with at least the command that `words` name
 * @param words everything after `oslm` up to the cursor; the last one is being typed, and may be empty
 */
export async function complete(program: Command, words: readonly string[], sources: ValueSources): Promise<Completion> {
  const current = words.at(-1) ?? "";
  const { command, positionals, pending, literal } = walk(program, words.slice(0, -1));
  const assigned = /^(--[\w-]+)=(.*)$/s.exec(current);
  if (pending !== undefined) return matching(await valuesOfFlag(pending, sources), current);
  if (assigned !== null && !literal) {
    const [, flag = "", value = ""] = assigned;
    const option = optionOf(command, flag);
    if (option === undefined) return NOTHING;
    const { candidates, files } = matching(await valuesOfFlag(option, sources), value);
    return { candidates: candidates.map((one) => ({ ...one, value: `${flag}=${one.value}` })), files };
  }
  if (current.startsWith("-") && !literal) return matching({ candidates: flagsOf(command), files: false }, current);
  const parts = positionals === 0 ? subcommandsOf(command) : [];
  const values = await valuesOfArgument(command, positionals, sources);
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

function valuesOfFlag(option: Option, sources: ValueSources): Promise<Completion> {
  if (option.argChoices) return Promise.resolve(plain(option.argChoices));
  return values(OF_FLAGS[option.long ?? ""] ?? "none", sources);
}

async function valuesOfArgument(command: Command, index: number, sources: ValueSources): Promise<Completion> {
  const declared: readonly Argument[] = command.registeredArguments;
  const last = declared.at(-1);
  const argument = declared[index] ?? (last?.variadic ? last : undefined);
  if (argument === undefined) return NOTHING;
  if (argument.argChoices) return plain(argument.argChoices);
  const name = argument.name();
  if (name === "type") return values("quant", sources);
  if (FILES.includes(name)) return values("file", sources);
  if (!/^models?$/.test(name)) return NOTHING;
  return values(ON_STORED.includes(command.name()) ? "storedModel" : "anyModel", sources);
}

async function values(kind: Kind, sources: ValueSources): Promise<Completion> {
  switch (kind) {
    case "storedModel":
      return { candidates: await sources.stored(), files: false };
    case "anyModel": {
      const [stored, catalog] = await Promise.all([sources.stored(), sources.catalog()]);
      return { candidates: [...stored, ...catalog], files: true };
    }
    case "quant":
      return plain(await sources.quants());
    case "license":
      return { candidates: await sources.licenses(), files: false };
    case "file":
      return { candidates: [], files: true };
    case "none":
      return NOTHING;
  }
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
