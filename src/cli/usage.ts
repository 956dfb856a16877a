// commander's complaints as errors of our own.
import type { Command, CommanderError } from "commander";
import { OslmError } from "../errors.js";
import { quoted } from "../model/quoted.js";
import { suggest } from "../model/suggest.js";
import { EQUALS, withEquals } from "./flags.js";
import { OTHER_VERBS, SAME_VERB } from "./other-verbs.js";

const VERSION_OR_VERBOSE = "The version is -V or --version; --verbose tells more.";

/** Commands whose last argument is a text. */
const TAKE_A_PROMPT = ["run", "complete"];
const NOT_UNDERSTOOD = "The command line was not understood.";

/** What was wrong with the command line, and the command whose help explains it. */
export function usageProblem(error: CommanderError, program: Command, argv: readonly string[]): OslmError {
  const command = commandIn(program, argv);
  // commander puts its "(Did you mean pull?)" on a line of its own.
  const [problem = "", suggestion] = withEquals(error.message)
    .replace(/^error: /, "")
    .split("\n");
  const wrong = wrongWord(problem) ?? "";
  if (error.code === "commander.unknownCommand" && Object.hasOwn(OTHER_VERBS, wrong)) {
    return new OslmError("usage", { problem: `there is no command '${wrong}'`, ...OTHER_VERBS[wrong] });
  }
  if (error.code === "commander.unknownOption" && wrong === "-v") {
    return new OslmError("usage", {
      problem: "there is no flag -v",
      detail: VERSION_OR_VERBOSE,
      help: "oslm --version",
    });
  }
  const same = Object.hasOwn(SAME_VERB, wrong) ? SAME_VERB[wrong] : undefined;
  const meant = same ?? /Did you mean (?:one of )?([\w-]+)/.exec(suggestion ?? "")?.[1];
  const help =
    error.code === "commander.unknownCommand" && meant
      ? again(argv, (word) => (word === wrong ? meant : word))
      : command
        ? `oslm ${command.name() === "help" ? "help" : `${command.name()} --help`}`
        : "oslm --help";
  // Flags and no command.
  if (error.code === "commander.help")
    return new OslmError("usage", { problem: "a command is missing", detail: NOT_UNDERSTOOD, help });
  if (error.code === "commander.excessArguments" && command !== undefined && TAKE_A_PROMPT.includes(command.name())) {
    const split = splitValue(command, argv);
    if (split !== undefined) {
      const [flag, value] = split;
      return new OslmError("usage", {
        problem: `${flag} takes its value with an equals sign`,
        detail: `Without it ${value} counts as another prompt.`,
        help: `${flag}=${value}`,
      });
    }
    const detail = "The shell splits what is not quoted into several arguments.";
    return new OslmError("usage", {
      problem: "the prompt must be in quotes",
      detail,
      help: `oslm ${command.name()} MODEL "all of the prompt"`,
    });
  }
  if (error.code === "commander.invalidArgument") return wrongChoice(problem, help, argv);
  if (error.code === "commander.missingArgument" && /'models?'/.test(problem)) {
    const detail =
      "It is a name such as qwen2.5:0.5b, a Hub repository org/name, or a file; oslm catalog lists the names.";
    return new OslmError("usage", { problem, detail, help });
  }
  const told = same !== undefined && error.code === "commander.unknownCommand" ? `(Did you mean ${same}?)` : suggestion;
  const readable = told ? `${problem} ${told}` : problem;
  return new OslmError("usage", {
    problem: readable.replace("unknown command", "there is no command"),
    detail: NOT_UNDERSTOOD,
    help,
  });
}

/** What commander says of `oslm recommend cod`, in the words of people, with the choice that was meant. */
function wrongChoice(problem: string, help: string, argv: readonly string[]): OslmError {
  const [, value = "", name = ""] =
    /^command-argument value '(.*)' is invalid for argument '(.*?)'/.exec(problem) ?? [];
  const choices = /Allowed choices are (.*)\.$/.exec(problem)?.[1]?.split(", ") ?? [];
  if (name === "" || choices.length === 0) return new OslmError("usage", { problem, detail: NOT_UNDERSTOOD, help });
  const [near] = suggest(value, choices);
  return new OslmError("usage", {
    problem: `'${value}' is no ${name}`,
    detail: `There are ${choices.join(", ")}.`,
    help: near === undefined ? help : again(argv, (word) => (word === value ? near : word)),
  });
}

/** The first word that names one: what follows `help` is no command. */
function commandIn(program: Command, argv: readonly string[]): Command | undefined {
  const named = (word: string) => program.commands.find((one) => [one.name(), ...one.aliases()].includes(word));
  return argv.map(named).find((one) => one !== undefined);
}

function wrongWord(problem: string): string | undefined {
  return /'(.*?)'/.exec(problem)?.[1];
}

/** The same command line with other words. */
function again(argv: readonly string[], replace: (word: string) => string): string {
  return ["oslm", ...argv.map((word) => quoted(replace(word)))].join(" ");
}

/** `--think hide`, say, where `--think=hide` was meant. */
function splitValue(command: Command, argv: readonly string[]): readonly [flag: string, value: string] | undefined {
  for (const [index, flag] of argv.entries()) {
    const value = argv[index + 1];
    const taker = command.options.find(({ long }) => long === EQUALS[flag]);
    if (value !== undefined && taker?.argChoices?.includes(value)) return [flag, value];
  }
  return undefined;
}
