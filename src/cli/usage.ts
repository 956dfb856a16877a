// commander's complaints as errors of our own.
import type { Command, CommanderError } from "commander";
import { OslmError } from "../errors.js";
import { withEquals } from "./flags.js";

/** What was wrong with the command line, and the command whose help explains it. */
export function usageProblem(error: CommanderError, program: Command, argv: readonly string[]): OslmError {
  const command = program.commands.find((candidate) =>
    argv.some((word) => [candidate.name(), ...candidate.aliases()].includes(word)),
  );
  // commander puts its "(Did you mean pull?)" on a line of its own.
  const [problem = "", suggestion] = withEquals(error.message)
    .replace(/^error: /, "")
    .split("\n");
  const meant = /Did you mean (?:one of )?([\w-]+)/.exec(suggestion ?? "")?.[1];
  const help =
    error.code === "commander.unknownCommand" && meant
      ? `oslm ${meant}`
      : command
        ? `oslm ${command.name()} --help`
        : "oslm --help";
  // Flags and no command.
  if (error.code === "commander.help") return new OslmError("usage", { problem: "a command is missing", help });
  if (error.code === "commander.excessArguments" && command?.name() === "run") {
    const detail = "The shell splits what is not quoted into several arguments.";
    return new OslmError("usage", {
      problem: "the prompt must be in quotes",
      detail,
      help: 'oslm run MODEL "all of the prompt"',
    });
  }
  const readable = suggestion ? `${problem} ${suggestion}` : problem;
  return new OslmError("usage", { problem: readable.replace("unknown command", "there is no command"), help });
}
